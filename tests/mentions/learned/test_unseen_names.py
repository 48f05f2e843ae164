import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import read
from hyplink.mentions.learned.unseen_names import is_plain, name_probabilities, names_beside, unseen_names
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from tests.mentions.learned.conftest import NAMES

DETECTOR = DictionaryDetector.from_names(
    [("asthma", "X:1"), ("ataxia", "X:2"), ("spinal ataxia", "X:3"), ("GALT", "X:4")]
)
USAGE = MentionPrior({"ataxia": Counts(4, 1), "fever": Counts(2, 2)})


def found_by(tokenised, spans):
    return {" ".join(tokenised.words(span)) for span in spans}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asthma", True),
        ("Asthma", True),
        ("ASTHMA", False),
        ("BRCA1", False),
        ("T-cell lymphoma", True),
        ("wt1", False),
    ],
)
def test_symbols_are_no_plain_names(text, expected):
    assert is_plain(DetectedMention(0, len(text), text, ("X:1",), Match.EXACT, text)) == expected


def test_names_in_other_words_are_not_plain():
    name = DetectedMention(0, 6, "asthma", ("X:1",), Match.NORMALISED, "asthma")
    assert is_plain(name)
    assert not is_plain(name._replace(match=Match.DERIVED))


def test_a_name_counts_as_if_it_had_been_met_three_times_more_as_unseen_names_are():
    tokenised = read("Asthma or ataxia.", DETECTOR)
    probabilities = name_probabilities(tokenised, USAGE, 0.8, "balanced")
    assert {" ".join(tokenised.words(span)): chance for span, chance in probabilities.items()} == pytest.approx(
        {"asthma": 0.8, "ataxia": 3.4 / 7}
    )
    inside = MentionPrior({"ataxia": Counts(4, 1, inside=3)})
    assert name_probabilities(tokenised, inside, 0.8, "balanced")[2, 3] == pytest.approx(3.4 / 4)


def test_likely_names_are_added_to_the_selected_spans_longest_first():
    probabilities = {(0, 1): 0.9, (2, 4): 0.5, (3, 4): 0.8, (6, 7): 0.2}
    assert names_beside([(0, 2)], probabilities, 0.3) == [(2, 4)]
    assert names_beside([], probabilities, 0.6) == [(0, 1), (3, 4)]


def test_new_names_are_those_that_no_other_text_has_and_no_longer_mention_holds():
    tokenised = read("Her asthma, spinal ataxia and GALT; ataxia is old.", DETECTOR)
    marked = [tokenised.span_at(4, 10)]
    assert found_by(tokenised, unseen_names(tokenised, USAGE, marked)) == {"asthma", "spinal ataxia"}
    around = [tokenised.span_at(0, 10)]
    assert found_by(tokenised, unseen_names(tokenised, USAGE, around)) == {"spinal ataxia"}


def test_an_unseen_name_is_found_in_a_context_unlike_the_training_text(span_detector):
    detector = DictionaryDetector.from_names([*NAMES, ("starburst unit", "X:9")])
    (found,) = span_detector.mentions("Quite unheard-of: starburst units!", detector)
    assert (found.text, found.candidates, found.mention_probability) == ("starburst units", ("X:9",), span_detector.new)


def test_a_name_that_was_met_often_and_never_marked_is_not_found(span_detector, detector):
    assert "cell" not in {mention.text for mention in span_detector.mentions("A cell; the cell.", detector)}


def found_in(text, span_detector, names, **options):
    detector = DictionaryDetector.from_names([*NAMES, *names])
    return {mention.text: mention.mention_probability for mention in span_detector.mentions(text, detector, **options)}


def test_names_that_were_met_inside_longer_mentions_alone_are_as_unseen_ones(span_detector):
    assert span_detector.mention_prior.times["hair cell"].n_outside == 0
    assert found_in("Quite unheard-of: hair cells!", span_detector, [])["hair cells"] >= span_detector.new


def test_a_symbol_is_recognised_by_the_text_and_not_by_its_expansion():
    assert not is_plain(DetectedMention(0, 5, "BRCA1", ("X:1",), Match.EXACT, "breast cancer"))
    assert is_plain(DetectedMention(0, 6, "asthma", ("X:1",), Match.EXACT, "BRCA1"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ba", True), ("bA", False), ("B-cell", True), ("T-Cell", False), ("b1", False), ("a B", True), ("1 b", True)],
)
def test_a_capital_behind_a_letter_and_a_digit_are_signs_of_a_symbol_in_one_word(text, expected):
    assert is_plain(DetectedMention(0, 1, text, ("X:1",), Match.EXACT, text)) == expected


def test_no_names_plain_ones_or_all_have_a_probability():
    tokenised = read("GALT, asthma", DETECTOR)
    assert len(tokenised.names) == 2
    assert name_probabilities(tokenised, USAGE, 0.5, "precision") == {}
    assert name_probabilities(tokenised, USAGE, 0.5, "balanced") == {(1, 2): 0.5}
    assert name_probabilities(tokenised, USAGE, 0.5, "recall") == {(0, 1): 0.5, (1, 2): 0.5}


@pytest.mark.parametrize(
    ("chosen", "names", "expected"),
    [
        ([], {(0, 1): 0.9, (0, 3): 0.9, (2, 4): 0.9}, [(0, 3)]),
        ([], {(1, 3): 0.9, (0, 2): 0.9}, [(0, 2)]),
        ([], {(0, 1): 0.9, (4, 7): 0.9, (2, 4): 0.9}, [(4, 7), (2, 4), (0, 1)]),
        ([], {(0, 1): 0.5, (1, 2): 0.51, (2, 3): 0.49}, [(1, 2)]),
        ([(0, 2), (3, 4)], {(2, 3): 0.9}, [(2, 3)]),
        ([(0, 1), (2, 3)], {(2, 3): 0.9}, []),
        ([(0, 3)], {(2, 4): 0.9, (1, 2): 0.9}, []),
        ([(3, 9)], {(2, 4): 0.9, (0, 1): 0.9}, [(0, 1)]),
    ],
)
def test_only_names_above_the_threshold_are_added_to_the_selected_spans(chosen, names, expected):
    assert names_beside(chosen, names, 0.5) == expected


@pytest.mark.parametrize(
    ("marked", "new"),
    [
        ([], True),
        ([(1, 2)], True),
        ([(0, 2)], False),
        ([(1, 3)], False),
        ([(0, 3)], False),
        ([(0, 1)], True),
        ([(2, 3)], True),
        ([(2, 3), (0, 2)], False),
        ([(0, 1), (2, 3)], True),
    ],
)
def test_an_unseen_name_is_not_inside_a_longer_mention(marked, new):
    tokenised = read("her asthma attack", DETECTOR)
    assert unseen_names(tokenised, USAGE, iter(marked)) == ([(1, 2)] if new else [])
    assert unseen_names(tokenised, MentionPrior({"asthma": Counts(2, 0, inside=1)}), marked) == []
    inside_alone = MentionPrior({"asthma": Counts(2, 0, inside=2)})
    assert unseen_names(tokenised, inside_alone, marked) == unseen_names(tokenised, USAGE, marked)
