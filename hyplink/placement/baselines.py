"""Rankings of parents by simple rules, with which placement is compared."""

from collections.abc import Iterator, Sequence

from hyplink.candidates.surface_forms import Vectors
from hyplink.placement.contained_names import contained_names
from hyplink.placement.features import PlacementFeatures, Query


def baseline_rankings(
    features: PlacementFeatures, names: Sequence[str], vectors: Vectors
) -> Iterator[tuple[str, list[list[str]]]]:
    """The name of each rule, and the ids of the parents that it proposes for each name, best first.

    Args:
        features: gives the similar concepts.
        names: of concepts that the ontology lacks.
        vectors: of the names, float32 (n, dim).
    """
    found = features.neighbours([Query(name) for name in names], vectors)
    similar = {
        source: [[each for each in row if each >= 0] for row in ranked.concepts.tolist()]
        for source, ranked in found.items()
    }
    parents = features.hierarchy.parents
    rules = {
        "TF-IDF": similar["tfidf"],
        "BM25": similar["bm25"],
        "parents by TF-IDF": [_above(row, parents) for row in similar["tfidf"]],
        "parents by vectors": [_above(row, parents) for row in similar["cosine"]],
        "parents by ball": [_above(row, parents) for row in similar["ball"]],
        "longest name in it": [_contained(name, features) for name in names],
    }
    ids = features.ontology.concept_ids
    for rule, rows in rules.items():
        yield rule, [[ids[each] for each in row] for row in rows]


def _above(concepts: Sequence[int], parents: Sequence[Sequence[int]]) -> list[int]:
    """The parents of concepts, in their order, each once."""
    return list(dict.fromkeys(parent for concept in concepts for parent in parents[concept]))


def _contained(name: str, features: PlacementFeatures) -> list[int]:
    """The concepts with a name within the name: longer names first, then those nearer to its end."""
    spans = contained_names(name, features.names.exact).concepts
    order = sorted(spans, key=lambda span: (span[0] - span[1], -span[1]))
    return list(dict.fromkeys(concept for span in order for concept in spans[span]))
