"""The example that docs/metrics.md works out."""

import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import mention_rates, within_branch
from hyplink.metrics.documents import document_rates
from hyplink.metrics.errors import coverage, errors_of_found
from hyplink.metrics.linking import Prediction, composite_is_right, mention_figures
from hyplink.ontology import Concept, Ontology
from tests.metrics.bodies import marked, reading

PARENTS = {
    "disease": (),
    "cancer": ("disease",),
    "breast cancer": ("cancer",),
    "male breast cancer": ("breast cancer",),
    "ovarian cancer": ("cancer",),
    "anemia": ("disease",),
    "cold": ("disease",),
}
ONTOLOGY = Ontology([Concept(name, name, parents=parents) for name, parents in PARENTS.items()])
GOLD = [marked(0, 13, "breast cancer"), marked(26, 33, "anemia"), marked(37, 56, "ovarian cancer"), marked(62, 71)]
FOUND = [marked(0, 13, "breast cancer"), marked(19, 33, "anemia"), marked(37, 43, "cancer"), marked(83, 87, "cold")]
DOCUMENT = reading(GOLD, FOUND)


def values(rates):
    return pytest.approx((rates.precision.value, rates.recall.value, rates.f1.value))


def test_given_mentions():
    gold = Gold((frozenset({"anemia"}),), composite=False)
    figures = mention_figures(Prediction("d", gold, ("cancer", "anemia", "cold"), (3.0, 2.0, 1.0)), ONTOLOGY)
    assert (figures.accuracy_at_1, figures.recall_at_5, figures.mean_reciprocal_rank) == (0, 1, 1 / 2)
    assert (figures.tree_distance, figures.wu_palmer) == (2, 1 / 2)
    tied = mention_figures(Prediction("d", gold, ("cancer", "anemia", "cold"), (1.0, 1.0, 1.0)), ONTOLOGY)
    assert tied.mean_reciprocal_rank == 1 / 2
    both = Gold((frozenset({"breast cancer"}), frozenset({"ovarian cancer"})), composite=True)
    assert composite_is_right(Prediction("d", both, ("ovarian cancer", "breast cancer"), (2.0, 1.0)))


def test_found_mentions():
    rates = mention_rates([DOCUMENT])
    assert values(rates["every_mention"]["strict"]) == (1 / 4, 1 / 4, 1 / 4)
    assert values(rates["every_mention"]["relaxed"]) == (2 / 4, 2 / 4, 1 / 2)
    assert rates["resolvable"]["strict"].recall.value == pytest.approx(1 / 3)
    assert rates["resolvable"]["relaxed"].recall.value == pytest.approx(2 / 3)


def test_concepts_of_documents():
    rates = document_rates([DOCUMENT], ONTOLOGY)
    assert values(rates["micro"]) == (2 / 4, 2 / 3, 4 / 7)
    assert values(rates["ancestor_credit"]) == (3 / 4, 3 / 4, 3 / 4)
    right = reading([marked(0, 4, "cold")], [marked(0, 4, "cold")])
    assert document_rates([DOCUMENT, right], ONTOLOGY)["macro"].precision.value == 0.75


def test_a_branch():
    micro = document_rates(within_branch([DOCUMENT], ONTOLOGY, "cancer"), ONTOLOGY, "cancer")["micro"]
    assert (micro.precision.value, micro.recall.value) == (1, 1 / 2)


def test_classes_of_errors():
    errors = errors_of_found([DOCUMENT], ONTOLOGY)
    assert {kind: n for kind, n in errors.items() if n} == {"same": 2, "too_general": 1, "missed": 1, "spurious": 1}
    assert coverage(errors) == 3 / 4
