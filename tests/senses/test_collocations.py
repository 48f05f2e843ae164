from math import log

import pytest

from hyplink.senses.collocations import Collocations

BANK, CONE = ("bank", "n"), ("cone", "n")
SEEN = [("of", BANK, 1)] * 3 + [("of", BANK, 2), ("loan", BANK, 2), ("of", CONE, 1)]


@pytest.fixture(scope="module")
def collocations():
    return Collocations(SEEN)


@pytest.mark.parametrize(
    ("clue", "word", "concept", "expected"),
    [
        # Share of the clue among the word's five uses: (4 + ½) / (5 + 1). Of the sense: (3 + 4 · share) / (3 + 4).
        ("of", BANK, 1, log((3 + 4 * 4.5 / 6) / 7 / (4.5 / 6))),
        ("of", BANK, 2, log((1 + 4 * 4.5 / 6) / 6 / (4.5 / 6))),
        ("loan", BANK, 2, log((1 + 4 * 1.5 / 6) / 6 / (1.5 / 6))),
        ("loan", BANK, 1, log((0 + 4 * 1.5 / 6) / 7 / (1.5 / 6))),
        ("of", CONE, 1, log((1 + 4 * 1.5 / 2) / 5 / (1.5 / 2))),
        ("of", BANK, 9, 0),  # a sense that no text has shown
        ("then", BANK, 1, log(4 / 7)),
    ],
)
def test_the_lead_of_a_clue_follows_its_frequency_with_the_sense(collocations, clue, word, concept, expected):
    assert collocations.lead(clue, word, concept) == pytest.approx(expected)


def test_asking_changes_nothing(collocations):
    for _ in range(2):
        assert collocations.lead("new", ("river", "n"), 7) == pytest.approx(0)
    assert collocations.lead("of", BANK, 1) == Collocations(SEEN).lead("of", BANK, 1)
