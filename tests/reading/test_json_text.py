import pytest

from hyplink.reading.json_text import parsed_json


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"\\ud83d"', "half of a surrogate pair"),
        ('"\\ud83d\\ud83d"', "half of a surrogate pair"),
        ("[" * 10_000, "recursion limit"),
        ('{"a": 1', "EOF"),
    ],
)
def test_unsound_json_is_a_value_error_that_says_why(text, message):
    with pytest.raises(ValueError, match=message):
        parsed_json(text)


def test_pairs_of_surrogates_are_characters():
    assert parsed_json('["\\ud83d\\ude00"]') == ["😀"]
