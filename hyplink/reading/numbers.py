"""Numbers in text files."""

MAX_DIGITS = 18
"""A number of more digits exceeds 64 bits; of more than 4,300 digits, Python makes none."""


def is_number(text: str) -> bool:
    """Whether a text is a whole number, without a sign, of at most 18 decimal digits."""
    return text.isdecimal() and len(text) <= MAX_DIGITS
