import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.abbreviations.definitions import (
    Abbreviation,
    abbreviations_of,
    clause_before,
    is_short_form,
)
from hyplink.mentions.abbreviations.spelling import initials_start, spelled_start


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
        (
            "After years without any sign of it all of them were then said to have renal cell carcinoma (RCC)",
            "RCC",
            "renal cell carcinoma",
        ),
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


def test_a_definition_has_the_characters_of_its_short_and_long_form():
    text = "A PKD, or polycystic kidney disease ( PKD; MIM 1), and HD (Huntington disease)."
    assert list(abbreviations_of(text)) == [
        Abbreviation((38, 41), (10, 35), "PKD", "polycystic kidney disease"),
        Abbreviation((55, 57), (59, 77), "HD", "Huntington disease"),
    ]


def test_a_definition_may_begin_its_text():
    assert list(abbreviations_of("Heart rate (HR)")) == [Abbreviation((12, 14), (0, 10), "HR", "Heart rate")]
    assert list(abbreviations_of("HR (heart rate)")) == [Abbreviation((0, 2), (4, 14), "HR", "heart rate")]


def test_of_one_short_form_defined_twice_both_definitions_are_given_in_order():
    assert pairs("heart rate (HR), hard rock (HR)") == [("HR", "heart rate"), ("HR", "hard rock")]


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("unaffected carrier (FC)", None),  # `f` stands within a word
        ("an unaffected free carrier (FC)", "free carrier"),
        ("an un-affected big carrier (AC)", "un-affected big carrier"),
        ("an affected carrier (AC)", "affected carrier"),
        ("an unaffected acre (AC)", "acre"),  # the shortest run
    ],
)
def test_the_first_letter_of_a_short_form_begins_a_word(text, long):
    assert pairs(text) == ([] if long is None else [(text[-3:-1], long)])


@pytest.mark.parametrize(
    ("short", "n_words", "found"),
    [
        ("AB", 4, True),
        ("AB", 5, False),
        ("ABCDE", 10, True),
        ("ABCDE", 11, False),
        ("ABCDEF", 11, True),
        ("ABCDEF", 12, False),
    ],
)
def test_a_long_form_has_at_most_twice_the_words_of_letters_or_five_more(short, n_words, found):
    others = ["x"] * (n_words - len(short))
    long = " ".join([short[0].lower(), *others, *short[1:].lower()])
    assert pairs(f"y y {long} ({short})") == ([(short, long)] if found else [])


def test_a_run_that_spells_a_short_form_comes_before_initials_in_another_order():
    assert pairs("dull myotonic dystrophim (DM)") == [("DM", "dystrophim")]
    assert pairs("dull myotonic distress (DM)") == [("DM", "dull myotonic distress")]
    assert pairs("a myotonic distress (DM)") == [("DM", "myotonic distress")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(early) heat rate (HR)", [("HR", "heat rate")]),
        ("heat (early) rate (HR)", []),
        ("heat [early] rate (HR)", []),
        ("heat rate (HR", []),
        ("heat rate [HR)", [("HR", "heat rate")]),
        ("heat rate ((HR))", []),
        ("heat rate (HR, early)", [("HR", "heat rate")]),
        ("heat rate (HR,early)", []),
        ("heat rate (HR; early)", [("HR", "heat rate")]),
        ("heat rate (HR. early)", []),
        ("HR (the heat rate)", []),  # the long form has to be all that stands in the parenthesis
        ("a heart rate. (HR)", []),
        ("a heart; rate (HR)", []),
        ("hr (heart rate)", []),
        ("(heart rate)", []),
        ("HR ( )", []),
        ("HR ()", []),
    ],
)
def test_a_parenthesis_defines_the_short_form_at_its_start_by_words_of_the_same_clause(text, found):
    assert pairs(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a-b (AB)", [("AB", "a-b")]),
        ("a-b (A B)", []),  # no longer than the short form
        ("a -b (A B)", [("A B", "a -b")]),
        ("the ab hub (AB)", []),  # the short form itself stands in the run
        ("Ab hub (AB)", []),
        ("AB disc alphabet (AB)", [("AB", "alphabet")]),
        ("a hab hub (AB)", [("AB", "a hab hub")]),
    ],
)
def test_a_long_form_is_longer_than_its_short_form_and_does_not_hold_it(text, found):
    assert pairs(text) == found


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("a b", (0, "a b")),
        ("a b  ", (0, "a b")),
        *[(f"a{mark} b", (2, " b")) for mark in ".;:!?"],
        ("a. b. c", (5, " c")),
        ("a.b", (0, "a.b")),
        ("a,\nb", (0, "a,\nb")),
        ("a\n \nb", (4, "b")),
        ("a.", (0, "a.")),  # nothing of the clause follows
    ],
)
def test_the_clause_before_a_place_begins_behind_the_last_mark(text, clause):
    assert clause_before(text + "(. c", len(text)) == clause


def test_a_clause_is_read_for_200_characters():
    assert clause_before("x" * 300, 200) == (0, "x" * 200)
    assert clause_before("x" * 300, 201) == (1, "x" * 200)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("AB", True),
        ("A", False),
        ("A123456789", True),
        ("A1234567890", False),
        ("A B", True),
        ("A B C", False),
        ("-AB", False),
        ("1A", True),
        ("12", False),
        ("ab", False),
        ("aB", True),
        ("a1", True),
        ("", False),
    ],
)
def test_a_short_form_has_few_characters_a_letter_and_a_capital_or_a_digit(word, expected):
    assert is_short_form(word) is expected


@pytest.mark.parametrize(
    ("short", "words", "start"),
    [
        ("AB", "a b", 0),
        ("AB", "ab", 0),
        ("AB", "xab", None),
        ("AB", "a xab", 0),
        ("AB", "a ab b", 2),
        ("A-B", "x ab", 2),
        ("AB1", "alpha b 1", 0),
        ("AB1", "alpha b", None),
        ("ab", "Alpha B", 0),
        ("F", "x-f", 2),
        ("F", "xf f", 3),
        ("AA", "a", None),
        ("AB", "", None),
        ("ABC", "c a b", None),
        ("ABA", "a bana", 0),
    ],
)
def test_the_shortest_run_at_the_end_that_spells_a_short_form_is_found(short, words, start):
    assert spelled_start(short, words) == start


@pytest.mark.parametrize(
    ("short", "words", "in_order", "in_any_order"),
    [
        ("AB", "alpha beta", 0, 0),
        ("AB", "Gamma Alpha Beta", 6, 6),
        ("AB", "beta alpha", None, 0),
        ("Ab", "alpha beta", 0, None),
        ("AB", "beta", None, None),
        ("AB", "beta beta", None, None),
        ("XLA", "X-linked atrophy", 0, 0),
        ("AB", "alpha 1 beta", 0, 0),
        ("AB", "alpha_beta", None, None),
        ("AB", "gamma beta alpha", None, 6),
        ("AB", "", None, None),
    ],
)
def test_initials_of_the_last_words_are_the_letters_of_a_short_form(short, words, in_order, in_any_order):
    assert initials_start(short, words, in_order=True) == in_order
    assert initials_start(short, words, in_order=False) == in_any_order
