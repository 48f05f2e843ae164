from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import RunError
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned import load_span_detector, save_span_detector
from hyplink.mentions.learned.detector import SETTINGS, chosen_runs
from hyplink.mentions.match import Match
from tests.mentions.learned.conftest import LetterEncoder, annotated, taught

TEXT = "We saw rods and inner hair cells in the retina of each cell line. The loss of rod cells was found."

runs = st.tuples(st.integers(0, 8), st.integers(1, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1]


def gain(chosen, probabilities, threshold):
    return sum(probabilities[run] - threshold for run in chosen)


@given(st.dictionaries(runs, st.integers(0, 20).map(lambda n: n / 20), max_size=8), st.sampled_from([0.0, 0.3, 0.5]))
def test_the_runs_chosen_do_not_overlap_and_no_others_would_gain_more(probabilities, threshold):
    chosen = chosen_runs(probabilities, threshold)
    assert chosen == sorted(chosen)
    assert not any(overlap(a, b) for a, b in pairwise(chosen))
    best = max(
        gain(some, probabilities, threshold)
        for n in range(len(probabilities) + 1)
        for some in combinations(probabilities, n)
        if not any(overlap(a, b) for a, b in combinations(some, 2))
    )
    assert gain(chosen, probabilities, threshold) == pytest.approx(best)


def test_a_longer_run_gives_way_to_a_likelier_one_within_it_and_to_two_that_are_likelier_together():
    assert chosen_runs({(0, 3): 0.6, (1, 3): 0.9}, 0.3) == [(1, 3)]
    assert chosen_runs({(0, 3): 0.9, (0, 1): 0.7, (2, 3): 0.7}, 0.3) == [(0, 1), (2, 3)]
    assert chosen_runs({(0, 3): 0.9, (0, 1): 0.5, (2, 3): 0.5}, 0.3) == [(0, 3)]


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


def test_an_abbreviation_is_proposed_with_the_words_it_stands_for(span_detector, detector):
    text = "We saw inner hair cells (IHC) in the retina. The loss of IHC was found."
    assert {mention.name_text for mention in span_detector.mentions(text, detector) if mention.text == "IHC"} <= {
        "inner hair cells"
    }


def test_several_names_in_one_marked_run_are_several_mentions_of_all_its_words():
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


def test_the_same_documents_teach_the_same(documents, span_detector, detector):
    assert taught(documents, detector).mentions(TEXT, detector) == span_detector.mentions(TEXT, detector)


def test_a_recogniser_survives_its_files(span_detector, detector, tmp_path):
    save_span_detector(span_detector, tmp_path / "span_detector")
    read = load_span_detector(tmp_path / "span_detector", LetterEncoder())
    assert read.mentions(TEXT, detector) == span_detector.mentions(TEXT, detector)
    (tmp_path / "span_detector" / SETTINGS).write_text('{"features": ["size"]}', encoding="utf-8")
    with pytest.raises(RunError, match="not the span_detector of this version; run `hyplink encode --force` again"):
        load_span_detector(tmp_path / "span_detector", LetterEncoder())


def test_that_there_is_no_recogniser_is_kept_too(tmp_path):
    save_span_detector(None, tmp_path / "span_detector")
    assert load_span_detector(tmp_path / "span_detector", LetterEncoder()) is None
