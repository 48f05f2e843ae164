import json
import re
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from hyplink.errors import RunError
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned import load_span_detector, save_span_detector
from hyplink.mentions.learned.detector import SETTINGS, WEIGHTS, SpanDetector, selected_spans
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.span_features import SPAN_FEATURES
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from tests.mentions.learned.conftest import LetterEncoder, annotated, taught

TEXT = "We saw rods and inner hair cells in the retina of each cell line. The loss of rod cells was found."

spans = st.tuples(st.integers(0, 8), st.integers(1, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1]


def gain(chosen, probabilities, threshold):
    return sum(probabilities[span] - threshold for span in chosen)


@given(st.dictionaries(spans, st.integers(0, 20).map(lambda n: n / 20), max_size=8), st.sampled_from([0.0, 0.3, 0.5]))
def test_the_spans_chosen_do_not_overlap_and_no_others_would_gain_more(probabilities, threshold):
    chosen = selected_spans(probabilities, threshold)
    assert chosen == sorted(chosen)
    assert not any(overlap(a, b) for a, b in pairwise(chosen))
    best = max(
        gain(some, probabilities, threshold)
        for n in range(len(probabilities) + 1)
        for some in combinations(probabilities, n)
        if not any(overlap(a, b) for a, b in combinations(some, 2))
    )
    assert gain(chosen, probabilities, threshold) == pytest.approx(best)


def test_shorter_spans_replace_a_longer_one_if_their_total_gain_is_larger():
    assert selected_spans({(0, 3): 0.6, (1, 3): 0.9}, 0.3) == [(1, 3)]
    assert selected_spans({(0, 3): 0.9, (0, 1): 0.7, (2, 3): 0.7}, 0.3) == [(0, 1), (2, 3)]
    assert selected_spans({(0, 3): 0.9, (0, 1): 0.5, (2, 3): 0.5}, 0.3) == [(0, 3)]


def test_what_annotators_mark_is_found_whether_it_is_a_name_or_not(span_detector, detector):
    found = {mention.text: mention for mention in span_detector.mentions(TEXT, detector)}
    assert found.keys() == {"rods", "inner hair cells", "rod cells"}
    assert found["rods"].match is found["inner hair cells"].match is Match.PROPOSED
    assert found["rods"].candidates == ()
    assert (found["rod cells"].match, found["rod cells"].candidates) == (Match.NORMALISED, ("X:1",))
    assert all(span_detector.threshold < mention.mention_probability <= 1 for mention in found.values())


def test_names_that_annotators_never_mark_are_no_mentions(span_detector, detector):
    assert "cell" in {mention.text for mention in detector.detect(TEXT)}
    assert "cell" not in {mention.text for mention in span_detector.mentions(TEXT, detector)}


def test_names_within_mentions_are_given_on_request_with_their_own_chance(span_detector, detector):
    whole, nested = span_detector.mentions(TEXT, detector), span_detector.mentions(TEXT, detector, nested=True)
    assert [each for each in nested if each in whole] == whole
    within = {mention.text: mention.mention_probability for mention in nested if mention not in whole}
    assert {"hair cells"} < within.keys() <= {"hair cells", "cells"}
    assert within["hair cells"] < next(each.mention_probability for each in whole if each.text == "inner hair cells")


@given(st.text("rodcel -,.()\n", max_size=40))
def test_mentions_are_words_of_the_text_in_order_and_do_not_overlap(span_detector, detector, text):
    found = span_detector.mentions(text, detector)
    assert all(text[mention.start : mention.end] == mention.text for mention in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@pytest.mark.parametrize("text", ["", " ", "…", "\n\n"])
def test_a_text_without_words_has_no_mentions(span_detector, detector, text):
    assert span_detector.mentions(text, detector) == []


def test_an_abbreviation_is_proposed_with_its_long_form(span_detector, detector):
    text = "We saw inner hair cells (IHC) in the retina. The loss of IHC was found."
    assert {mention.name_text for mention in span_detector.mentions(text, detector) if mention.text == "IHC"} <= {
        "inner hair cells"
    }


def test_several_names_in_one_marked_span_are_several_mentions_of_all_its_words():
    names = [("breast cancer", "X:1"), ("ovarian cancer", "X:2"), ("lung cancer", "X:3"), ("skin cancer", "X:4")]
    detector = DictionaryDetector.from_names(names)
    phrases = ["breast and lung cancer", "skin or lung cancer", "lung cancer", "skin and breast cancers"]
    sentences = ["Cases of {} are known.", "She had {} at that time.", "The risk of {} rises."]
    taught_by = [annotated(f"{i}", phrase, each) for i in range(10) for phrase in phrases for each in sentences]
    text = "The risk of breast and ovarian cancer rises."
    found = taught(taught_by, detector).mentions(text, detector)
    assert [(each.text, each.name_text, each.spans, each.candidates) for each in found] == [
        ("breast and ovarian cancer", "breast cancer", None, ("X:1",)),
        ("breast and ovarian cancer", "ovarian cancer", None, ("X:2",)),
    ]


def test_training_is_deterministic(documents, span_detector, detector):
    assert taught(documents, detector).mentions(TEXT, detector) == span_detector.mentions(TEXT, detector)


def test_a_span_detector_is_unchanged_after_saving_and_loading(span_detector, detector, tmp_path):
    save_span_detector(span_detector, tmp_path / "span_detector")
    read = load_span_detector(tmp_path / "span_detector", LetterEncoder())
    assert read.mentions(TEXT, detector) == span_detector.mentions(TEXT, detector)
    (tmp_path / "span_detector" / SETTINGS).write_text('{"features": ["size"]}', encoding="utf-8")
    with pytest.raises(
        RunError, match=r"span_detector\.json: damaged: .*; restore the file, or re-run its stage with --force"
    ):
        load_span_detector(tmp_path / "span_detector", LetterEncoder())


def test_the_absence_of_a_span_detector_is_saved_too(tmp_path):
    save_span_detector(None, tmp_path / "span_detector")
    assert load_span_detector(tmp_path / "span_detector", LetterEncoder()) is None


def test_of_spans_with_equal_gain_the_first_to_end_is_selected():
    assert selected_spans({(0, 1): 0.5, (0, 2): 0.5}, 0.25) == [(0, 1)]
    assert selected_spans({(0, 2): 0.5, (1, 2): 0.5}, 0.25) == [(0, 2)]
    assert selected_spans({(1, 2): 0.5, (0, 2): 0.5}, 0.25) == [(0, 2)]
    assert selected_spans({(0, 3): 0.75, (0, 1): 0.5, (1, 3): 0.5}, 0.25) == [(0, 3)]


def test_a_span_is_chosen_above_the_threshold_alone():
    assert selected_spans({(0, 1): 0.5, (1, 2): 0.51, (2, 3): 0.49}, 0.5) == [(1, 2)]
    assert selected_spans({(0, 1): 0.0}, 0.0) == []
    assert selected_spans({}, 0.0) == []


def test_chosen_spans_agree_with_trying_all_sets():
    random = np.random.default_rng(0)
    for _ in range(60):
        firsts, lengths = random.integers(0, 6, 7).tolist(), random.integers(1, 5, 7).tolist()
        chances = {(a, a + n): float(random.integers(0, 33)) / 32 for a, n in zip(firsts, lengths, strict=True)}
        sets = (some for n in range(len(chances) + 1) for some in combinations(chances, n))
        best = max(
            gain(some, chances, 0.25) for some in sets if not any(overlap(*pair) for pair in combinations(some, 2))
        )
        chosen = selected_spans(chances, 0.25)
        assert not any(overlap(*pair) for pair in combinations(chosen, 2))
        assert gain(chosen, chances, 0.25) == best


class TaggerByPlace:
    """Gives the token with number n the log-odds n / 10 of opening and of closing a mention: all spans are proposed."""

    def log_odds(self, seen):
        return np.column_stack([seen / 10, np.zeros(len(seen)), seen / 10])


class FeaturesByPlace:
    """Sees of each token its number alone."""

    def of(self, tokenised):
        return np.arange(len(tokenised.tokens))


class ScorerByRun:
    """Scores spans by a table, 0 where it says nothing; tells them by where they open and close."""

    def __init__(self, probabilities):
        self.table = probabilities

    def probabilities(self, features):
        at = [SPAN_FEATURES.index(name) for name in ("opens", "closes")]
        spans = [(round(10 * first), round(10 * last) + 1) for first, last in features[:, at].tolist()]
        return np.array([self.table.get(span, 0.0) for span in spans])


CANCERS = DictionaryDetector.from_names(
    [("breast cancer", "b"), ("lung cancer", "l"), ("cancer", "c"), ("breast pain", "p"), ("lung", "g"), ("GATA", "t")]
)
MET = {"cancer": Counts(9, 1), "lung cancer": Counts(3, 2)}


def found_in(text, scores, *, threshold=0.5, discontinuous=0.0, new=0.0, nested=False, met=MET, prefer="balanced"):
    """The mentions of a text whose spans have these scores: (text, candidates, match, probability)."""
    detector = SpanDetector(
        FeaturesByPlace(), TaggerByPlace(), MentionPrior(met), ScorerByRun(scores), threshold, discontinuous, new
    )
    mentions = detector.mentions(text, CANCERS, nested=nested, prefer=prefer)
    assert mentions == sorted(mentions, key=lambda each: (each.start, each.end, each.spans or ()))
    assert all(each.spans or text[each.start : each.end] == each.text for each in mentions)
    return [(each.text, each.candidates, each.match, pytest.approx(each.mention_probability)) for each in mentions]


def test_spans_that_score_well_are_mentions_with_their_scores_whether_they_are_names_or_not():
    assert found_in("his lung cancer or sad mood.", {(1, 3): 0.75, (4, 6): 0.625, (0, 1): 0.5, (4, 5): 0.55}) == [
        ("lung cancer", ("l",), Match.EXACT, 0.75),
        ("sad mood", (), Match.PROPOSED, 0.625),
    ]


def test_a_proposed_abbreviation_is_read_as_its_long_form():
    detector = SpanDetector(
        FeaturesByPlace(), TaggerByPlace(), MentionPrior({}), ScorerByRun({(3, 4): 0.75}), 0.5, 0.0, 0.0
    )
    (found,) = detector.mentions("heart rate (HR), HR", CANCERS)
    assert found == DetectedMention(17, 19, "HR", (), Match.PROPOSED, "heart rate", None, 0.75)


def test_a_plain_name_is_found_by_how_often_it_was_marked_where_it_scores_badly():
    met = {"lung cancer": Counts(3, 3)}  # (3 + 3 · 0.4) / (3 + 3)
    assert found_in("lung cancer", {(0, 2): 0.1}, new=0.4, met=met) == [("lung cancer", ("l",), Match.EXACT, 0.7)]
    assert found_in("lung cancer", {(0, 2): 0.9}, new=0.4, met=met) == [("lung cancer", ("l",), Match.EXACT, 0.9)]
    assert found_in("lung cancer", {(0, 2): 0.6}, new=0.4, met=met) == [("lung cancer", ("l",), Match.EXACT, 0.7)]
    assert found_in("lung cancer", {}, new=0.4, met={"lung cancer": Counts(3, 1), "cancer": Counts(9, 1)}) == []


def test_a_plain_name_that_was_never_met_has_the_probability_of_such_names():
    assert found_in("a lung", {}, new=0.625) == [("lung", ("g",), Match.EXACT, 0.625)]
    assert found_in("a lung", {}, new=0.5) == []
    assert found_in("a GATA", {}, new=0.625) == []  # a symbol is no plain name


def test_recall_takes_all_names_by_their_counts_and_precision_the_scores_alone():
    text, scores = "a lung, GATA", {(1, 2): 0.75}
    chosen, symbol = ("lung", ("g",), Match.EXACT, 0.75), ("GATA", ("t",), Match.EXACT, 0.875)
    assert found_in(text, scores, new=0.875, prefer="precision") == [chosen]
    assert found_in(text, scores, new=0.875) == [(*chosen[:3], 0.875)]
    assert found_in(text, scores, new=0.875, prefer="recall") == [(*chosen[:3], 0.875), symbol]
    often_unmarked = {"lung": Counts(3, 0), "gata": Counts(9, 0)}
    assert found_in(text, {}, new=0.875, met=often_unmarked, prefer="recall") == []


def test_a_plain_name_that_overlaps_a_chosen_span_is_no_mention():
    assert found_in("lung cancer", {(0, 1): 0.6}, new=0.9, met={}) == [
        ("lung", ("g",), Match.EXACT, 0.9),
        ("cancer", ("c",), Match.EXACT, 0.9),
    ]
    assert found_in("big lung cancer", {(0, 2): 0.6}, new=0.9, met={}) == [
        ("big lung", (), Match.PROPOSED, 0.6),
        ("cancer", ("c",), Match.EXACT, 0.9),
    ]


@pytest.mark.parametrize(("discontinuous", "found"), [(0.5, True), (0.49, False), (0.75, True)])
def test_a_discontinuous_name_is_a_mention_where_such_names_are_likely(discontinuous, found):
    expected = [("lung cancer", ("l",), Match.EXACT, 0.75)]
    if found:
        expected = [("breast cancer", ("b",), Match.EXACT, discontinuous), *expected]
    scores = {(2, 4): 0.75}
    assert found_in("breast or lung cancer", scores, discontinuous=discontinuous, prefer="precision") == expected


@pytest.mark.parametrize(("name", "preferences"), [("breast", {"balanced", "recall"}), ("mammary", {"recall"})])
def test_an_unlikely_discontinuous_name_is_a_mention_if_such_names_are_preferred(name, preferences):
    found = {
        prefer
        for prefer in ("precision", "balanced", "recall")
        for _, concepts, *_, probability in found_in(f"{name} or lung cancer", {(2, 4): 0.75}, prefer=prefer)
        if concepts == ("b",) and probability == 0.5
    }
    assert found == preferences


def test_a_discontinuous_name_is_kept_beside_a_mention_that_contains_a_part_of_it():
    scores = {(0, 1): 0.75, (2, 4): 0.625}
    assert found_in("breast or lung cancer", scores, discontinuous=0.875) == [
        ("breast", (), Match.PROPOSED, 0.75),
        ("breast cancer", ("b",), Match.EXACT, 0.875),
        ("lung cancer", ("l",), Match.EXACT, 0.625),
    ]


def test_a_span_is_a_mention_of_its_first_name_too():
    candidates = [each for _, each, *_ in found_in("cancer, breast or lung cancer now", {(0, 6): 0.75})]
    assert sorted(candidates) == [("b",), ("c",), ("l",)]


def test_a_span_with_a_discontinuous_name_is_a_mention_of_each_of_its_names():
    assert found_in("the breast or lung cancer", {(1, 5): 0.75}, discontinuous=0.9) == [
        ("breast or lung cancer", ("b",), Match.EXACT, 0.75),
        ("breast or lung cancer", ("l",), Match.EXACT, 0.75),
    ]
    assert found_in("the breast or lung cancer is", {(0, 6): 0.75})[0][0] == "the breast or lung cancer is"
    for span, words in (((0, 3), "breast or lung"), ((1, 4), "or lung cancer")):
        found = found_in("breast or lung cancer", {span: 0.75}, prefer="precision")
        assert found == [(words, (), Match.PROPOSED, 0.75)]


def test_the_names_beside_a_span_are_none_of_its_own():
    text = "lung: breast or lung cancer: lung"
    assert [candidates for _, candidates, *_ in found_in(text, {(1, 5): 0.75})] == [("b",), ("l",)]


def test_names_within_a_mention_come_on_request_with_their_own_probabilities():
    scores = {(1, 4): 0.75, (2, 4): 0.25, (2, 3): 0.125, (5, 6): 0.25}
    text = "his big lung cancer or lung"
    whole = ("big lung cancer", (), Match.PROPOSED, 0.75)
    assert found_in(text, scores) == [whole]
    assert found_in(text, scores, nested=True) == [
        whole,
        ("lung", ("g",), Match.EXACT, 0.125),
        ("lung cancer", ("l",), Match.EXACT, 2 / 6),  # by how often it was marked: 2 / (3 + 3)
        ("cancer", ("c",), Match.EXACT, 1 / 12),
    ]
    assert found_in("lung cancer", {(0, 2): 0.75}, nested=True) == [
        ("lung", ("g",), Match.EXACT, 0.0),
        ("lung cancer", ("l",), Match.EXACT, 0.75),
        ("cancer", ("c",), Match.EXACT, 1 / 12),
    ]


def test_a_name_that_a_mention_holds_in_part_is_not_nested_in_it():
    assert found_in("lung cancer mass", {(1, 3): 0.75}, nested=True) == [
        ("cancer", ("c",), Match.EXACT, 1 / 12),
        ("cancer mass", (), Match.PROPOSED, 0.75),
    ]


def test_each_part_of_a_detector_survives_its_files(span_detector, tmp_path):
    span_detector = replace(span_detector, threshold=0.375, discontinuous=0.25, new=0.625)
    save_span_detector(span_detector, tmp_path / "detector")
    assert {file.name for file in (tmp_path / "detector").iterdir()} == {
        "span_detector.json",
        "span_detector.safetensors",
    }
    read = load_span_detector(tmp_path / "detector", LetterEncoder())
    assert (read.threshold, read.discontinuous, read.new) == (0.375, 0.25, 0.625)
    assert read.mention_prior == span_detector.mention_prior
    for one, other in zip(
        (*read.token_tagger, *read.scorer, *read.token_features.word_classes.centres),
        (*span_detector.token_tagger, *span_detector.scorer, *span_detector.token_features.word_classes.centres),
        strict=True,
    ):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("damage", ["missing", "cut", "no tagger", "no threshold", "other features"])
def test_the_error_for_a_damaged_file_names_its_folder(span_detector, tmp_path, damage):
    folder = tmp_path / "detector"
    save_span_detector(span_detector, folder)
    settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    if damage == "missing":
        (folder / WEIGHTS).unlink()
    elif damage == "cut":
        (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:1000])
    elif damage == "no tagger":
        save_file({"centres.0": np.zeros((1, 26), np.float32)}, folder / WEIGHTS)
    else:
        key = "threshold" if damage == "no threshold" else "features"
        settings |= {key: settings["features"][::-1]}
        settings = {
            name: value for name, value in settings.items() if name != "threshold" or damage == "other features"
        }
        (folder / SETTINGS).write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(RunError, match=re.escape(str(folder))):
        load_span_detector(folder, LetterEncoder())


def test_the_probability_of_each_name_is_that_of_its_mention_also_below_the_threshold(span_detector, detector):
    probabilities = span_detector.name_probabilities(TEXT, detector)
    found = {(each.start, each.end): each.mention_probability for each in span_detector.mentions(TEXT, detector)}
    names = [(each.start, each.end) for each in detector.detect(TEXT, nested=True)]
    assert sorted(probabilities) == sorted(names)
    for place in names:
        if place in found:
            assert probabilities[place] == found[place]
        else:
            inside = any(start <= place[0] and place[1] <= end for start, end in found)
            assert inside or probabilities[place] <= span_detector.threshold
