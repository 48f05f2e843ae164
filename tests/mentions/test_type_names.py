"""Names with numbers and letters: word order, Roman numerals, and lists of them."""

import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.names.normal_forms import is_number, normal_word

NAMES = [
    "Type 3 deafness",
    "diabetes mellitus",
    "diabetes mellitus type 2",
    "type 1 diabetes",
    "type 2 diabetes",
    "glaucoma grade II",
    "sarcoma stage 2A",
    "factor XI deficiency",
    "hepatitis A",
    "hepatitis B",
    "hepatitis C",
    "type 2 myopathy",
    "myopathy",
]
DETECTOR = DictionaryDetector.from_names([(name, name) for name in NAMES])


def found_in(text):
    return [(m.text, *m.candidates) for m in DETECTOR.detect(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("deafness type 3", "Type 3 deafness"),
        ("deafness type III", "Type 3 deafness"),
        ("type 2 diabetes mellitus", "diabetes mellitus type 2"),
        ("grade 2 glaucoma", "glaucoma grade II"),
        ("stage IIA sarcoma", "sarcoma stage 2A"),
        ("factor 11 deficiency", "factor XI deficiency"),
    ],
)
def test_the_type_stands_before_or_behind_in_either_kind_of_numeral(text, name):
    assert found_in(f"There was {text} here.") == [(text, name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diabetes mellitus, type II", [("diabetes mellitus, type II", "diabetes mellitus type 2")]),
        ("Deafness, type 3", [("Deafness, type 3", "Type 3 deafness")]),
        ("Diabetes, mellitus, type II", []),
        ("myopathy, and type 2", [("myopathy", "myopathy")]),
        ("myopathy, type 2 diabetes", [("myopathy", "myopathy"), ("type 2 diabetes", "type 2 diabetes")]),
        ("glaucoma (grade 2)", []),
    ],
)
def test_a_comma_may_stand_before_the_type(text, expected):
    assert found_in(text) == expected


def test_types_of_two_names_are_not_mixed():
    assert found_in("Diabetes mellitus type 2 and type II diabetes") == [
        ("Diabetes mellitus type 2", "diabetes mellitus type 2"),
        ("type II diabetes", "type 2 diabetes"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hepatitis B and C", [("hepatitis B", "hepatitis B"), ("hepatitis C", "hepatitis C")]),
        ("hepatitis B/C", [("hepatitis B", "hepatitis B"), ("hepatitis C", "hepatitis C")]),
        ("hepatitis A, B or C", [(f"hepatitis {each}", f"hepatitis {each}") for each in "ABC"]),
        ("hepatitis A, B, and C", [(f"hepatitis {each}", f"hepatitis {each}") for each in "ABC"]),
        ("type 1 and 2 diabetes", [("type 2 diabetes", "type 2 diabetes"), ("type 1 diabetes", "type 1 diabetes")]),
        ("type I/II diabetes", [("type II diabetes", "type 2 diabetes"), ("type I diabetes", "type 1 diabetes")]),
        ("hepatitis B, vitamin A and C", [("hepatitis B", "hepatitis B")]),
        ("hepatitis B (A and C)", [("hepatitis B", "hepatitis B")]),
        ("myopathy type 2 and 1", [("myopathy type 2", "type 2 myopathy")]),
    ],
)
def test_letters_and_numbers_in_a_list_share_the_words_around_it(text, expected):
    assert found_in(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("XI", "11"), ("XIV", "14"), ("iii", "3"), ("XXXIX", "39"), ("IIA", "2a"), ("IVb", "4B"), ("II", "2")],
)
def test_roman_numerals_have_the_normal_form_of_their_number(one, other):
    assert normal_word(one) == normal_word(other)


@pytest.mark.parametrize("word", ["xi", "X", "XX", "XXX", "via", "iia", "CI", "IIX", "IVIA"])
def test_chromosomes_and_words_are_no_numerals(word):
    assert not is_number(word)


@pytest.mark.parametrize(
    ("word", "expected"), [("3", True), ("IV", True), ("2A", True), ("2016", False), ("D2", False)]
)
def test_a_number_has_up_to_three_characters_and_begins_with_a_digit(word, expected):
    assert is_number(word) is expected
