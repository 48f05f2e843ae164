"""Expands coordination: `breast and ovarian cancer` mentions breast cancer too.

Each coordinated part is combined with the words shared at the end (`breast and ovarian cancer`) or at the start
(`cancer of the breast and ovary`, `cleft lip and palate`). The results are proposals; the caller keeps those that are
names.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from hyplink.mentions.tokens import Gap, Word
from hyplink.names.name_forms import STOP_WORDS
from hyplink.names.normal_forms import FUNCTION_WORDS, is_number

_CONJUNCTIONS = frozenset(
    "".join(letters) for word in ("and", "or", "nor") for letters in product(*zip(word, word.upper(), strict=True))
)
"""In any letter case."""

_ENDS = (STOP_WORDS | {"including"}) - FUNCTION_WORDS
"""Words that no phrase spans."""

_MAX_PART, _MAX_SHARED, _MAX_PARTS = 3, 3, 5


def shared_words(
    words: Sequence[Word],
    is_known: Callable[[str], bool],
    is_modifier: Callable[[str], bool],
    is_name: Callable[[Sequence[Word]], bool],
) -> Iterator[list[Word]]:
    """Word sequences, in text order, of a coordinated part and words that it shares with another.

    Args:
        words: the words of a text.
        is_known: whether a word is in names at all; sequences with another word are not worth giving.
        is_modifier: whether a word precedes others in names; only such a word can share the end of another part
            (`renal` in `renal and hepatic cysts` does, `anomaly` in `renal anomaly and cysts` does not).
        is_name: whether words are a name; only the modifier of a name is shared with the right part.
    """
    for end, start in _conjunctions(words):
        if end > 0 and start < len(words) and words[start].gap < Gap.COMMA and words[start].text.lower() not in _ENDS:
            right = _phrase_after(words, start)
            shared = _shared_parts(right, is_known)
            for part in _parts_before(words, end):
                if shared and is_modifier(part[-1].text):
                    yield from _shared_end(part, shared)
            if is_known(right[0].text):
                left = _phrase_before(words, end)
                yield from _shared_start(left, right)
                if words[end].gap < Gap.COMMA:
                    yield from _shared_modifier(left[-2:], right, is_modifier, is_name)
            yield from _enumerated(words, end, right)


def _conjunctions(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """The joints of two parts: the word after the left part and the first of the right; `and/or` is one joint."""
    end = 0
    for i in [i for i, word in enumerate(words) if word[3] is Gap.SLASH or word[0] in _CONJUNCTIONS]:
        if words[i].gap is Gap.SLASH and i >= end:
            yield i, i
        if i >= end and words[i].text in _CONJUNCTIONS:
            end = i
            while end < len(words) and words[end].text in _CONJUNCTIONS:
                end += 1
            yield i, end


def _shared_parts(right: Sequence[Word], is_known: Callable[[str], bool]) -> list[Sequence[Word]]:
    """The words of the right part that the left part may share: any few in a row, without the first word."""
    ends = range(2, len(right) + 1)
    parts = [right[start:end] for end in ends for start in range(max(1, end - _MAX_SHARED), end)]
    return [
        each
        for each in parts
        if not _is_function(each[0]) and not _is_function(each[-1]) and all(is_known(word[0]) for word in each)
    ]


def _shared_end(left: Sequence[Word], shared: Sequence[Sequence[Word]]) -> Iterator[list[Word]]:
    """The last words of the left part with each of the parts that it may share."""
    for size in range(1, min(len(left), _MAX_PART) + 1):
        part = left[len(left) - size :]
        if not _is_function(part[0]):
            yield from ([*part, *each] for each in shared)


def _shared_start(left: Sequence[Word], right: Sequence[Word]) -> Iterator[list[Word]]:
    """The words up to a preposition before the left part, followed by the right part."""
    prepositions = [i for i, word in enumerate(left) if word.text.lower() in ("of", "in")]
    if not prepositions or prepositions[-1] == 0:
        return
    end = prepositions[-1]
    right = right[1:] if _is_function(right[0]) else right
    for start in range(max(0, end - _MAX_SHARED), end):
        for size in range(1, min(len(right), _MAX_PART) + 1):
            if not _is_function(left[start]) and not _is_function(right[size - 1]):
                yield [*left[start:end], *right[:size]]


def _shared_modifier(
    left: Sequence[Word],
    right: Sequence[Word],
    is_modifier: Callable[[str], bool],
    is_name: Callable[[Sequence[Word]], bool],
) -> Iterator[list[Word]]:
    """The modifier of the left part, a name of two words, followed by the right part: `cleft lip and palate`."""
    if len(left) == 2 and is_modifier(left[0].text) and not _is_function(right[0]) and is_name(left):
        for size in range(1, min(len(right), _MAX_SHARED) + 1):
            if not _is_function(right[size - 1]):
                yield [left[0], *right[:size]]


def _enumerated(words: Sequence[Word], end: int, right: Sequence[Word]) -> Iterator[list[Word]]:
    """The words before and after a list of letters or numbers with each of them: `type 1 and 2 diabetes`."""
    first = end - 1
    while first > 0 and _is_enumerator(words[first]) and words[first].gap in (Gap.COMMA, Gap.SLASH):
        first -= 1
    if not _is_enumerator(words[first]) or not _is_enumerator(right[0]):
        return
    head = _phrase_before(words, first)[-_MAX_SHARED:] if words[first].gap is Gap.OPEN else ()
    for each in (*words[first:end], right[0]):
        for start in range(len(head)):
            for size in range(1, min(len(right), _MAX_SHARED + 1) + 1):
                if not _is_function(head[start]) and (size > 1 or each is not words[first]):
                    yield [*head[start:], each, *right[1:size]]


def _is_enumerator(word: Word) -> bool:
    """Whether a word is a capital letter or a number."""
    return (len(word.text) == 1 and word.text.isupper()) or is_number(word.text)


def _parts_before(words: Sequence[Word], conjunction: int) -> Iterator[Sequence[Word]]:
    """The coordinated parts before a conjunction, nearest first: `a, b and c` has two."""
    end = conjunction
    for _ in range(_MAX_PARTS):
        part = _phrase_before(words, end)
        if not part:
            return
        yield part
        end -= len(part)
        if words[end].gap is not Gap.COMMA:
            return


def _phrase_before(words: Sequence[Word], end: int) -> Sequence[Word]:
    """The words up to `end` without a gap that ends a phrase."""
    start = end
    while start > 0 and end - start < _MAX_PART + _MAX_SHARED:
        start -= 1
        if words[start].text.lower() in _ENDS:
            return words[start + 1 : end]
        if words[start].gap is not Gap.OPEN:
            break
    return words[start:end]


def _phrase_after(words: Sequence[Word], start: int) -> Sequence[Word]:
    """The words from `start` on without a gap that ends a phrase."""
    end = start + 1
    while end < len(words) and end - start < _MAX_PART + _MAX_SHARED:
        if words[end].gap is not Gap.OPEN or words[end].text.lower() in _ENDS:
            break
        end += 1
    return words[start:end]


def _is_function(word: Word) -> bool:
    return word.text.lower() in FUNCTION_WORDS
