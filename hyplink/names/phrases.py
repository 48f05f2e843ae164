"""The parts and the head of a phrase, found by its punctuation, conjunctions and prepositions."""

import re

from hyplink.names.normal_forms import PREPOSITIONS, normal_word, stem, tokens_of

_JOINT = re.compile(r"\s*(?:[,;/&()]|\b(?:and|or|including|except)\b)\s*", re.IGNORECASE)
"""What separates the parts of a phrase that lists or qualifies something."""


def phrase_parts(text: str) -> list[str]:
    """The parts of a phrase between commas, slashes, brackets and conjunctions; none if it is a single part.

    `Dentists, General` gives dentists and general, `Set and Exhibit Designers` set and exhibit designers.
    """
    parts = [part for part in _JOINT.split(text) if tokens_of(part)]
    return parts if len(parts) > 1 else []


def head_of(text: str) -> str:
    """The stem of a phrase's head: its last word or, in `cancer of the breast`, the one before the preposition.

    Empty for a text without words.
    """
    words = [token.text for token in tokens_of(text)]
    ends = (place for place, word in enumerate(words) if place and normal_word(word) in PREPOSITIONS)
    return stem(words[next(ends, len(words)) - 1]) if words else ""
