"""Names as detection compares them."""

import numpy as np
import pytest

from hyplink.names.name_forms import COMMON_WORDS, MAX_WORDS, STOP_WORDS, NameForm, NameForms, name_forms


def form_of(name):
    (form,) = name_forms(name, "X:1")
    return form


def test_a_name_has_its_words_their_normal_forms_and_stems():
    assert form_of("Abnormalities of the (left) Eyes") == NameForm(
        "X:1",
        "abnormalities of the left eyes",
        ("abnormality", "left", "eye"),
        ("abnorm", "left", "eye"),
        turned=True,
        parted=True,
        cased=None,
    )
    assert form_of("Hepatitis A") == NameForm(
        "X:1", "hepatitis a", ("hepatitis", "a"), ("hepatiti", "a"), turned=False, parted=False, cased=None
    )


def test_a_name_with_a_hyphen_is_also_written_with_the_words_joined():
    forms = name_forms("non-Hodgkin B-cell-like lymphomas", "X:1")
    assert [form.lowered for form in forms] == ["non hodgkin b cell like lymphomas", "nonhodgkin bcelllike lymphomas"]
    assert [form.normal for form in forms] == [
        ("non", "hodgkin", "b", "cell", "like", "lymphoma"),
        ("nonhodgkin", "bcelllike", "lymphoma"),
    ]
    assert {form.concept_id for form in forms} == {"X:1"}


@pytest.mark.parametrize("name", ["left ear", "left--ear", "left- ear", "left -ear", "left/ear", "-left ear-"])
def test_other_marks_join_no_words(name):
    assert len(name_forms(name, "X:1")) == 1


@pytest.mark.parametrize(
    ("name", "n_forms"),
    [
        ("ab", 0),
        ("abc", 1),
        ("123", 0),
        ("1234", 0),
        ("b12", 1),
        ("a-b", 0),  # `a` is an article, and `ab` is too short
        ("a-bc", 1),
        ("of the", 0),
        ("", 0),
        ("the all", 0),
        ("All", 0),
        ("AlL", 1),
        ("system", 0),
        ("type", 0),
        ("unspecified", 0),
        ("type two", 1),
        ("ab cd", 1),
        (" ".join(["ear"] * 12), 1),
        (" ".join(["ear"] * 13), 0),
        (" of ".join(["ear"] * 12), 1),
    ],
)
def test_a_name_that_would_be_found_everywhere_or_nowhere_has_no_form(name, n_forms):
    assert MAX_WORDS == 12
    assert len(name_forms(name, "X:1")) == n_forms


@pytest.mark.parametrize(
    ("name", "cased"),
    [
        ("AIDS", "AIDS"),
        ("Aids", None),
        ("aIdS", "aIdS"),
        ("SYSTEM", "SYSTEM"),
        ("ABCDEF", "ABCDEF"),
        ("ABCDEFG", None),  # long enough not to be another word
        ("HOWEVER", "HOWEVER"),
        ("UNSPECIFIED", "UNSPECIFIED"),
        ("the ALL", "ALL"),
        ("AIDS virus", None),
    ],
)
def test_a_short_or_common_word_in_capitals_is_a_name_in_its_own_letter_case_alone(name, cased):
    assert form_of(name).cased == cased


@pytest.mark.parametrize(
    ("name", "turned", "parted"),
    [
        ("left ear", False, False),
        ("X ear", False, False),
        ("ear, left", True, True),
        ("ear of left", True, False),
        ("Of ear", True, False),
        ("ear (left)", False, True),
        ("ear [left]", False, True),
        ("ear)left", False, True),
        ("ear]left", False, True),
        ("ear/left", False, True),
        ("ear the left", False, False),
        ("ear as left", False, False),
        *[(f"ear {word} left", True, False) for word in ("in", "on", "to", "for", "by", "at", "from")],
    ],
)
def test_commas_and_prepositions_turn_a_name_about_and_marks_part_it(name, turned, parted):
    form = form_of(name)
    assert (form.turned, form.parted) == (turned, parted)


def test_forms_survive_as_columns():
    forms = [*name_forms("Ear, left", "X:1"), *name_forms("non-Hodgkin lymphoma", "X:2"), *name_forms("AIDS", "X:3")]
    columns = NameForms.from_forms(forms)
    assert [columns.at(row) for row in range(4)] == forms
    assert [type(columns.at(0).turned), type(columns.at(0).parted)] == [bool, bool]
    assert list(columns.concept_ids) == ["X:1", "X:2", "X:3"]
    assert columns.owners.tolist() == [0, 1, 1, 2]
    assert columns.normal[:2] == ["ear\tleft", "non\thodgkin\tlymphoma"]
    assert columns.turned.dtype == columns.parted.dtype == np.bool_
    assert columns.turned.tolist() == [True, False, False, False]
    assert columns.parted.tolist() == [True, False, False, False]
    assert list(columns.cased) == ["", "", "", "AIDS"]
    (form,) = name_forms("Abnormality of ears", "X:1")
    other = form._replace(turned=False, parted=True)
    columns = NameForms.from_forms([form, other])
    assert [list(columns.normal), list(columns.stems)] == [["abnormality\tear"] * 2, ["abnorm\tear"] * 2]
    assert (columns.turned.tolist(), columns.parted.tolist()) == ([True, False], [False, True])
    assert [columns.at(0), columns.at(1)] == [form, other]


def test_common_words_are_the_stop_words_and_some_that_names_have():
    assert {"the", "system", "however"} < STOP_WORDS
    assert {"included", "including", "unspecified", "other", "type", "form", "nos"} <= COMMON_WORDS
    assert STOP_WORDS < COMMON_WORDS
    assert not any("#" in word or word != word.lower() for word in COMMON_WORDS)
