import pytest

from hyplink.names.phrases import head_of, phrase_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dentists, General", ["Dentists", "General"]),
        ("Set and Exhibit Designers", ["Set", "Exhibit Designers"]),
        ("Driver/Sales Workers (night)", ["Driver", "Sales Workers", "night"]),
        ("Teachers, Except Special Education", ["Teachers", "Special Education"]),
        ("landlord or orderly", ["landlord", "orderly"]),
        ("brandy distiller", []),
        ("(cook),", []),
        ("", []),
    ],
)
def test_the_parts_of_a_phrase_lie_between_its_joints(text, parts):
    assert phrase_parts(text) == parts


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("breast cancer", "Cancers of the breast"),
        ("managers", "sales manager"),
        ("ulcer on foot in diabetes", "gastric ulcer"),
        ("of the sea", "sea"),
    ],
)
def test_phrases_with_the_same_head_have_equal_heads(text, other):
    assert head_of(text) == head_of(other) != ""


def test_a_text_without_words_has_no_head():
    assert head_of("") == head_of("-") == ""
    assert head_of("cancer screening") != head_of("cancer")
