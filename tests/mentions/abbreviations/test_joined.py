import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.abbreviations import Expansions
from hyplink.mentions.abbreviations.joined import _is_long_form, joined_long_forms

DUCHENNE_BECKER = {"DMD": "Duchenne muscular dystrophy", "BMD": "Becker muscular dystrophy"}


@pytest.mark.parametrize(
    ("text", "long_forms"),
    [
        ("patients with Duchenne or Becker muscular dystrophy (DMD or BMD) had", DUCHENNE_BECKER),
        ("Duchenne and Becker muscular dystrophy (DMD/BMD)", DUCHENNE_BECKER),
        ("both Duchenne and Becker muscular dystrophy (DMD, BMD).", DUCHENNE_BECKER),
        (
            "adrenoleukodystrophy/adrenomyeloneuropathy [ALD/AMN]",
            {"ALD": "adrenoleukodystrophy", "AMN": "adrenomyeloneuropathy"},
        ),
        (
            "a hyperparathyroidism-jaw tumor syndrome (HPT-JT)",
            {"HPT": "hyperparathyroidism", "JT": "jaw tumor syndrome"},
        ),
        (
            "acute lymphoblastic, acute myeloid and chronic myeloid leukemia (ALL, AML and CML)",
            {
                "ALL": "acute lymphoblastic leukemia",
                "AML": "acute myeloid leukemia",
                "CML": "chronic myeloid leukemia",
            },
        ),
    ],
)
def test_each_short_form_has_its_own_words(text, long_forms):
    assert joined_long_forms(text) == long_forms


@pytest.mark.parametrize(
    "text",
    [
        "no parenthesis",
        "basal cell carcinoma (BCC)",
        "X-linked adrenoleukodystrophy (X-ALD)",  # `X` is no short form
        "breast cancer genes (BRCA1 and TP53)",
        "we saw them (HPT-JT)",
        "DMD or BMD (DMD or BMD)",
        "a large (a/b) or small one",
    ],
)
def test_where_not_each_of_them_has_words_nothing_is_defined(text):
    assert joined_long_forms(text) == {}


def test_what_is_defined_together_is_read_so_at_its_other_places():
    text = "Duchenne or Becker muscular dystrophy (DMD or BMD) is rare. DMD is severe."
    assert Expansions.from_text(text).expanded("severe DMD") == "severe Duchenne muscular dystrophy"


@given(st.text(alphabet="abAB1 ().,;-/", max_size=80))
def test_long_forms_are_longer_than_their_short_forms(text):
    assert all(len(short) < len(long) for short, long in joined_long_forms(text).items())


@pytest.mark.parametrize("joint", ["/", "-", ",", ", ", " and ", " or "])
def test_words_and_short_forms_are_joined_in_one_of_several_ways(joint):
    expected = {"AB": "aa bb", "CD": "cc dd"}
    assert joined_long_forms(f"aa bb{joint}cc dd (AB or CD)") == expected
    assert joined_long_forms(f"aa bb and cc dd (AB{joint}CD)") == expected
    assert joined_long_forms("aa bb and cc dd [ AB ; CD ]") == expected


@pytest.mark.parametrize("joint", [" ", ";", " nor ", ". ", " ander "])
def test_words_that_nothing_joins_are_not_defined_together(joint):
    assert joined_long_forms(f"aa bb{joint}cc dd (AB or CD)") == {}


def test_two_to_four_short_forms_are_defined_together():
    pairs = {"AB": "aa bb", "CD": "cc dd", "EF": "ee ff", "GH": "gg hh"}
    assert joined_long_forms(f"{', '.join(pairs.values())} ({', '.join(pairs)})") == pairs
    pairs["IJ"] = "ii jj"
    assert joined_long_forms(f"{', '.join(pairs.values())} ({', '.join(pairs)})") == {}


@pytest.mark.parametrize("shorts", ["Ab or CD", "AB or Cd", "AB or C", "AB or", "AB or A2"])
def test_each_of_them_has_two_capitals(shorts):
    assert joined_long_forms(f"aa bb or cc dd ({shorts})") == {}


def test_the_first_definition_of_a_short_form_counts():
    text = "aa bb or cc dd (AB or CD), axe bit or ear fog (AB or EF)"
    assert joined_long_forms(text) == {"AB": "aa bb", "CD": "cc dd", "EF": "ear fog"}


@pytest.mark.parametrize(
    ("words", "long"),
    [
        ("a x x b", "a x x b"),
        ("a x x x b", None),  # more than twice as many words as letters
        ("a-b", "a-b"),
        ("ab", None),  # no longer than the short form
        ("a (x) b", None),
        ("a [x] b", None),
        ("x y", None),
        ("x. a b", "a b"),  # the clause goes no further
        ("a. b", None),
        ("z a\n  b", "a b"),
    ],
)
def test_words_of_its_own_are_those_that_spell_a_short_form(words, long):
    expected = {} if long is None else {"AB": long, "CD": "cc dd"}
    assert joined_long_forms(f"{words} or cc dd (AB or CD)") == expected


@pytest.mark.parametrize(
    ("text", "long_forms"),
    [
        ("ab or cc bb (AB or CB)", {"AB": "ab bb", "CB": "cc bb"}),  # though `ab` spells AB
        ("x aa or cc bb (AB or CB)", {"AB": "aa bb", "CB": "cc bb"}),
        ("aa or cc ee bb (AB or CEB)", {"AB": "aa bb", "CEB": "cc ee bb"}),
        ("aa or cc ee bb (AEB or CEB)", {"AEB": "aa ee bb", "CEB": "cc ee bb"}),
        ("aa ff or cc bb (AFB or CB)", {"AFB": "aa ff bb", "CB": "cc bb"}),
        ("aa, ff or cc\nbb (AB, FB or CB)", {"AB": "aa bb", "FB": "ff bb", "CB": "cc bb"}),
        ("aa or bc bb (BA or BB)", {}),
    ],
)
def test_a_short_form_may_share_the_end_of_the_last_ones_words(text, long_forms):
    assert joined_long_forms(text) == long_forms


def test_the_initials_of_a_short_form_come_before_a_shorter_run_that_spells_it():
    text = "a mild attenuated adenomatous polyposis coli or dd ee (AAPC or DE)"
    assert joined_long_forms(text)["AAPC"] == "attenuated adenomatous polyposis coli"


def test_initials_in_another_order_and_long_words_are_no_joint_short_forms():
    assert joined_long_forms("bb aa or cc dd (AB or CD)") == {}
    assert joined_long_forms("aa bb or a b c d e f g h i j (AB or ABCDEFGHIJ)").keys() == {"AB", "ABCDEFGHIJ"}
    assert joined_long_forms("aa bb or a b c d e f g h i j k (AB or ABCDEFGHIJK)") == {}


@pytest.mark.parametrize(("long", "is_long_form"), [("a b c d e f", True), ("a b c d e f g", False)])
def test_a_long_form_has_at_most_twice_as_many_words_as_the_short_form_has_letters(long, is_long_form):
    assert _is_long_form("ABC", long) == is_long_form
