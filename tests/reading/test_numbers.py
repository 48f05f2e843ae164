import pytest

from hyplink.reading.numbers import is_number


@pytest.mark.parametrize("text", ["0", "007", "9" * 18, "٣"])
def test_decimal_digits_are_a_number(text):
    assert is_number(text)
    assert int(text) < 2**63


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1_0", "²", " 1", "9" * 19, "9" * 5_000])
def test_signs_and_numbers_beyond_64_bits_are_none(text):
    assert not is_number(text)
