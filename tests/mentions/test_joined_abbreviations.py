import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.expansions import Expansions
from hyplink.mentions.joined_abbreviations import joined_long_forms

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
def test_long_forms_are_longer_than_what_they_stand_for(text):
    assert all(len(short) < len(long) for short, long in joined_long_forms(text).items())
