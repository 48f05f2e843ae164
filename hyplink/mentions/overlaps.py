"""Which of overlapping mentions are kept."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence

from hyplink.corpus.document import Span
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention, NameMatch

_BLOCK = 64
"""Characters of a block, in which overlapping mentions are looked for."""

Place = tuple[int, Match, int, tuple[Span, ...]]
"""Minus the size of a mention, its match, its first character, and its pieces if it is discontinuous, in which order
mentions are preferred."""


def kept(mentions: Iterable[DetectedMention], *, nested: bool) -> list[DetectedMention]:
    """The mentions left after overlaps are resolved, ordered by (start, end).

    Of mentions of the same characters the one with the better match is kept; of overlapping contiguous mentions the
    longer one, then the better match, then the first. A discontinuous mention always shares words with the mention it
    is coordinated with, so it is dropped only if one mention contains all of it.
    """
    mentions = list(mentions)
    places = [(-_size(each), each.match, each.start, each.spans or ()) for each in mentions]
    return [mentions[i] for i in kept_places(places, nested=nested)]


def kept_places(places: Sequence[Place], *, nested: bool) -> list[int]:
    """Which of some mentions are left after overlaps are resolved, as `kept` does, ordered by (start, end)."""
    ordered = sorted(range(len(places)), key=places.__getitem__)
    spans = [pieces or ((start, start - minus_size),) for minus_size, _, start, pieces in places]
    if nested:
        chosen = list({spans[i]: i for i in reversed(ordered)}.values())
    elif any(place[3] for place in places):
        chosen = _not_dropped(spans, ordered)
    else:
        chosen = _not_overlapping([each[0] for each in spans], ordered)
    return sorted(chosen, key=lambda i: (places[i][2], spans[i][-1][1], places[i][3]))


def _not_overlapping(spans: Sequence[Span], ordered: Sequence[int]) -> list[int]:
    """The contiguous mentions, the best first, without those that share characters with a better one."""
    taken, chosen = bytearray(max((end for _, end in spans), default=0)), list[int]()
    for i in ordered:
        start, end = spans[i]
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            chosen.append(i)
    return chosen


def _not_dropped(spans: Sequence[Sequence[Span]], ordered: Sequence[int]) -> list[int]:
    """The mentions, the best first, that no better one drops, given the pieces of each."""
    taken, chosen = bytearray(max(pieces[-1][1] for pieces in spans)), list[int]()
    whole: list[Span] = []  # the contiguous mentions chosen, in text order
    apart: defaultdict[int, list[int]] = defaultdict(list)  # the others by block, so that time is linear in length
    for i in ordered:
        pieces, (start, end) = spans[i], (spans[i][0][0], spans[i][-1][1])
        if taken.find(1, start, end) >= 0 if len(pieces) == 1 else is_inside_one(start, end, whole):
            continue
        if any(_is_inside(pieces, spans[other]) for block in _blocks(pieces[0]) for other in apart.get(block, ())):
            continue
        chosen.append(i)
        if len(pieces) == 1:
            taken[start:end] = b"\1" * (end - start)
            insort(whole, (start, end))
        else:
            for block in {block for span in pieces for block in _blocks(span)}:
                apart[block].append(i)
    return chosen


def is_inside_one(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether one of some spans, which are in text order and do not overlap, contains all characters [start, end)."""
    i = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return i >= 0 and end <= spans[i][1]


def without_added_words(matches: Sequence[NameMatch]) -> Sequence[NameMatch]:
    """The matches without inexact ones that add words to a plain name of the same concepts: `signs of asthma`."""
    inexact = {each.candidates for each in matches if each.match > Match.NORMALISED}
    if not inexact:
        return matches
    plain: defaultdict[tuple[str, ...], list[Span]] = defaultdict(list)
    for each in matches:
        if each.candidates in inexact and each.match <= Match.NORMALISED and not each.spans:
            plain[each.candidates].append((each.start, each.start - each.minus_size))
    for spans in plain.values():
        spans.sort()
    return [
        each
        for each in matches
        if each.match <= Match.NORMALISED or not _contains_any(each, plain.get(each.candidates, ()))
    ]


def _contains_any(match: NameMatch, spans: Sequence[Span]) -> bool:
    """Whether the characters of a match contain one of the spans, which are in order."""
    end = match.spans[-1][1] if match.spans else match.start - match.minus_size
    i = bisect_left(spans, (match.start, match.start))
    return i < len(spans) and spans[i][1] <= end


def _blocks(span: Span) -> range:
    """The numbers of the blocks of the text that a span shares characters with."""
    return range(span[0] // _BLOCK, (span[1] - 1) // _BLOCK + 1)


def _is_inside(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    """Whether each piece of a mention is inside a piece of another one."""
    return all(any(o[0] <= s[0] and s[1] <= o[1] for o in others) for s in spans)


def _size(mention: DetectedMention) -> int:
    return sum(end - start for start, end in mention.spans or ((mention.start, mention.end),))
