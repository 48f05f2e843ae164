"""The worked example of docs/metrics.md."""

import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import mention_scores, within_branch
from hyplink.metrics.documents import document_scores
from hyplink.metrics.errors import coverage, error_counts_raw_text
from hyplink.metrics.linking import Prediction, composite_is_correct, mention_metrics
from hyplink.ontology import Concept, Ontology
from tests.metrics.anatomy import document, mention

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
GOLD = [mention(0, 13, "breast cancer"), mention(26, 33, "anemia"), mention(37, 56, "ovarian cancer"), mention(62, 71)]
FOUND = [mention(0, 13, "breast cancer"), mention(19, 33, "anemia"), mention(37, 43, "cancer"), mention(83, 87, "cold")]
DOCUMENT = document(GOLD, FOUND)


def values(scores):
    return pytest.approx((scores.precision.value, scores.recall.value, scores.f1.value))


def test_mentions_with_given_spans():
    gold = Gold((frozenset({"anemia"}),), composite=False)
    metrics = mention_metrics(Prediction("d", gold, ("cancer", "anemia", "cold"), (3.0, 2.0, 1.0)), ONTOLOGY)
    assert (metrics.accuracy_at_1, metrics.recall_at_5, metrics.mean_reciprocal_rank) == (0, 1, 1 / 2)
    assert (metrics.tree_distance, metrics.wu_palmer) == (2, 1 / 2)
    tied = mention_metrics(Prediction("d", gold, ("cancer", "anemia", "cold"), (1.0, 1.0, 1.0)), ONTOLOGY)
    assert tied.mean_reciprocal_rank == 1 / 2
    both = Gold((frozenset({"breast cancer"}), frozenset({"ovarian cancer"})), composite=True)
    assert composite_is_correct(Prediction("d", both, ("ovarian cancer", "breast cancer"), (2.0, 1.0)))


def test_mentions_detected_in_raw_text():
    scores = mention_scores([DOCUMENT])
    assert values(scores["every_mention"]["strict"]) == (1 / 4, 1 / 4, 1 / 4)
    assert values(scores["every_mention"]["relaxed"]) == (2 / 4, 2 / 4, 1 / 2)
    assert scores["resolvable"]["strict"].recall.value == pytest.approx(1 / 3)
    assert scores["resolvable"]["relaxed"].recall.value == pytest.approx(2 / 3)


def test_concepts_of_documents():
    scores = document_scores([DOCUMENT], ONTOLOGY)
    assert values(scores["micro"]) == (2 / 4, 2 / 3, 4 / 7)
    assert values(scores["ancestor_credit"]) == (3 / 4, 3 / 4, 3 / 4)
    second = document([mention(0, 4, "cold")], [mention(0, 4, "cold")])
    assert document_scores([DOCUMENT, second], ONTOLOGY)["macro"].precision.value == 0.75


def test_a_branch():
    micro = document_scores(within_branch([DOCUMENT], ONTOLOGY, "cancer"), ONTOLOGY, "cancer")["micro"]
    assert (micro.precision.value, micro.recall.value) == (1, 1 / 2)


def test_error_classes():
    errors = error_counts_raw_text([DOCUMENT], ONTOLOGY)
    assert {kind: n for kind, n in errors.items() if n} == {"same": 2, "too_general": 1, "missed": 1, "spurious": 1}
    assert coverage(errors) == 3 / 4
