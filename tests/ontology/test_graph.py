import copy

from hypothesis import given
from hypothesis import strategies as st

from hyplink.ontology.graph import IndexLists, IsaGraph

# The parents of each concept are among those before it.
PARENTS = st.lists(st.lists(st.integers(0, 50), unique=True, max_size=3), max_size=20).map(
    lambda lists: [[each for each in found if each < row] for row, found in enumerate(lists)]
)


@given(PARENTS)
def test_children_are_the_concepts_that_have_a_parent_in_order(parents):
    graph = IsaGraph(IndexLists.from_lists(parents))
    assert list(graph.parents) == parents
    assert list(graph.children) == [[c for c, found in enumerate(parents) if p in found] for p in range(len(parents))]
    assert graph.roots == [row for row, found in enumerate(parents) if not found]
    assert graph.edges().tolist() == [[row, parent] for row, found in enumerate(parents) for parent in found]
    assert list(copy.deepcopy(graph.parents)) == parents


@given(PARENTS)
def test_what_is_reachable_is_counted(parents):
    graph = IsaGraph(IndexLists.from_lists(parents))
    assert [graph.n_reachable(row) for row in range(len(parents))] == [
        len(graph.reachable([row])) for row in range(len(parents))
    ]
