import pytest

from hyplink.mentions.abbreviations import abbreviations_of


def pairs(text):
    return [(found.short_text, found.long_text) for found in abbreviations_of(text)]


MS_AND_RPE = [("MS", "multiple sclerosis"), ("RPE", "retinal pigment epithelium")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Abbreviations: MS, multiple sclerosis; RPE, retinal pigment epithelium.", MS_AND_RPE),
        ("Figure 1. An eye (MS, multiple sclerosis; RPE, retinal pigment epithelium)", MS_AND_RPE),
        ("MS: multiple sclerosis; RPE: retinal pigment epithelium", MS_AND_RPE),
        ("MS: multiple sclerosis\nRPE: retinal pigment epithelium\n", MS_AND_RPE),
        ("MS = multiple sclerosis, RPE=retinal pigment epithelium", MS_AND_RPE),
        ("(MS = multiple sclerosis). RPE = retinal pigment epithelium was seen", MS_AND_RPE),
        (
            "a, b. ep, epithelium; tgc, trophoblast giant cells.",
            [("ep", "epithelium"), ("tgc", "trophoblast giant cells")],
        ),
    ],
)
def test_definitions_in_lists_and_equations_are_found(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "MS, multiple sclerosis.",  # one item separated by a comma is a phrase
        "ep: epithelium",
        "e, eye; m, macrophage",  # single letters
        "Note: not often. Aim: an important matter",
        "A=B and n = nine, p = probability",
        "MS = patients; RPE = 5",
        "GA: gamma; GA: alpha",
        "IV, intravenously given; no, not",
        "12 = twelve",
    ],
)
def test_other_lists_and_equations_define_nothing(text):
    assert pairs(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Multiple sclerosis (hereafter, MS) was seen", ("MS", "Multiple sclerosis")),
        ("Multiple sclerosis (from now on MS)", ("MS", "Multiple sclerosis")),
        ("Multiple sclerosis (aka MS)", ("MS", "Multiple sclerosis")),
        ("Multiple sclerosis (= MS)", ("MS", "Multiple sclerosis")),
        ("Multiple sclerosis (hereafter referred to as MS)", ("MS", "Multiple sclerosis")),
        ("multiple sclerosis (abbreviated as “MS”; rare)", ("MS", "multiple sclerosis")),
        ('multiple sclerosis ("MS")', ("MS", "multiple sclerosis")),
        ("The Air and Space Operations Center (ASOC)", ("ASOC", "Air and Space Operations Center")),
        ("many diseases of the ovary (DO)", ("DO", "diseases of the ovary")),
    ],
)
def test_a_bracket_may_announce_its_short_form_and_small_words_need_no_letter(text, expected):
    assert pairs(text) == [expected]


def test_all_definitions_are_in_text_order():
    text = "MS = multiple sclerosis. A retinal cell (RC). HD = Huntington disease."
    assert [short for short, _ in pairs(text)] == ["MS", "RC", "HD"]
