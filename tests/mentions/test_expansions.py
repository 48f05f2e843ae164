import pytest

from hyplink.mentions.expansions import Expansions

TEXT = "Retinal pigment cells (RPC) and basal cell carcinoma (BCC) were seen. An RPC (rod photoreceptor cell) too."


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("BCC", "basal cell carcinoma"),
        ("BCCs", "basal cell carcinoma"),
        ("skin BCC of the nose", "skin basal cell carcinoma of the nose"),
        ("basal cell carcinoma (BCC)", "basal cell carcinoma (BCC)"),
        ("ABCC", "ABCC"),
        ("bcc", "bcc"),
        ("cell", "cell"),
        ("", ""),
    ],
)
def test_an_abbreviation_is_read_as_its_long_form_unless_that_stands_beside_it(words, read_as):
    assert Expansions.from_text(TEXT).expanded(words) == read_as


def test_a_text_that_defines_nothing_changes_nothing():
    assert Expansions.from_text("The BCC grows.").expanded("BCC") == "BCC"


def test_of_two_definitions_the_first_counts():
    text = "basal cell carcinoma (BCC) is not bone cell culture (BCC)"
    assert Expansions.from_text(text).expanded("BCC") == "basal cell carcinoma"
