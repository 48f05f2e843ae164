"""Scores and probabilities of a linker made by hand: which mention and candidate each belongs to."""

import numpy as np
import pytest

from hyplink.arrays import log_softmax
from hyplink.errors import InputError
from hyplink.linking.linker import TOP_K
from tests.linking.hand_made import DOCUMENTS, RADII, linkers_by_source, span_of

TEXT = "Rod cells and an S cell (SC); no cone. The SC is a cell of the blue cone."


@pytest.fixture(scope="module")
def linkers():
    return linkers_by_source()


def test_probabilities_are_multiplied_by_the_probability_that_the_words_are_a_mention(linkers):
    linker = linkers["documents", False]
    texts, probabilities = ("rod", "helper", "cone cell", "blue"), (0.5, 1.0, 0.25, 0.8)
    scored, certain = (
        linker.score([[span_of(text, probability=each) for text, each in zip(texts, values, strict=True)]])
        for values in (probabilities, (1.0,) * 4)
    )
    expected = linker.calibration.probabilities(scored.candidates, scored.scores)
    assert certain.probabilities == pytest.approx(expected)
    factors = np.array(probabilities)[scored.candidates.mentions]
    assert scored.probabilities == pytest.approx(expected * factors)
    assert scored.scores == pytest.approx(certain.scores)


@pytest.mark.parametrize("source", ["names", "documents"])
def test_the_confidence_of_a_link_is_that_of_a_certain_mention_times_its_own_probability(linkers, source):
    for asked in ({}, {"top_k": 3}, {"search_all": True}):
        uncertain = linkers[source, True].link(TEXT, **asked)
        certain = linkers[source, False].link(TEXT, **asked)
        assert len(uncertain) == len(certain) > 3
        assert any(link.confidence for link in certain)
        for one, other in zip(uncertain, certain, strict=True):
            factor = 1 - len(one.text) / 100
            assert one.confidence == (other.confidence and pytest.approx(factor * other.confidence))


def test_scores_are_log_probabilities_of_the_weighted_features_of_each_mention(linkers):
    linker = linkers["documents", False]
    spans = [linker.span_finder.find(document) for document in DOCUMENTS]
    scored = linker.score(spans)
    expected = log_softmax(scored.candidates.features @ linker.ranker.weights, scored.candidates.mentions)
    assert scored.scores == pytest.approx(expected)
    assert len(np.unique(scored.candidates.mentions)) == sum(map(len, spans))


def test_each_mention_is_encoded_in_its_own_context_and_named_by_its_own_names(linkers):
    linker = linkers["names", False]
    spans = [
        [span_of("zzz", ("X:7",), left="x" * 4), span_of("zz", ("X:0", "X:6"), left="x" * 8)],
        [],
        [span_of("z", (), left="x" * 2), span_of("zzzz", ("X:2",), left="x" * 12)],
    ]
    scored = linker.score(spans, search_all=False)
    found = scored.candidates
    pairs = list(zip(found.mentions.tolist(), found.concepts.tolist(), strict=True))
    assert [pair for pair in pairs if pair[0] in (0, 3)] == [(0, 7), (3, 2)]  # found by a name of one concept
    assert [concept for row, concept in pairs if row == 1] == list(range(8))
    named = {pair for pair, is_named in zip(pairs, scored.named.tolist(), strict=True) if is_named}
    assert named == {(0, 7), (1, 0), (1, 6), (3, 2)}
    radii = np.array([1.0, 2.0, 0.5, 3.0])
    expected = np.abs(radii[found.mentions] - np.array(RADII)[found.concepts])
    assert found.distances == pytest.approx(expected, abs=1e-5)


def test_with_a_ranker_trained_on_documents_no_mention_is_unambiguous_and_no_name_ranks_first(linkers):
    spans = [[span_of("zzz", ("X:7",)), span_of("zz", ())]]
    scored = linkers["documents", False].score(spans, search_all=False)
    assert np.bincount(scored.candidates.mentions).tolist() == [8, 8]
    assert not scored.named.any()
    assert not np.isnan(scored.probabilities).any()


def test_a_sole_candidate_has_a_probability_where_the_mention_is_a_plain_name_alone(linkers):
    linker = linkers["names", False]
    spans = [[span_of("zzz", ("X:7",)), span_of("rod cells", ("X:2",)), span_of("zz", ())]]
    quick, thorough = (linker.score(spans, search_all=each) for each in (False, True))
    assert np.isnan(quick.probabilities).tolist() == [True, False, *[False] * 8]
    assert quick.probabilities[1] == pytest.approx(0.97)
    assert not np.isnan(thorough.probabilities).any()
    links = list(linker.links(spans, quick, 5))
    assert [(link.confidence, link.confidence_basis) for link in links[:2]] == [(None, None), (0.97, "names")]
    assert links[2].confidence_basis == "names"


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("There was a cone.", {"X:3", "X:5"}),
        ("An S cell (SC) beside glial cells.", {"X:4", "X:6"}),
        ("cones and rods", {"X:3", "X:5"}),
    ],
)
def test_the_link_of_an_ambiguous_name_is_the_same_whether_others_are_searched_or_not(linkers, text, owners):
    linker = linkers["names", False]
    quick, thorough = (linker.link(text, top_k=8, search_all=each) for each in (False, True))
    assert [(link.start, link.answer.concept) for link in quick] == [
        (link.start, link.answer.concept) for link in thorough
    ]
    assert [link.confidence for link in quick] == pytest.approx([link.confidence for link in thorough], abs=1e-3)
    assert {each.concept for each in quick[0].candidates} == owners
    assert len(thorough[0].candidates) == 8
    assert 0.485 <= quick[0].confidence < 0.97  # the better of two that share .97


def test_one_candidate_is_looked_at_where_neither_all_candidates_nor_a_confidence_are_asked_for(linkers):
    linker, text = linkers["names", False], "Müller cells"
    n_candidates = [
        len(linker.link(text, **asked)[0].candidates)
        for asked in ({}, {"top_k": 3}, {"search_all": True, "top_k": 3}, {"search_all": True}, {"min_confidence": 0.0})
    ]
    assert n_candidates == [1, 1, 3, TOP_K, TOP_K]
    assert len(linkers["documents", False].link(text)[0].candidates) == 5


def test_a_confidence_cannot_be_demanded_of_a_linker_without_calibration(linkers):
    with pytest.raises(InputError, match="the links of this run have no confidence: too few"):
        next(linkers["none", False].link_many(DOCUMENTS, min_confidence=0.0))
    (link,) = linkers["none", False].link("Müller cells")
    assert (link.confidence, link.confidence_basis, link.answer.concept) == (None, None, "X:7")
