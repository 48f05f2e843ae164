"""Names whose words stand in a text, letter case aside, and that dictionary lookup passes over."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.tokens import Gap, document_tokens, gap_between
from hyplink.names.name_forms import COMMON_WORDS, MAX_WORDS, name_forms
from hyplink.names.normal_forms import Token, content_tokens, tokens_of
from hyplink.ontology import Ontology

_NON = re.compile(r"\bnon[-‐‑ ]$", re.IGNORECASE)
_SEEN = 5
"""Characters before a name that are examined."""


class UnmatchedSpelling(NamedTuple):
    """A place where a name stands, the concepts that have it, and why it is not looked up or does not match there."""

    start: int
    end: int
    concepts: tuple[str, ...]
    reason: str


def unmatched_spellings(text: str, ontology: Ontology) -> Iterator[UnmatchedSpelling]:
    """The names of an ontology that stand in a text, each with a reason why lookup would pass over it.

    Whether lookup did find something there is for the caller to check.
    """
    places = _places(document_tokens(text))
    found: dict[Span, dict[str, str]] = defaultdict(dict)
    for name, concept_id in ontology.names():
        for span in places.get(_folded(name), ()):
            found[span].setdefault(concept_id, name)
    for (start, end), names in found.items():
        concept_id, name = next(iter(names.items()))
        yield UnmatchedSpelling(start, end, tuple(names), _reason(name, concept_id, text, (start, end)))


def _places(tokens: Sequence[Token]) -> Mapping[str, list[Span]]:
    """Where each sequence of words stands in a text, by its words in lower case; names are hardly ever longer."""
    places: dict[str, list[Span]] = defaultdict(list)
    for first, token in enumerate(tokens):
        words = ""
        for last in tokens[first : first + 2 * MAX_WORDS]:
            words = f"{words} {last.text.casefold()}".lstrip()
            places[words].append((token.start, last.end))
    return places


def _reason(name: str, concept_id: str, text: str, span: Span) -> str:
    forms = name_forms(name, concept_id)
    if not forms:
        return _not_looked_up(name)
    words = text[slice(*span)]
    if forms[0].cased is not None and words not in (forms[0].cased, f"{forms[0].cased}s"):
        return f"a short name is looked up in its own letter case only: {forms[0].cased!r}"
    tokens = [token for token in document_tokens(text) if span[0] <= token.start and token.end <= span[1]]
    gaps = [gap_between(text, one.end, other.start) for one, other in pairwise(tokens)]
    if Gap.HARD in gaps:
        return "a sentence or clause ends inside it"
    if any(gap >= Gap.SLASH for gap in gaps):
        return "there is punctuation inside it that the name does not have"
    if _NON.search(text, max(0, span[0] - _SEEN), span[0]):
        return "'non' stands before it"
    return "the words around it make another phrase of it"


def _not_looked_up(name: str) -> str:
    """Why a name without any form is not looked up; see `name_forms`."""
    content = [token.text for token in content_tokens(name, tokens_of(name))]
    if len(content) > MAX_WORDS:
        return f"names of more than {MAX_WORDS} words are not looked up"
    if all(word.lower() in COMMON_WORDS for word in content):
        return "a stop word is not looked up as a name"
    return "numbers and names of one or two letters are not looked up"


def _folded(name: str) -> str:
    return " ".join(token.text.casefold() for token in tokens_of(name))
