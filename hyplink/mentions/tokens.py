"""The token stream of a text: words, and the gaps between them.

Abbreviations that the text defines are expanded: at a short form the stream has the words of the long form, each with
the characters of the short form. So `G6PD deficiency` is `glucose 6 phosphate dehydrogenase deficiency`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import compress, starmap
from operator import add, ne
from typing import Any, NamedTuple

from hyplink.corpus.document import Span
from hyplink.memo import Memo, recent_texts
from hyplink.mentions.abbreviations import Abbreviation
from hyplink.mentions.line_ends import ends_item
from hyplink.names.normal_forms import Token, TokenColumns, normal_word, token_columns
from hyplink.names.vocabulary import Vocabulary

_POSSESSIVE_GAP = re.compile(r"['’]s\s*", re.IGNORECASE)
_HARD = re.compile(r"[.!?;:][)\]\"”’]*\s|\n\s*\n|[=<>•|。！？；：]")  # the last ones are Chinese and Japanese
_BRACKET = re.compile(r"[()\[\]{}\"“”.;:!?+/–—（）「」]")
_HYPHEN = re.compile(r"[-\u00ad\u2010\u2011–](?:[ \t]*\r?\n[ \t]*)?")
_JOINTS = frozenset("-\u00ad\u2010\u2011–/")
_TRUNCATED = re.compile(
    r"(?:[-‐‑–](?:,\s+[^\W\d_]+[-‐‑–]){0,16}"
    r"(?:,?\s+(?:und|oder|sowie|bzw\.|and|or|as well as|versus|vs\.?|en|och|og|eller|&)\s+|/)|/)"
    r"([^\W\d_]+(?:-[^\W\d_]+)?)"
)
"""What follows the first of two compounds with a common end: `Herz- und Niereninsuffizienz`, `micro/macrocephaly`."""

_MAY_HAVE_ADDITION = re.compile("[\uac00-\ud7a3¹²³⁰⁴-⁹]")
"""Last characters of Korean words, which may have a particle, and of those with the sign of a footnote."""

_PLURAL_ACRONYM = re.compile(r"[^\W\d_a-z][^\W_a-z]+s")

_LINE_END = re.compile(r"\r?\n|\r")
_COMMA = re.compile(r"[,，、]")


class Gap(IntEnum):
    """What separates a word from the one before it."""

    OPEN = 0
    """Spaces, a hyphen or a possessive: the phrase continues."""
    SLASH = 1
    """A slash: often an `or`."""
    COMMA = 2
    """A comma: a list, or an inverted name."""
    BRACKET = 3
    """A bracket, a quotation mark, a plus sign or a dash."""
    HARD = 4
    """The end of a sentence or clause: no mention spans it."""


_PLAIN_GAPS = {
    "": Gap.OPEN,
    " ": Gap.OPEN,
    "-": Gap.OPEN,
    "–": Gap.OPEN,
    ", ": Gap.COMMA,
    " (": Gap.BRACKET,
    ") ": Gap.BRACKET,
    ". ": Gap.HARD,
    "/": Gap.SLASH,
    "/-": Gap.SLASH,
    " /": Gap.SLASH,
}


class DocumentTokens(NamedTuple):
    """The tokens of a document in columns.

    Attributes:
        texts, starts, ends: of each token, as in `Token`.
        between: the characters before each token, from the end of the one before it on.
        gaps: their kinds; before the first token it is hard.
    """

    texts: list[str]
    starts: list[int]
    ends: list[int]
    between: list[str]
    gaps: list[Gap]

    @property
    def columns(self) -> TokenColumns:
        """The tokens without their gaps."""
        return TokenColumns(*self[:-1])


@recent_texts  # detection, assertion and the span detector each read the same document
def document_columns(text: str) -> DocumentTokens:
    """The tokens of a document and the gaps before them, in text order."""
    columns = token_columns(text)
    gaps = list(map(_GAPS.__getitem__, columns.between))
    gaps[:1] = [Gap.HARD] * len(gaps[:1])
    if "\n" in text or "\r" in text:
        _, starts, ends, between = columns
        for i in compress(range(1, len(gaps)), map(_HAVE_LINE_END.__getitem__, between[1:])):
            gaps[i] = gap_between(text, ends[i - 1], starts[i])
    return DocumentTokens(*columns, gaps)


@recent_texts
def document_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a document, in text order."""
    return tuple(starmap(Token, zip(*document_columns(text)[:3], strict=True)))


class Word(NamedTuple):
    """A word of the token stream.

    Attributes:
        text: the word; of an abbreviation, one word of its long form.
        start, end: the characters of the text that it covers.
        gap: the gap before it.
        opens, closes: whether a mention may start or end at it; False inside an expanded abbreviation.
        respelled: whether it is in another grammatical number than in the text.
    """

    text: str
    start: int
    end: int
    gap: Gap
    opens: bool = True
    closes: bool = True
    respelled: bool = False


class WordColumns(NamedTuple):
    """The token stream of a text in columns, with an entry in each for every word, as in `Word`."""

    texts: list[str]
    starts: list[int]
    ends: list[int]
    gaps: list[Gap]
    opens: list[bool]
    closes: list[bool]
    respelled: list[bool]

    @classmethod
    def from_words(cls, words: Sequence[Word]) -> "WordColumns":
        """The columns of words."""
        return cls(*map(list, zip(*words, strict=True))) if words else cls([], [], [], [], [], [], [])

    def words(self) -> list[Word]:
        """An object for every word."""
        return list(starmap(Word, zip(*self, strict=True)))

    def part(self, start: int, end: int) -> "WordColumns":
        """Some consecutive words."""
        columns: list[list[Any]] = [column[start:end] for column in self]
        return WordColumns(*columns)


def words_of(text: str, long_forms: Mapping[str, str], vocabulary: Vocabulary) -> WordColumns:
    """The token stream of a text.

    Args:
        text: the text.
        long_forms: the long form of each short form that the text defines.
        vocabulary: the words of names; `micro-cephaly` is one word if its joined form is among them.
    """
    texts, starts, ends, _, gaps = tokens = document_columns(text)
    known, always = list(map(vocabulary.known_words.__getitem__, texts)), [True] * len(texts)
    words = WordColumns(known, starts, ends, gaps, always, always, list(map(ne, known, texts)))
    special = _SpecialWords(text, long_forms, vocabulary)
    replaced, end = list[tuple[int, int, list[Word]]](), 0
    for i in special.places(tokens):
        found = special.at(tokens, i) if i >= end else None
        if found is not None:
            end = i + found[1]
            replaced.append((i, end, found[0]))
    return _with_replaced(words, replaced) if replaced else words


def _with_replaced(words: WordColumns, replaced: Sequence[tuple[int, int, list[Word]]]) -> WordColumns:
    """Words with those of some ranges, which are in order, replaced by others."""
    columns: list[list[Any]] = [list(column) for column in words]  # they may be shared with the tokens
    for start, end, others in reversed(replaced):
        for column, values in zip(columns, zip(*others, strict=True), strict=True):
            column[start:end] = values
    return WordColumns(*columns)


class _SpecialWords:
    """Words that are not just a token: of abbreviations, joined and truncated compounds, and words with particles."""

    def __init__(self, text: str, long_forms: Mapping[str, str], vocabulary: Vocabulary) -> None:
        self._text, self._vocabulary = text, vocabulary
        self._short_forms = {tuple(token_columns(short)[0]): long for short, long in long_forms.items()}
        for short, long in list(self._short_forms.items()):
            if _PLURAL_ACRONYM.fullmatch(short[-1]):  # `deep vein thromboses (DVTs)`, and a `DVT` further on
                self._short_forms.setdefault((*short[:-1], short[-1][:-1]), long)
        self._longest = max(map(len, self._short_forms), default=0)

    def places(self, columns: DocumentTokens) -> list[int]:
        """The tokens at which such words may begin, in text order."""
        places = set[int]()
        if self._short_forms:
            openings = {form[0] for form in self._short_forms} | {f"{form[0]}s" for form in self._short_forms}
            places.update(i for i, each in enumerate(columns.texts) if each in openings)
        if any(joint in self._text for joint in _JOINTS):
            are_joints = map(_BEGIN_WITH_JOINT.__getitem__, columns.between[1:])
            places.update(compress(range(len(columns.texts)), are_joints))
        if not self._text.isascii():
            places.update(i for i, each in enumerate(columns.texts) if _MAY_HAVE_ADDITION.match(each[-1]))
        return sorted(places)

    def at(self, columns: DocumentTokens, i: int) -> tuple[list[Word], int] | None:
        """The words at a token, and how many tokens they are; None if the token is a word like any other."""
        word, start, end, gap = columns.texts[i], columns.starts[i], columns.ends[i], columns.gaps[i]
        count, long = self._short_form_at(columns.texts, i)
        if long is not None:
            return _expanded(long, (start, columns.ends[i + count - 1]), gap), count
        if i + 1 < len(columns.texts) and _HYPHEN.fullmatch(columns.between[i + 1]):
            joined = word + columns.texts[i + 1]
            if normal_word(joined) in self._vocabulary:
                return [Word(joined, start, columns.ends[i + 1], gap)], 2
        if shared := _TRUNCATED.match(self._text, end):
            compound = self._vocabulary.completed(word, shared[1].replace("-", ""))
            if compound is not None:
                return [Word(compound, start, end, gap, respelled=True)], 1
        own = self._vocabulary.without_addition(word)
        return None if own == word else ([Word(own, start, start + len(own), gap)], 1)

    def _short_form_at(self, texts: Sequence[str], i: int) -> tuple[int, str | None]:
        """The number of tokens of the short form at a token, and its long form; (1, None) if there is none."""
        for count in range(min(self._longest, len(texts) - i), 0, -1):
            long = self._short_forms.get(tuple(texts[i : i + count]))
            if long is None and count == 1 and texts[i].endswith("s"):
                long = self._short_forms.get((texts[i][:-1],))
            if long is not None:
                return count, long
        return 1, None


def gap_of(between: str) -> Gap:
    """The kind of gap that the text between two words is."""
    if between in _PLAIN_GAPS:
        return _PLAIN_GAPS[between]
    between = _POSSESSIVE_GAP.sub(" ", between)
    if between in _PLAIN_GAPS:
        return _PLAIN_GAPS[between]
    if _HARD.search(between):
        return Gap.HARD
    if _BRACKET.search(between):
        return Gap.BRACKET
    return Gap.COMMA if _COMMA.search(between) else Gap.OPEN


def gap_between(text: str, start: int, end: int) -> Gap:
    """The kind of gap between two words of a text, at characters [start, end): hard at the end of an item of a list."""
    gap = gap_of(text[start:end])
    if gap is not Gap.HARD and (line_end := _LINE_END.search(text, start, end)) and ends_item(text, line_end.start()):
        return Gap.HARD
    return gap


def _begins_with_joint(between: str) -> bool:
    """Whether a hyphen or slash follows a word, given the text between it and the next."""
    return between[:1] in _JOINTS


def _has_line_end(between: str) -> bool:
    return "\n" in between or "\r" in between


_GAPS, _BEGIN_WITH_JOINT, _HAVE_LINE_END = (
    Memo(gap_of, 1 << 12),
    Memo(_begins_with_joint, 1 << 12),
    Memo(_has_line_end, 1 << 12),
)


def without_definitions(text: str, words: WordColumns, abbreviations: Sequence[Abbreviation]) -> Iterator[WordColumns]:
    """For each definition `long form (SF) more`, the words around it without the parenthesis."""
    starts, ends = words.starts, words.ends
    for abbreviation in abbreviations:
        start, end = abbreviation.short
        if abbreviation.long[1] > start or text[end : end + 1] not in (")", "]"):
            continue
        before = words.part(bisect_left(starts, abbreviation.long[0] - 60), bisect_right(ends, abbreviation.long[1]))
        after = words.part(bisect_right(starts, end), bisect_left(starts, end + 60))
        if before.texts and after.texts and gap_of(text[end + 1 : after.starts[0]]) is Gap.OPEN:
            after.gaps[0] = Gap.OPEN
            yield WordColumns(*map(add, before, after))


def _expanded(long: str, span: Span, gap: Gap) -> list[Word]:
    """The words of a long form, each with the characters of the short form."""
    texts = token_columns(long)[0]
    last = len(texts) - 1
    return [
        Word(text, *span, gap if i == 0 else Gap.OPEN, opens=i == 0, closes=i == last) for i, text in enumerate(texts)
    ]
