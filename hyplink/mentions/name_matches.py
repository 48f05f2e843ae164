"""Matches of names in a text, and the mentions that they become."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.literal_names import LiteralMatch
from hyplink.mentions.match import Match
from hyplink.mentions.tokens import WordColumns

_OTHER_WORDS = re.compile(r"[^\W_]{2}|[,;/()&]")


class DetectedMention(NamedTuple):
    """A mention detected in a text, by a name or by the span detector.

    Attributes:
        start, end: its characters, from the first to the last.
        text: its words; the pieces of a discontinuous mention are joined by a space.
        candidates: ids of the concepts whose names match best: several for an ambiguous name, none for a mention
            without a name.
        match: how the words match those names.
        name_text: the words that were matched, abbreviations expanded.
        spans: the pieces of a discontinuous mention in text order, else None.
        mention_probability: the probability that it is a mention at all.
    """

    start: int
    end: int
    text: str
    candidates: tuple[str, ...]
    match: Match
    name_text: str
    spans: tuple[Span, ...] | None = None
    mention_probability: float = 1.0


class NameMatch(NamedTuple):
    """A match of a name in a text: its place, and as in `DetectedMention`, its candidates and the words matched."""

    minus_size: int
    match: Match
    start: int
    spans: tuple[Span, ...]
    candidates: tuple[str, ...]
    name_text: str


class WordsMatch(NamedTuple):
    """What words match wherever they are: as in `NameMatch`."""

    match: Match
    candidates: tuple[str, ...]
    name_text: str


def match_of_words(words: WordColumns, i: int, j: int, matched: WordsMatch) -> NameMatch:
    """The match of the contiguous words i to j."""
    match, candidates, name_text = matched
    start, end = words.starts[i], words.ends[j]
    if match is Match.EXACT and any(words.respelled[i : j + 1]):
        match = Match.NORMALISED
    return NameMatch(start - end, match, start, (), candidates, name_text)


def match_of_letters(text: str, found: LiteralMatch) -> NameMatch:
    """The match of a name that was found letter by letter."""
    start, end = found.start, found.end
    match = Match.EXACT if found.is_exact else Match.NORMALISED
    return NameMatch(start - end, match, start, (), found.concept_ids, text[start:end])


def match_of_pieces(text: str, words: WordColumns, places: Sequence[int], matched: WordsMatch) -> NameMatch:
    """The match of the words at some places, which need not be contiguous."""
    match, candidates, name_text = matched
    spans: list[Span] = []
    for start, end in ((words.starts[i], words.ends[i]) for i in places):
        if spans and not _OTHER_WORDS.search(text, spans[-1][1], start):
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    size = sum(end - start for start, end in spans)
    pieces = tuple(spans) if len(spans) > 1 else ()
    return NameMatch(-size, match, spans[0][0], pieces, candidates, name_text)


def mention_of(text: str, found: NameMatch) -> DetectedMention:
    """The mention of a match."""
    minus_size, match, start, pieces, candidates, name_text = found
    if not pieces:
        end = start - minus_size
        return DetectedMention(start, end, text[start:end], candidates, match, name_text)
    words = " ".join(text[first:end] for first, end in pieces)
    return DetectedMention(start, pieces[-1][1], words, candidates, match, name_text, pieces)
