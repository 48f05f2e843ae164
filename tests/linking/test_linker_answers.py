"""From scored candidates to links, on scores made by hand."""

import math

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.encoders import Passage
from hyplink.linking.scored_candidates import ScoredCandidates
from hyplink.mentions.assertion import Assertion
from hyplink.mentions.match import Match
from hyplink.mentions.spans import MentionSpan
from tests.linking.hand_made import calibration_of, linker_of, span_of

# Concepts: 0 cell > 1 photoreceptor > 2 rod, 3 cone > 4 blue cone; 0 cell > 5 pine cone, 6 glial cell > 7 Müller cell.


def scored_by_hand(rows, named=()):
    """From (mention, concept, score, probability, gold group) of candidates, at the distance 10 · mention + concept."""
    mentions, concepts, scores, probabilities, groups = map(np.array, zip(*rows, strict=True))
    candidates = Candidates(
        mentions, concepts, np.zeros((len(rows), len(FEATURES))), 10.0 * mentions + concepts, groups
    )
    is_named = np.array([pair in named for pair in zip(mentions.tolist(), concepts.tolist(), strict=True)])
    return ScoredCandidates(candidates, scores.astype(float), probabilities.astype(float), is_named)


def links_of(linker, rows, named=(), top_k=9, least=None, n_mentions=None):
    n_mentions = n_mentions or 1 + max(row[0] for row in rows)
    spans = [[span_of("w" * (row + 1))._replace(start=row) for row in range(n_mentions)]]
    return list(linker.links(spans, scored_by_hand(rows, named), top_k, least))


def concepts_of(link):
    return [int(each.concept.removeprefix("X:")) for each in link.candidates]


@pytest.fixture(scope="module")
def linker():
    return linker_of(calibration_of("names"))


def test_candidates_are_ordered_by_name_then_score_then_concept(linker):
    rows = [
        (0, 1, -3, 0.1, 1),
        (0, 2, -1, 0.1, 2),
        (0, 4, -2, 0.1, 4),
        (0, 5, -1, 0.1, 5),
        (0, 6, -9, 0.1, 6),
        (0, 7, -8, 0, 7),
    ]
    (link,) = links_of(linker, rows, named={(0, 7), (0, 6)})
    assert concepts_of(link) == [7, 6, 2, 5, 4, 1]
    assert [each.score for each in link.candidates] == [-8, -9, -1, -1, -2, -3]
    (shuffled,) = links_of(linker, [rows[each] for each in (3, 5, 0, 4, 1, 2)], named={(0, 7), (0, 6)})
    assert shuffled == link
    (short,) = links_of(linker, rows, named={(0, 7), (0, 6)}, top_k=3)
    assert short.candidates == link.candidates[:3]
    assert short.answer == link.candidates[0]


def test_each_candidate_keeps_its_own_score_distance_and_label(linker):
    rows = [(0, 2, -2, 0.1, 2), (0, 3, -1, 0.6, 3), (1, 7, -0.5, 0.3, 7), (1, 0, -3, 0.2, 0), (1, 4, -1, 0.2, 4)]
    first, second = links_of(linker, rows)
    shown = [
        [(each.concept, each.label, each.score, each.distance) for each in link.candidates] for link in (first, second)
    ]
    assert shown[0] == [("X:3", "cone cell", -1, 3), ("X:2", "rod cell", -2, 2)]
    assert shown[1] == [("X:7", "Müller cell", -0.5, 17), ("X:4", "blue cone cell", -1, 14), ("X:0", "cell", -3, 10)]
    assert [(link.text, link.answer.concept, link.depth, link.confidence) for link in (first, second)] == [
        ("w", "X:3", 2, 0.6),
        ("ww", "X:7", 2, 0.3),
    ]


def test_without_points_candidates_have_no_distance(linker):
    scored = scored_by_hand([(0, 2, -2, 0.1, 2), (0, 3, -1, 0.6, 3)])
    scored = scored._replace(candidates=scored.candidates._replace(distances=None))
    (link,) = linker.links([[span_of("w")]], scored, 5)
    assert [each.distance for each in link.candidates] == [None, None]


def test_the_confidence_adds_up_the_candidates_of_the_gold_group_of_the_answer(linker):
    rows = [(0, 2, -1, 0.3, 8), (0, 3, -2, 0.2, 8), (0, 4, -3, 0.15, 2), (0, 5, -4, 0.1, 8), (1, 2, -1, 0.4, 8)]
    first, second = links_of(linker, rows)
    assert first.confidence == pytest.approx(0.3 + 0.2 + 0.1)
    assert second.confidence == pytest.approx(0.4)
    (named, _) = links_of(linker, rows, named={(0, 4)})
    assert (named.answer.concept, named.confidence) == ("X:4", pytest.approx(0.15))
    (short, _) = links_of(linker, rows, top_k=1)
    assert short.confidence == first.confidence  # those that are not shown count too


def test_the_probability_of_an_ancestor_is_the_sum_over_its_subtree(linker):
    rows = [(0, 2, -1, 0.4, 2), (0, 4, -2, 0.2, 4), (0, 7, -3, 0.2, 7), (1, 7, -1, 0.9, 7)]
    first, second = links_of(linker, rows, least=0.55)
    assert (first.answer.concept, first.confidence, first.back_off_of) == ("X:1", pytest.approx(0.6), "X:2")
    assert (first.answer.label, first.answer.distance, first.depth) == ("photoreceptor", None, 1)
    assert first.answer.score == pytest.approx(math.log(0.6))
    assert concepts_of(first) == [2, 4, 7]
    assert (second.answer.concept, second.confidence, second.back_off_of) == ("X:7", 0.9, None)
    nil, _ = links_of(linker, rows, least=0.65)
    assert (nil.answer, nil.confidence, nil.depth, nil.back_off_of) == (None, None, None, "X:2")
    assert nil.confidence_basis == "names"
    exact, _ = links_of(linker, rows, least=0.4)
    assert (exact.answer, exact.back_off_of) == (exact.candidates[0], None)


def test_an_answer_that_was_backed_off_to_is_shown_as_the_candidate_that_it_is(linker):
    rows = [(0, 4, -1, 0.4, 4), (0, 3, -2, 0.3, 3), (0, 2, -3, 0.1, 2)]
    (link,) = links_of(linker, rows, least=0.6)
    assert link.answer == link.candidates[1]
    assert (link.answer.concept, link.confidence, link.back_off_of) == ("X:3", pytest.approx(0.7), "X:4")
    (short,) = links_of(linker, rows, top_k=1, least=0.6)
    assert (short.answer.concept, short.answer.distance) == ("X:3", None)
    assert short.answer.score == pytest.approx(math.log(0.7))


def test_backing_off_counts_candidates_of_one_gold_group_for_the_ancestors_of_each(linker):
    # A Müller cell and a rod mean the same here: either is right, so both lie below what either lies below.
    rows = [(0, 2, -1, 0.3, 9), (0, 7, -2, 0.3, 9), (0, 4, -3, 0.2, 4), (0, 5, -4, 0.1, 9)]
    (same,) = links_of(linker, rows, least=0.65)
    assert (same.answer.concept, same.confidence) == ("X:2", pytest.approx(0.7))
    (also_blue,) = links_of(linker, rows, least=0.8)
    assert (also_blue.answer.concept, also_blue.confidence) == ("X:1", pytest.approx(0.9))
    (apart,) = links_of(linker, [(*row[:4], number) for number, row in enumerate(rows)], least=0.45)
    assert (apart.answer.concept, apart.confidence) == ("X:1", pytest.approx(0.5))


def test_a_link_has_the_fields_of_its_place(linker):
    denied, doubted = Assertion(negated=True, uncertain=False), Assertion(negated=False, uncertain=True)
    spans = [
        [MentionSpan("one", 4, 9, ((4, 5), (8, 9)), "u v", Passage("x"), (), Match.REORDERED, assertion=denied)],
        [],
        [MentionSpan("two", 1, 3, None, "w", Passage("y"), (), None, assertion=doubted)],
    ]
    scored = scored_by_hand([(0, 2, -1, 0.3, 2), (1, 4, -1, 0.5, 4)])
    first, second = linker.links(spans, scored, 3)
    assert (first.doc, first.start, first.end, first.spans, first.text) == ("one", 4, 9, ((4, 5), (8, 9)), "u v")
    assert (first.negated, first.uncertain, first.match, first.depth) == (True, False, Match.REORDERED, 2)
    assert (second.doc, second.start, second.end, second.spans, second.text) == ("two", 1, 3, None, "w")
    assert (second.negated, second.uncertain, second.match, second.depth) == (False, True, None, 3)


def test_the_nearest_concepts_of_points_come_nearest_first(linker):
    points = np.stack([np.tanh(np.array([2.4, 0.3]) / 2), [0, 0]], axis=1)
    found = linker.nearest(points, k=3)
    assert [[each.concept for each in nearest] for nearest in found] == [["X:6", "X:5", "X:7"], ["X:1", "X:0", "X:2"]]
    assert [each.label for each in found[0]] == ["glial cell", "pine cone", "Müller cell"]
    distances = [[each.distance for each in nearest] for nearest in found]
    assert distances == [pytest.approx([0.1, 0.4, 0.7]), pytest.approx([0.1, 0.3, 0.4])]
    assert [[-each.score for each in nearest] for nearest in found] == distances


def test_each_candidate_and_the_answer_have_the_name_that_matches_the_mention_as_it_is_read(linker):
    rows = [(0, 4, -1, 0.6, 4), (0, 6, -2, 0.3, 6), (0, 2, -3, 0.1, 2), (1, 7, -1, 0.5, 7), (1, 2, -2, 0.4, 2)]
    spans = [[span_of("SC")._replace(passage=Passage("S cells")), span_of("helpers")._replace(start=2)]]
    first, second = (link.as_json() for link in linker.links(spans, scored_by_hand(rows), 9))
    names = [("X:4", "S cell", "EXACT"), ("X:6", "S cell", "EXACT"), ("X:2", "rod cell", "LABEL")]
    assert [(each["concept"], each["matched_name"], each["scope"]) for each in first["candidates"]] == names
    assert (first["matched_name"], first["scope"]) == ("S cell", "EXACT")
    assert (second["matched_name"], second["scope"]) == ("helper", "ANNOTATED")
    assert [each["matched_name"] for each in second["candidates"]] == ["helper", None]


def test_an_ancestor_that_is_backed_off_to_has_the_name_that_matches_if_any_does(linker):
    (link,) = links_of(linker, [(0, 2, -1, 0.5, 2), (0, 3, -1.2, 0.5, 3)], least=0.9)
    assert (link.answer.concept, link.answer.matched_name) == ("X:1", None)
