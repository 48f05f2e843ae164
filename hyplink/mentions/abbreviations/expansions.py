"""Expansion of the abbreviations that a document defines."""

import re

from hyplink.mentions.abbreviations.definitions import abbreviations_of
from hyplink.mentions.abbreviations.joined import joined_long_forms
from hyplink.mentions.abbreviations.known import NO_ABBREVIATIONS, KnownAbbreviations
from hyplink.names.normal_forms import token_columns

_TOKEN = re.compile(r"[^\s()\[\],;/]+")
_PLURAL = re.compile(r"['’]?s$")


class Expansions:
    """The abbreviations of a document.

    Args:
        long_of: the long form of each short form.
    """

    def __init__(self, long_of: dict[str, str]) -> None:
        self._long_of = long_of

    @classmethod
    def from_text(cls, text: str, known: KnownAbbreviations = NO_ABBREVIATIONS) -> "Expansions":
        """The abbreviations of a text.

        Args:
            text: the text. If it defines an abbreviation twice, the first definition counts.
            known: the abbreviations that it may use without a definition.
        """
        long_of: dict[str, str] = {}
        for abbreviation in abbreviations_of(text):
            long_of.setdefault(abbreviation.short_text, " ".join(abbreviation.long_text.split()))
        used = known.used_in(text, token_columns(text).texts) if known.long_of else {}
        return cls(used | long_of | joined_long_forms(text))

    def expanded(self, words: str) -> str:
        """Words with each abbreviation, in the singular or plural (`RPC`, `RPCs`, `RPC's`), replaced by its long form.

        A mention that contains the long form itself, as a definition does, is left as it is.
        """
        if not self._long_of:
            return words
        return _TOKEN.sub(lambda match: self._long(match.group(), words), words)

    def _long(self, token: str, words: str) -> str:
        singular = _PLURAL.sub("", token)
        forms = [token, singular, *([f"{singular}s"] if len(singular) > 1 else [])]
        long = next((self._long_of[form] for form in forms if form in self._long_of), None)
        return token if long is None or long in words else long
