"""Random hierarchies, sound and unsound, and their networkx graphs, which serve as the reference."""

import networkx as nx
from hypothesis import strategies as st

from hyplink.ontology import Concept, Ontology


def concept_id(number: int) -> str:
    return f"X:{number:03d}"


@st.composite
def hierarchies(draw, most: int = 12) -> Ontology:
    """Sound hierarchies: any directed acyclic graph, with parents before or after their children."""
    size = draw(st.integers(1, most))
    parents = [draw(st.lists(st.integers(0, i - 1), unique=True, max_size=3)) if i else [] for i in range(size)]
    order = draw(st.permutations(range(size)))
    return Ontology(Concept(concept_id(i), f"name {i}", parents=tuple(map(concept_id, parents[i]))) for i in order)


@st.composite
def concept_lists(draw, most: int = 8) -> list[Concept]:
    """Unsound hierarchies: cycles, self-parents, unknown and obsolete parents, repeated ids, no names."""
    ids = st.integers(0, most).map(concept_id)
    concepts = st.builds(
        Concept,
        concept_id=ids,
        label=st.sampled_from(["", "one", "two"]),
        parents=st.lists(ids, max_size=3).map(tuple),
        alternative_ids=st.lists(ids, max_size=2).map(tuple),
        obsolete=st.sampled_from([False, False, False, True]),
    )
    return draw(st.lists(concepts, max_size=most))


def graph_of(ontology: Ontology) -> nx.DiGraph:
    """The hierarchy with edges from child to parent."""
    graph = nx.DiGraph()
    graph.add_nodes_from(ontology.concept_ids)
    graph.add_edges_from((c.concept_id, p) for c in ontology.concepts.values() for p in c.parents)
    return graph
