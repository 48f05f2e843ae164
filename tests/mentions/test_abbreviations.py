import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.abbreviations import abbreviations_of


def pairs(text):
    return [(found.short_text, found.long_text) for found in abbreviations_of(text)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Nevoid basal cell carcinoma syndrome (NBCCS) is rare.", "NBCCS", "Nevoid basal cell carcinoma syndrome"),
        ("We saw heat shock protein (HSP).", "HSP", "heat shock protein"),
        ("of glucose-6-phosphate dehydrogenase (G6PD) deficiency", "G6PD", "glucose-6-phosphate dehydrogenase"),
        ("in ataxia-telangiectasia (A-T) cells", "A-T", "ataxia-telangiectasia"),
        ("the HD (Huntington disease) gene", "HD", "Huntington disease"),
        ("von Hippel-Lindau disease [VHL] and others", "VHL", "von Hippel-Lindau disease"),
        ("polycystic kidney disease (PKD; MIM 173900)", "PKD", "polycystic kidney disease"),
        ("many retinal progenitor cells (RPCs)", "RPCs", "retinal progenitor cells"),
        ("patients with myotonic dystrophy (DM)", "DM", "myotonic dystrophy"),
        ("Myotonic dystrophy (DM) is inherited", "DM", "Myotonic dystrophy"),
    ],
)
def test_a_definition_is_found(text, short, long):
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "as shown before (Fig 1)",
        "in twelve patients (see Methods)",
        "the tumour was large (5 cm)",
        "three patients (25%)",
        "It ended. Another began (IEAB)",
        "no brackets at all",
        "empty ( ) brackets",
        "BRCA (BRCA)",
        "the early (19 cases) form of carrier (EC1)",
    ],
)
def test_other_parentheses_define_nothing(text):
    assert pairs(text) == []


@given(st.text(alphabet="abAB1 ().,;-", max_size=80))
def test_spans_hold_the_words(text):
    for found in abbreviations_of(text):
        assert text[slice(*found.short)] == found.short_text
        assert text[slice(*found.long)] == found.long_text
        assert found.short[1] <= found.long[0] or found.long[1] <= found.short[0]


def test_words_whose_initials_are_the_short_form_come_before_a_shorter_run_that_spells_it():
    text = "a mild form, called attenuated adenomatous polyposis coli (AAPC)"
    assert [each.long_text for each in abbreviations_of(text)] == ["attenuated adenomatous polyposis coli"]
