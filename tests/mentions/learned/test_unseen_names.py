from dataclasses import replace

import pytest

from hyplink.mentions.dictionary import DetectedMention, MentionDetector
from hyplink.mentions.learned.mention_prior import Times, Usage
from hyplink.mentions.learned.tokenised_text import read
from hyplink.mentions.learned.unseen_names import chances_by_name, is_plain, names_beside, new_names
from hyplink.mentions.match import Match
from tests.mentions.learned.conftest import NAMES

DETECTOR = MentionDetector.of([("asthma", "X:1"), ("ataxia", "X:2"), ("spinal ataxia", "X:3"), ("GALT", "X:4")])
USAGE = Usage({"ataxia": Times(4, 1), "fever": Times(2, 2)})


def found_by(reading, runs):
    return {" ".join(reading.words(run)) for run in runs}


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
    assert not is_plain(replace(name, match=Match.DERIVED))


def test_a_name_counts_as_if_it_had_been_met_once_more_as_new_names_are():
    reading = read("Asthma or ataxia.", DETECTOR)
    chances = chances_by_name(reading, USAGE, 0.8)
    assert {" ".join(reading.words(run)): chance for run, chance in chances.items()} == pytest.approx(
        {"asthma": 0.8, "ataxia": 1.8 / 5}
    )


def test_likely_names_stand_beside_what_is_chosen_and_the_longest_first():
    chances = {(0, 1): 0.9, (2, 4): 0.5, (3, 4): 0.8, (6, 7): 0.2}
    assert names_beside([(0, 2)], chances, 0.3) == [(2, 4)]
    assert names_beside([], chances, 0.6) == [(0, 1), (3, 4)]


def test_new_names_are_those_that_no_other_text_has_and_no_longer_mention_holds():
    reading = read("Her asthma, spinal ataxia and GALT; ataxia is old.", DETECTOR)
    marked = [reading.run_at(4, 10)]
    assert found_by(reading, new_names(reading, USAGE, marked)) == {"asthma", "spinal ataxia"}
    around = [reading.run_at(0, 10)]
    assert found_by(reading, new_names(reading, USAGE, around)) == {"spinal ataxia"}


def test_a_new_name_is_found_where_nothing_around_it_is_like_what_taught(recogniser):
    detector = MentionDetector.of([*NAMES, ("starburst unit", "X:9")])
    (found,) = recogniser.mentions("Quite unheard-of: starburst units!", detector)
    assert (found.text, found.candidates, found.chance) == ("starburst units", ("X:9",), recogniser.new)


def test_a_name_that_was_met_often_and_never_marked_is_not_found(recogniser, detector):
    assert "cell" not in {mention.text for mention in recogniser.mentions("A cell; the cell.", detector)}
