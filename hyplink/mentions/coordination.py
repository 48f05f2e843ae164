"""Expands coordination: `breast and ovarian cancer` mentions breast cancer too.

Each coordinated part is combined with the words shared at the end (`breast and ovarian cancer`) or at the start
(`cancer of the breast and ovary`, `cleft lip and palate`). The results are proposals; the caller keeps those that are
names.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, product
from typing import NamedTuple

from hyplink.memo import Memo
from hyplink.mentions.tokens import Gap, WordColumns
from hyplink.names.name_forms import STOP_WORDS
from hyplink.names.normal_forms import FUNCTION_WORDS, is_number, normal_word

_CONJUNCTIONS = frozenset(
    "".join(letters) for word in ("and", "or", "nor") for letters in product(*zip(word, word.upper(), strict=True))
)
"""In any letter case."""

_JOINT_WORDS = _CONJUNCTIONS | {"well"}
"""Words at which parts may be joined; `well` is that of `as well as`."""

_ENDS = (STOP_WORDS | {"including"}) - FUNCTION_WORDS - {"i"}
"""Words that no phrase spans; `I` is mostly a numeral."""

_WORDS_KEPT = 1 << 16
_ENDS_PHRASE = Memo[str, bool](lambda word: word.lower() in _ENDS, _WORDS_KEPT)
_IS_FUNCTION = Memo[str, bool](lambda word: word.lower() in FUNCTION_WORDS, _WORDS_KEPT)

_HYPHENS = "-‐‑–"
_SUSPENDED = re.compile(rf"(?:\s+|/)[{_HYPHENS}]")
"""What precedes the second of two compounds that share their beginning: `gram-positive and -negative`."""

_MAX_PART, _MAX_SHARED, _MAX_PARTS = 3, 3, 5
_PREPOSITIONS = frozenset(["of", "in"])

_MAX_PART_OF_PHRASE = 5
"""Words of a part with a preposition: `weakness of the upper` in `weakness of the upper and lower limbs`."""

_MAX_ENUMERATED = 64
"""Letters or numbers of a list that share words, so that time is linear in the length of a list."""


class WordTests(NamedTuple):
    """What names tell of the words of a text.

    Attributes:
        is_known: whether a word is in names at all; sequences with another word are not worth giving.
        is_modifier: whether a word precedes others in names; only such a word can share the end of another part
            (`renal` in `renal and hepatic cysts` does, `anomaly` in `renal anomaly and cysts` does not).
        is_name: whether words are a name; only the modifier of a name is shared with the right part.
    """

    is_known: Callable[[str], bool]
    is_modifier: Callable[[str], bool]
    is_name: Callable[[tuple[str, ...]], bool]


def shared_words(text: str, words: WordColumns, tests: WordTests) -> Iterator[list[int]]:
    """Sequences of words, in text order, of a coordinated part and words that it shares with another.

    Args:
        text: a text.
        words: its words.
        tests: what names tell of them.

    Returns:
        The place of each word of a sequence in `words`.
    """
    texts, gaps = words.texts, words.gaps
    for end, start in _conjunctions(text, words):
        if not _is_joint(words, end, start):
            continue
        left, right = _phrase_before(words, end), _phrase_after(words, start)
        is_suspended = text[words.starts[start] - 1] in _HYPHENS  # as few parts are
        if is_suspended and len(left) > 1 and _SUSPENDED.fullmatch(text, words.ends[start - 1], words.starts[start]):
            yield from ([left[-2], *right[:size]] for size in range(1, min(len(right), _MAX_PART) + 1))
        parts = list(_parts(words, left))
        is_type = _is_type(texts, left)
        of_type = is_type and not _is_name_of_type(texts, left, tests.is_name)
        if modifiers := [part for part in parts if tests.is_modifier(texts[part[-1]]) or (of_type and part == left)]:
            yield from _shared_ends(text, words, modifiers, right, tests.is_known)
        if tests.is_known(texts[start]):
            yield from _shared_starts(texts, parts, right, tests.is_name)
            if gaps[end] < Gap.COMMA and len(left) > 1 and tests.is_modifier(texts[left[-2]]):
                yield from _shared_modifiers(texts, left[-2:], right, tests.is_name)
        if is_type and len(right) == 2 and _is_type(texts, right) and _are_equal(texts, left[-2], start):
            yield from ([*left[i:-2], *right] for i in range(len(left) - 2))
        if _is_enumerator(texts[start]) and not _is_continued(words, start):
            yield from _enumerated(words, end, right)


def _conjunctions(text: str, words: WordColumns) -> Iterator[tuple[int, int]]:
    """The joints of two parts: the word after the left part and the first of the right; `and/or` is one joint."""
    texts, gaps, end = words.texts, words.gaps, 0
    places = list(compress(range(len(texts)), map(_JOINT_WORDS.__contains__, texts)))
    if "/" in text:
        places = sorted({*places, *(i for i, gap in enumerate(gaps) if gap is Gap.SLASH)})
    for i in places:
        if gaps[i] is Gap.SLASH and i >= end:
            yield i, i
        if i >= end and texts[i] in _CONJUNCTIONS:
            end = i
            while end < len(texts) and texts[end] in _CONJUNCTIONS:
                end += 1
            yield i, end
        if texts[i] == "well" and texts[i - 1 : i + 2] == ["as", "well", "as"]:
            yield i - 1, i + 2


def _is_joint(words: WordColumns, end: int, start: int) -> bool:
    """Whether words before `end` are coordinated with those from `start` on."""
    if end == 0 or start == len(words.texts):
        return False
    return words.gaps[start] < Gap.COMMA and not _ENDS_PHRASE[words.texts[start]]


def _shared_ends(
    text: str, words: WordColumns, parts: Sequence[range], right: range, is_known: Callable[[str], bool]
) -> Iterator[list[int]]:
    """The last words of each left part with each of the parts of the right part that it may share.

    The left part does not begin within a hyphenated word: `tonic-clonic` in `tonic-clonic and absence seizures`.
    """
    texts, starts = words.texts, words.starts
    shared = _shared_parts(texts, right, is_known)
    for part in parts if shared else ():
        for size in range(1, min(len(part), _MAX_PART_OF_PHRASE) + 1):
            own = part[-size:]
            if not is_known(texts[own[0]]) or (size > _MAX_PART and _PREPOSITIONS.isdisjoint(texts[i] for i in own)):
                break
            if not _IS_FUNCTION[texts[own[0]]] and text[starts[own[0]] - 1 : starts[own[0]]] != "-":
                yield from ([*own, *each] for each in shared)


def _shared_parts(texts: Sequence[str], right: range, is_known: Callable[[str], bool]) -> list[range]:
    """The words of the right part that the left part may share: any few in a row, without the first word."""
    known = [is_known(texts[i]) for i in right]
    if not any(known[1:]):
        return []
    ends = range(2, len(right) + 1)
    parts = [(start, end) for end in ends for start in range(max(1, end - _MAX_SHARED), end)]
    may_border = [not _IS_FUNCTION[texts[i]] for i in right]
    return [
        right[start:end] for start, end in parts if may_border[start] and may_border[end - 1] and all(known[start:end])
    ]


def _shared_starts(
    texts: Sequence[str], parts: Sequence[range], right: range, is_name: Callable[[tuple[str, ...]], bool]
) -> Iterator[list[int]]:
    """The last words before a preposition of a left part, followed by a part after it: `cyst of a, b and c`.

    In a list of more than two parts, the preposition is `of`, and the parts are whole ones that are no names
    themselves: `fibular aplasia` shares nothing in `hypoplasia of the femur, fibular aplasia and …`.

    Args:
        texts: the words.
        parts: the left parts, nearest first.
        right: the right part.
        is_name: as in `WordTests`.
    """
    for n, part in enumerate(parts):
        if prepositions := [i for i in part if texts[i].lower() in (("of",) if n else ("of", "in"))]:
            shared = range(part.start, prepositions[-1])[-_MAX_SHARED:]
            for other in (*parts[:n], right):
                own = other[1:] if _IS_FUNCTION[texts[other[0]]] else other
                sizes = range(1, min(len(own), _MAX_PART) + 1)
                if n > 0:
                    sizes = range(0) if is_name(tuple(texts[own.start : own.stop])) else sizes[len(own) - 1 :]
                for start, size in product(shared, sizes):
                    if not _IS_FUNCTION[texts[start]] and not _IS_FUNCTION[texts[own[size - 1]]]:
                        yield [*range(start, shared.stop), *own[:size]]
            return


def _shared_modifiers(
    texts: Sequence[str], left: range, right: range, is_name: Callable[[tuple[str, ...]], bool]
) -> Iterator[list[int]]:
    """The modifier of the left part, a name of two words, followed by the right part: `cleft lip and palate`."""
    if (
        not _IS_FUNCTION[texts[left[0]]]
        and not _IS_FUNCTION[texts[right[0]]]
        and is_name(tuple(texts[left.start : left.stop]))
    ):
        for size in range(1, min(len(right), _MAX_SHARED) + 1):
            if not _IS_FUNCTION[texts[right[size - 1]]]:
                yield [left[0], *right[:size]]


def _enumerated(words: WordColumns, end: int, right: range) -> Iterator[list[int]]:
    """The words before and after a list of letters or numbers with each of them: `type 1 and 2 diabetes`."""
    texts, gaps, first = words.texts, words.gaps, end - 1
    least = max(0, end - _MAX_ENUMERATED)
    while first > least and _is_enumerator(texts[first]) and gaps[first] in (Gap.COMMA, Gap.SLASH):
        first -= 1
    if not _is_enumerator(texts[first]):
        return
    head = _phrase_before(words, first) if gaps[first] is Gap.OPEN else range(0)
    for each in (*range(first, end), right[0]):
        for i, start in enumerate(head):
            for size in range(1, min(len(right), _MAX_SHARED + 1) + 1):
                if not _IS_FUNCTION[texts[start]] and (size > 1 or each != first):
                    yield [*head[i:], each, *right[1:size]]


def _is_continued(words: WordColumns, start: int) -> bool:
    """Whether the joint before `start` is in a list such as `1/2/3`, whose last joint yields the same sequences."""
    gaps, following = words.gaps, start + 1
    if following == len(gaps) or not gaps[start] is gaps[following] is Gap.SLASH:
        return False
    return _is_enumerator(words.texts[following]) and _is_joint(words, following, following)


def _is_type(texts: Sequence[str], part: range) -> bool:
    """Whether a part ends with a word and a letter or number: `type 1`."""
    kind = texts[part[-2]] if len(part) > 1 else ""
    return len(kind) > 1 and kind.isalpha() and _is_enumerator(texts[part[-1]])


def _is_name_of_type(texts: Sequence[str], part: range, is_name: Callable[[tuple[str, ...]], bool]) -> bool:
    """Whether the words before the type at the end of a part make a name with it: `diabetes mellitus type 2`."""
    return any(is_name(tuple(texts[i : part.stop])) for i in part[:-2])


def _are_equal(texts: Sequence[str], i: int, j: int) -> bool:
    return normal_word(texts[i]) == normal_word(texts[j])


@lru_cache(maxsize=1 << 16)
def _is_enumerator(word: str) -> bool:
    """Whether a word is a capital letter or a number."""
    return (len(word) == 1 and word.isupper()) or is_number(word)


def _parts(words: WordColumns, last: range) -> Iterator[range]:
    """The coordinated parts of which the last is given, nearest first: `a, b and c` has two before its conjunction."""
    part = last
    for _ in range(_MAX_PARTS):
        if not part:
            return
        yield part
        if words.gaps[part.start] is not Gap.COMMA:
            return
        part = _phrase_before(words, part.start)


def _phrase_before(words: WordColumns, end: int) -> range:
    """The words up to `end` without a gap that ends a phrase."""
    texts, gaps, start = words.texts, words.gaps, end
    while start > 0 and end - start < _MAX_PART + _MAX_SHARED:
        start -= 1
        if _ENDS_PHRASE[texts[start]]:
            return range(start + 1, end)
        if gaps[start] is not Gap.OPEN:
            break
    return range(start, end)


def _phrase_after(words: WordColumns, start: int) -> range:
    """The words from `start` on without a gap that ends a phrase."""
    texts, gaps, end = words.texts, words.gaps, start + 1
    while end < len(texts) and end - start < _MAX_PART + _MAX_SHARED:
        if gaps[end] is not Gap.OPEN or _ENDS_PHRASE[texts[end]]:
            break
        end += 1
    return range(start, end)
