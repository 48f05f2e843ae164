"""The forms of names that dictionary lookup compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.names.normal_forms import PREPOSITIONS, Token, content_tokens, normal_word, stem, tokens_of
from hyplink.string_table import StringTable

_LINES = files("hyplink.names").joinpath("stop_words.txt").read_text(encoding="utf-8").splitlines()
STOP_WORDS = frozenset(word for line in _LINES if not line.startswith("#") for word in line.split())
"""Very frequent words."""

COMMON_WORDS = STOP_WORDS | {"included", "including", "unspecified", "other", "type", "form", "nos"}
"""Words that are not names on their own, unless in capitals."""

MAX_WORDS = 12
_SHORT, _SHORT_HANGUL = 3, 2  # a Hangul character is a syllable


class NameForm(NamedTuple):
    """One form of a name.

    Attributes:
        concept_id: whose name it is.
        lowered: its tokens in lower case, joined by spaces.
        normal: the normal forms of its content words, in order.
        stems: their stems.
        turned: whether it has a comma or a preposition, so that texts may have its words in another order.
        parted: whether it has a comma, bracket or slash, so that texts may have one too.
        cased: the name as written if its letter case must match, else None.
        composed: whether the ontology implies the name without listing it (`names.composed_names`).
    """

    concept_id: str
    lowered: str
    normal: tuple[str, ...]
    stems: tuple[str, ...]
    turned: bool
    parted: bool
    cased: str | None
    composed: bool = False


@dataclass(frozen=True)
class NameForms:
    """Forms of names in columns.

    Attributes:
        concept_ids: those of all concepts that have a form, each once.
        owners: the row in `concept_ids` of each form's concept, int64 (names,).
        lowered, normal, stems: as in `NameForm`; words are joined by tabs.
        cased: as in `NameForm`; empty for None.
        turned, parted, composed: bool (names,).
    """

    concept_ids: StringTable
    owners: Indices
    lowered: StringTable
    normal: StringTable
    stems: StringTable
    cased: StringTable
    turned: NDArray[np.bool_]
    parted: NDArray[np.bool_]
    composed: NDArray[np.bool_]

    @classmethod
    def from_forms(cls, forms: Sequence[NameForm]) -> "NameForms":
        """The columns of forms."""
        row_of: dict[str, int] = {}
        owners = [row_of.setdefault(form.concept_id, len(row_of)) for form in forms]
        return cls(
            StringTable.from_strings(row_of),
            np.array(owners, np.int64),
            StringTable.from_strings(form.lowered for form in forms),
            StringTable.from_strings("\t".join(form.normal) for form in forms),
            StringTable.from_strings("\t".join(form.stems) for form in forms),
            StringTable.from_strings(form.cased or "" for form in forms),
            np.array([form.turned for form in forms], dtype=bool),
            np.array([form.parted for form in forms], dtype=bool),
            np.array([form.composed for form in forms], dtype=bool),
        )

    def at(self, row: int) -> NameForm:
        """One of the forms."""
        return NameForm(
            self.concept_ids[self.owners[row]],
            self.lowered[row],
            tuple(self.normal[row].split("\t")),
            tuple(self.stems[row].split("\t")),
            bool(self.turned[row]),
            bool(self.parted[row]),
            self.cased[row] or None,
            bool(self.composed[row]),
        )


def name_forms(name: str, concept_id: str) -> list[NameForm]:
    """The forms of a name: as written and, if it has a hyphen, with the hyphenated words joined.

    A name that would match everywhere or nowhere has no form.
    """
    tokens = tokens_of(name)
    ways = [tokens]
    joined: list[Token] = []
    for token in tokens:
        if joined and token.start == joined[-1].end + 1 and name[joined[-1].end] == "-":
            last = joined.pop()
            token = Token(last.text + token.text, last.start, token.end)
        joined.append(token)
    if len(joined) < len(tokens):
        ways.append(joined)
    forms = (_form(name, way, concept_id) for way in ways)
    return [form for form in forms if form is not None]


def _form(name: str, tokens: Sequence[Token], concept_id: str) -> NameForm | None:
    words, content = ([token.text for token in each] for each in (tokens, content_tokens(name, tokens)))
    if not content or len(content) > MAX_WORDS:
        return None
    cased = None
    if len(content) == 1:
        word = content[0]
        capitals = sum(character.isupper() for character in word)
        least = _SHORT_HANGUL if "\uac00" <= word[0] <= "\ud7a3" else _SHORT
        if len(word) < least or word.isdigit() or (capitals < 2 and word.lower() in COMMON_WORDS):
            return None
        if capitals >= 2 and (len(word) <= 2 * _SHORT or word.lower() in COMMON_WORDS):
            cased = word
    normal = tuple(map(normal_word, content))
    turned = "," in name or any(word.lower() in PREPOSITIONS for word in words if word not in content)
    parted = any(mark in name for mark in ",()[]/")
    return NameForm(concept_id, " ".join(words).lower(), normal, tuple(map(stem, content)), turned, parted, cased)
