"""The token stream of a text: words, and the gaps between them.

Abbreviations that the text defines are expanded: at a short form the stream has the words of the long form, each with
the characters of the short form. So `G6PD deficiency` is `glucose 6 phosphate dehydrogenase deficiency`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.abbreviations import Abbreviation
from hyplink.mentions.line_ends import ends_item
from hyplink.names.normal_forms import Token, normal_word, tokens_of
from hyplink.names.vocabulary import Vocabulary

_POSSESSIVE_GAP = re.compile(r"['’]s\s*", re.IGNORECASE)
_HARD = re.compile(r"[.!?;:][)\]\"”’]*\s|\n\s*\n|[=<>•|。！？；：]")  # the last ones are Chinese and Japanese
_BRACKET = re.compile(r"[()\[\]{}\"“”.;:!?+/–—（）「」]")
_HYPHEN = re.compile(r"[-\u00ad\u2010\u2011](?:[ \t]*\r?\n[ \t]*)?")
_TRUNCATED = re.compile(
    r"[-‐‑](?:,\s+[^\W\d_]+[-‐‑])*(?:,?\s+(?:und|oder|sowie|bzw\.|and|or|en|och|og|eller)\s+|/)([^\W\d_]+)"
)
"""What follows the first of two compounds that share their end: `Herz- und Niereninsuffizienz`."""

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
    ", ": Gap.COMMA,
    " (": Gap.BRACKET,
    ") ": Gap.BRACKET,
    ". ": Gap.HARD,
    "/": Gap.SLASH,
}


@lru_cache(maxsize=4)  # detection, assertion and the span detector each read the same document
def document_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a document, in text order."""
    return tuple(tokens_of(text))


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


def words_of(text: str, long_forms: Mapping[str, str], vocabulary: Vocabulary) -> list[Word]:
    """The token stream of a text.

    Args:
        text: the text.
        long_forms: the long form of each short form that the text defines.
        vocabulary: the words of names; `micro-cephaly` is one word if its joined form is among them.
    """
    words: list[Word] = []
    short_forms = {tuple(token.text for token in tokens_of(short)): long for short, long in long_forms.items()}
    longest = max(map(len, short_forms), default=0)
    openings = {form[0] for form in short_forms} | {f"{form[0]}s" for form in short_forms}
    tokens = document_tokens(text)
    i = previous_end = 0
    while i < len(tokens):
        token, count = tokens[i], 1
        gap = gap_between(text, previous_end, token.start) if i else Gap.HARD
        long = None
        if token.text in openings:
            count, long = _short_form_at(tokens, i, short_forms, longest)
        if long is not None:
            words.extend(_expanded(long, (token.start, tokens[i + count - 1].end), gap))
        elif i + 1 < len(tokens) and (joined := _joined(text, token, tokens[i + 1], vocabulary)):
            words.append(Word(joined, token.start, tokens[i + 1].end, gap))
            count = 2
        elif (shared := _TRUNCATED.match(text, token.end)) and (
            compound := vocabulary.completed(token.text, shared[1])
        ):
            words.append(Word(compound, token.start, token.end, gap, respelled=True))
        elif (own := vocabulary.without_particle(token.text)) != token.text:
            words.append(Word(own, token.start, token.start + len(own), gap))
        else:
            known = vocabulary.known(token.text)
            words.append(Word(known, token.start, token.end, gap, respelled=known != token.text))
        i += count
        previous_end = tokens[i - 1].end
    return words


def gap_of(between: str) -> Gap:
    """The kind of gap that the text between two words is."""
    if between in _PLAIN_GAPS:
        return _PLAIN_GAPS[between]
    between = _POSSESSIVE_GAP.sub(" ", between)
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


def without_definitions(
    text: str, words: Sequence[Word], abbreviations: Sequence[Abbreviation]
) -> Iterator[list[Word]]:
    """For each definition `long form (SF) more`, the words around it without the parenthesis."""
    starts, ends = [word.start for word in words], [word.end for word in words]
    for abbreviation in abbreviations:
        start, end = abbreviation.short
        if abbreviation.long[1] > start or text[end : end + 1] not in (")", "]"):
            continue
        before = words[bisect_left(starts, abbreviation.long[0] - 60) : bisect_right(ends, abbreviation.long[1])]
        after = words[bisect_right(starts, end) : bisect_left(starts, end + 60)]
        if before and after and gap_of(text[end + 1 : after[0].start]) is Gap.OPEN:
            yield [*before, after[0]._replace(gap=Gap.OPEN), *after[1:]]


def _short_form_at(
    tokens: Sequence[Token], i: int, short_forms: Mapping[tuple[str, ...], str], longest: int
) -> tuple[int, str | None]:
    """The number of tokens of the short form at i, and its long form; (1, None) if there is none."""
    for count in range(min(longest, len(tokens) - i), 0, -1):
        long = short_forms.get(tuple(token.text for token in tokens[i : i + count]))
        if long is None and count == 1 and tokens[i].text.endswith("s"):
            long = short_forms.get((tokens[i].text[:-1],))
        if long is not None:
            return count, long
    return 1, None


def _expanded(long: str, span: Span, gap: Gap) -> list[Word]:
    """The words of a long form, each with the characters of the short form."""
    texts = [token.text for token in tokens_of(long)]
    last = len(texts) - 1
    return [
        Word(text, *span, gap if i == 0 else Gap.OPEN, opens=i == 0, closes=i == last) for i, text in enumerate(texts)
    ]


def _joined(text: str, first: Token, second: Token, vocabulary: Vocabulary) -> str | None:
    """The two tokens as one word, if only a hyphen separates them, even at a line end, and the joined word is known."""
    if not _HYPHEN.fullmatch(text, first.end, second.start):
        return None
    joined = first.text + second.text
    return joined if normal_word(joined) in vocabulary else None
