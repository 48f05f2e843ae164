import pytest

from hyplink.mentions.abbreviations import Expansions

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
def test_an_abbreviation_is_replaced_by_its_long_form_unless_that_is_in_the_mention(words, read_as):
    assert Expansions.from_text(TEXT).expanded(words) == read_as


def test_a_text_that_defines_nothing_changes_nothing():
    assert Expansions.from_text("The BCC grows.").expanded("BCC") == "BCC"


def test_of_two_definitions_the_first_counts():
    text = "basal cell carcinoma (BCC) is not bone cell culture (BCC)"
    assert Expansions.from_text(text).expanded("BCC") == "basal cell carcinoma"


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("BCC/RPC", "basal cell carcinoma/Retinal pigment cells"),
        ("(BCC), [RPC]; BCC", "(basal cell carcinoma), [Retinal pigment cells]; basal cell carcinoma"),
        ("BCC-like", "BCC-like"),
        ("BCCss", "BCCss"),
        ("sBCC", "sBCC"),
        ("RPC in a basal cell carcinoma (BCC)", "Retinal pigment cells in a basal cell carcinoma (BCC)"),
    ],
)
def test_each_token_of_a_mention_is_read_by_itself(words, read_as):
    assert Expansions.from_text(TEXT).expanded(words) == read_as


def test_an_abbreviation_that_ends_in_s_is_no_plural():
    expansions = Expansions({"RPC": "rod", "RPCs": "retinal cells", "AS": "sclerosis"})
    assert [expansions.expanded(word) for word in ("RPC", "RPCs", "AS", "ASs", "A")] == [
        "rod",
        "retinal cells",
        "sclerosis",
        "sclerosis",
        "A",
    ]


def test_an_abbreviation_defined_in_the_plural_is_read_in_the_singular_too():
    expansions = Expansions.from_text("The trophoblast giant cells (TGCs) and the inner hair cell (IHC) differ. E's")
    read = [expansions.expanded(word) for word in ("TGC", "TGCs", "TGC's", "IHC's", "IHC’s", "E's", "TG")]
    assert read == [*["trophoblast giant cells"] * 3, *["inner hair cell"] * 2, "E's", "TG"]
    assert Expansions({"As": "ampicillins"}).expanded("A") == "A"


def test_the_words_of_a_long_form_are_joined_by_single_blanks():
    assert Expansions.from_text("a basal\n cell  carcinoma (BCC)").expanded("BCC") == "basal cell carcinoma"


def test_a_joint_definition_takes_precedence_over_a_separate_one():
    text = "BD: basal disease (BD), big or cell dystrophy (BD or CD)."
    assert Expansions.from_text(text).expanded("BD CD") == "big dystrophy cell dystrophy"
