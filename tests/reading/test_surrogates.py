import pytest

from hyplink.reading.surrogates import readable_name, without_surrogates


@pytest.mark.parametrize(
    ("text", "sound"),
    [("asthma", "asthma"), ("a\ud83d\ude00b", "a😀b"), ("a\ud83db", "a\ufffdb"), ("\ude00😀\ud83d", "\ufffd😀\ufffd")],
)
def test_pairs_of_surrogates_are_joined_and_lone_ones_replaced(text, sound):
    assert without_surrogates(text) == sound


def test_bytes_of_file_names_that_are_not_utf8_are_escaped():
    assert readable_name("caf\udce9/β.txt") == "caf\\xe9/β.txt"
    assert readable_name("café") == "café"
