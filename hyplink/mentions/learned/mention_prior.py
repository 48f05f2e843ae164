"""The mention prior: how often a surface form occurs in annotated text, and how often it is marked as a mention.

Occurrences inside longer mentions are counted apart. Annotators who mark `bronchial asthma` do not say that `asthma` is
no mention where it stands alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan


class Counts(NamedTuple):
    """Occurrences of a surface form, how many of them are marked, and how many are inside a longer marked span."""

    n_occurrences: int
    marked: int
    inside: int = 0

    @property
    def n_outside(self) -> int:
        """The occurrences that are not inside a longer marked span."""
        return self.n_occurrences - self.inside


NO_COUNTS = Counts(0, 0)


@dataclass(frozen=True)
class MentionPrior:
    """Counts of the surface forms that were marked or are names.

    Attributes:
        times: counts by surface form, whose key is its normal words joined by spaces.
    """

    times: Mapping[str, Counts]

    @classmethod
    def from_texts(cls, texts: Iterable[tuple[TokenisedText, frozenset[TokenSpan]]]) -> "MentionPrior":
        """The counts in annotated texts, given with the spans marked in each."""
        texts = list(texts)
        marked = Counter(_surface_form(tokenised, span) for tokenised, spans in texts for span in spans)
        n_occurrences: Counter[str] = Counter()
        inside: Counter[str] = Counter()
        for tokenised, spans in texts:
            for span, is_inside in _spans_and_whether_inside(tokenised, spans):
                surface_form = _surface_form(tokenised, span)
                if surface_form in marked or span in tokenised.names:
                    n_occurrences[surface_form] += 1
                    inside[surface_form] += is_inside
        return cls({each: Counts(n, marked[each], inside[each]) for each, n in sorted(n_occurrences.items())})

    def counts_of(self, tokenised: TokenisedText, span: TokenSpan) -> Counts:
        """The counts of a span's surface form."""
        return self.times.get(_surface_form(tokenised, span), NO_COUNTS)

    def previously_marked(self, tokenised: TokenisedText) -> Iterator[TokenSpan]:
        """The spans of a text whose surface form was marked in the annotated texts."""
        for first, word in enumerate(tokenised.normal):
            lengths = self._lengths.get(word)
            if lengths is not None:
                ends = tokenised.span_ends(first)
                spans = ((first, first + length) for length in lengths if first + length in ends)
                yield from (span for span in spans if self.counts_of(tokenised, span).marked)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """By first word, the numbers of words that marked surface forms have."""
        lengths: dict[str, set[int]] = {}
        for surface_form, times in self.times.items():
            if times.marked:
                words = surface_form.split(" ")
                lengths.setdefault(words[0], set()).add(len(words))
        return {word: sorted(each) for word, each in lengths.items()}


def _spans(tokenised: TokenisedText) -> Iterator[TokenSpan]:
    return ((first, end) for first in range(len(tokenised.tokens)) for end in tokenised.span_ends(first))


def _spans_and_whether_inside(
    tokenised: TokenisedText, marked: frozenset[TokenSpan]
) -> Iterator[tuple[TokenSpan, bool]]:
    """The spans of a text, and whether each is inside a marked span and not marked itself."""
    furthest = [0] * len(tokenised.tokens)  # the end of a marked span that begins at or before each token
    for first, end in marked:
        furthest[first] = max(furthest[first], end)
    furthest = list(accumulate(furthest, max))
    # Annotators mark spans that no candidate is, as over the end of a clause: they are occurrences too.
    for first, end in {*_spans(tokenised), *marked}:
        yield (first, end), (first, end) not in marked and end <= furthest[first]


def _surface_form(tokenised: TokenisedText, span: TokenSpan) -> str:
    return " ".join(tokenised.normal[slice(*span)])
