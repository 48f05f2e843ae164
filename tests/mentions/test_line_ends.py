import pytest

from hyplink.mentions.line_ends import ends_item
from hyplink.mentions.tokens import Gap, gap_between

PROSE = "On examination he was well and there was no sign of any"
"""A line that is long enough to have been wrapped."""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("No asthma", "Hypertension"),
        ("no asthma", "hypertension"),
        ("- asthma", "- hypertension"),
        ("asthma,", "* hypertension"),
        ("asthma and", "2. hypertension"),
        ("asthma", "(3) hypertension"),
        ("asthma", "  •hypertension"),
        (PROSE + " disease", "Hypertension"),
        (PROSE + " disease", "- hypertension"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "  \n "])
def test_the_end_of_an_item_is_recognised(before, after, line_end):
    text = before + line_end + after
    assert ends_item(text, next(i for i, character in enumerate(text) if character in "\r\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PROSE, "Hypertension"),
        (PROSE + " disease", "of the lungs"),
        ("no wheezing or", "crackles"),
        ("no wheezing,", "Crackles"),
        ("no evidence of", "COPD"),
        ("wheezing (", "Crackles)"),
        ("cystic fibro-", "sis"),
        ("the surface", "of the cheese was washed in brine for two days"),
    ],
)
def test_a_line_that_was_wrapped_ends_no_item(before, after):
    assert not ends_item(f"{before}\n{after}", len(before))


def test_a_line_end_at_the_end_of_a_text_is_read():
    assert ends_item("asthma\n", 6)


def test_only_the_line_itself_is_looked_at():
    assert not ends_item(f"{PROSE}\nthe lungs were clear of\nCOPD", len(PROSE) + 24)
    assert ends_item(f"he has no sign of\nasthma\nhypertension\n{PROSE}", 24)


@pytest.mark.parametrize(
    ("between", "gap"), [(" ", Gap.OPEN), ("\n", Gap.HARD), (" \r\n", Gap.HARD), (", ", Gap.COMMA), (". ", Gap.HARD)]
)
def test_the_end_of_an_item_is_a_hard_gap(between, gap):
    text = f"Asthma{between}Hypertension"
    assert gap_between(text, 6, 6 + len(between)) is gap
