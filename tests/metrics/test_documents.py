import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from hyplink.metrics.documents import document_rates
from tests.metrics.bodies import ONTOLOGY, PARENTS, reading, said

CONCEPTS = sorted(PARENTS)
SETS = st.lists(st.sampled_from(CONCEPTS), unique=True)


def values(rates):
    return rates.precision.value, rates.recall.value, rates.f1.value


def table(sets):
    return np.array([[concept in each for concept in CONCEPTS] for each in sets])


@given(st.lists(st.tuples(SETS, SETS), min_size=1, max_size=6))
def test_micro_and_macro_agree_with_scikit_learn(documents):
    rates = document_rates([reading(said(*gold), said(*found)) for gold, found in documents], ONTOLOGY)
    gold, found = (table(sets) for sets in zip(*documents, strict=True))
    for ours, average in (("micro", "micro"), ("macro", "samples")):
        if average == "micro" and not (gold.any() and found.any()):
            continue  # scikit-learn gives no F1 where we say 0
        theirs = precision_recall_fscore_support(gold, found, average=average, zero_division=np.nan)[:3]
        mine = [np.nan if value is None else value for value in values(rates[ours])]
        assert mine == pytest.approx(theirs, nan_ok=True)


def test_a_concept_that_a_document_speaks_of_twice_counts_once():
    rates = document_rates([reading(said("burn", "burn", "ulcer"), said("burn", "burn"))], ONTOLOGY)
    assert values(rates["micro"]) == pytest.approx((1, 1 / 2, 2 / 3))
    assert (rates["micro"].n_found, rates["micro"].n_gold) == (1, 2)


def test_any_of_several_right_concepts_will_do_and_what_leads_to_none_is_left_out():
    rates = document_rates([reading(said({"burn", "tumour"}, set(), "ulcer"), said("tumour", "ulcer"))], ONTOLOGY)
    assert values(rates["micro"]) == (1, 1, 1)
    assert values(rates["ancestor_credit"]) == (1, 1, 1)


def test_an_answer_earns_the_ancestors_that_it_shares_with_the_gold():
    # closed, without the roots: {skin-ulcer, tumour, skin, ulcer, gut} was right and {burn, skin, ulcer, gut} found
    rates = document_rates([reading(said("skin-ulcer"), said("burn", "ulcer"))], ONTOLOGY)
    assert values(rates["micro"]) == (0, 0, 0)
    assert values(rates["ancestor_credit"]) == pytest.approx((3 / 4, 3 / 5, 2 / 3))


def test_roots_earn_nothing():
    rates = document_rates([reading(said("burn"), said("gut"))], ONTOLOGY)
    assert values(rates["ancestor_credit"]) == (0, 0, 0)


def test_within_a_branch_neither_its_concept_nor_what_lies_outside_earns():
    # below skin: {skin-ulcer, tumour} was right and {tumour} found; ulcer and gut are other branches
    rates = document_rates([reading(said("skin-ulcer"), said("tumour"))], ONTOLOGY, "skin")
    assert values(rates["ancestor_credit"]) == pytest.approx((1, 1 / 2, 2 / 3))


def test_of_several_right_concepts_of_which_none_was_found_the_nearest_to_what_was_found_is_meant():
    rates = document_rates([reading(said({"ulcer", "burn"}), said("skin"))], ONTOLOGY)
    assert values(rates["ancestor_credit"]) == pytest.approx((1, 1 / 2, 2 / 3))


@given(st.lists(SETS, min_size=1, max_size=6))
def test_who_finds_the_gold_concepts_and_no_others_earns_all(documents):
    rates = document_rates([reading(said(*concepts), said(*concepts)) for concepts in documents], ONTOLOGY)
    assert set(values(rates["ancestor_credit"])) <= {None, 1.0}


def test_documents_are_drawn_as_a_whole():
    readings = [reading(said("burn"), said("burn"))] * 3 + [reading(said("burn", "ulcer"), said("tumour"))]
    micro = document_rates(readings, ONTOLOGY)["micro"]
    assert 0 < micro.f1.low < micro.f1.value < micro.f1.high == 1
    assert document_rates(readings[:1], ONTOLOGY)["micro"].f1.low is None
