import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from hyplink.metrics.documents import document_scores
from tests.metrics.anatomy import ONTOLOGY, PARENTS, document, mentions_of

CONCEPTS = sorted(PARENTS)
SETS = st.lists(st.sampled_from(CONCEPTS), unique=True)


def values(scores):
    return scores.precision.value, scores.recall.value, scores.f1.value


def indicators(sets):
    return np.array([[concept in each for concept in CONCEPTS] for each in sets])


@given(st.lists(st.tuples(SETS, SETS), min_size=1, max_size=6))
def test_micro_and_macro_agree_with_scikit_learn(documents):
    scores = document_scores([document(mentions_of(*gold), mentions_of(*found)) for gold, found in documents], ONTOLOGY)
    gold, found = (indicators(sets) for sets in zip(*documents, strict=True))
    for key, average in (("micro", "micro"), ("macro", "samples")):
        if average == "micro" and not (gold.any() and found.any()):
            continue  # scikit-learn has no F1 where hyplink defines it as 0
        expected = precision_recall_fscore_support(gold, found, average=average, zero_division=np.nan)[:3]
        actual = [np.nan if value is None else value for value in values(scores[key])]
        assert actual == pytest.approx(expected, nan_ok=True)


def test_a_concept_mentioned_twice_in_a_document_counts_once():
    scores = document_scores([document(mentions_of("burn", "burn", "ulcer"), mentions_of("burn", "burn"))], ONTOLOGY)
    assert values(scores["micro"]) == pytest.approx((1, 1 / 2, 2 / 3))
    assert (scores["micro"].n_found, scores["micro"].n_gold) == (1, 2)


def test_any_of_several_gold_concepts_is_correct_and_unresolvable_mentions_are_ignored():
    scores = document_scores(
        [document(mentions_of({"burn", "tumour"}, set(), "ulcer"), mentions_of("tumour", "ulcer"))], ONTOLOGY
    )
    assert values(scores["micro"]) == (1, 1, 1)
    assert values(scores["ancestor_credit"]) == (1, 1, 1)


def test_an_answer_gets_credit_for_the_ancestors_it_shares_with_the_gold():
    # with ancestors, without roots: gold {skin-ulcer, tumour, skin, ulcer, gut}, found {burn, skin, ulcer, gut}
    scores = document_scores([document(mentions_of("skin-ulcer"), mentions_of("burn", "ulcer"))], ONTOLOGY)
    assert values(scores["micro"]) == (0, 0, 0)
    assert values(scores["ancestor_credit"]) == pytest.approx((3 / 4, 3 / 5, 2 / 3))


def test_roots_give_no_credit():
    scores = document_scores([document(mentions_of("burn"), mentions_of("gut"))], ONTOLOGY)
    assert values(scores["ancestor_credit"]) == (0, 0, 0)


def test_in_a_branch_neither_its_own_concept_nor_concepts_outside_give_credit():
    # below skin: gold {skin-ulcer, tumour}, found {tumour}; ulcer and gut are in another branch
    scores = document_scores([document(mentions_of("skin-ulcer"), mentions_of("tumour"))], ONTOLOGY, "skin")
    assert values(scores["ancestor_credit"]) == pytest.approx((1, 1 / 2, 2 / 3))


def test_if_none_of_several_gold_concepts_was_found_the_one_with_most_ancestors_found_is_used():
    scores = document_scores([document(mentions_of({"ulcer", "burn"}), mentions_of("skin"))], ONTOLOGY)
    assert values(scores["ancestor_credit"]) == pytest.approx((1, 1 / 2, 2 / 3))


@given(st.lists(SETS, min_size=1, max_size=6))
def test_finding_exactly_the_gold_concepts_gives_full_credit(documents):
    scores = document_scores(
        [document(mentions_of(*concepts), mentions_of(*concepts)) for concepts in documents], ONTOLOGY
    )
    assert set(values(scores["ancestor_credit"])) <= {None, 1.0}


def test_whole_documents_are_resampled():
    documents = [document(mentions_of("burn"), mentions_of("burn"))] * 3 + [
        document(mentions_of("burn", "ulcer"), mentions_of("tumour"))
    ]
    micro = document_scores(documents, ONTOLOGY)["micro"]
    assert 0 < micro.f1.low < micro.f1.value < micro.f1.high == 1
    assert document_scores(documents[:1], ONTOLOGY)["micro"].f1.low is None
