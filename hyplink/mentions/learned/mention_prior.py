"""The mention prior: how often a surface form occurs in annotated text, and how often it is marked as a mention."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan


class Counts(NamedTuple):
    """Occurrences of a surface form, and how many of them are marked."""

    n_occurrences: int
    marked: int


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
        for tokenised, spans in texts:
            # Annotators mark spans that no candidate is, as over the end of a clause: they are occurrences too.
            for span in {*_spans(tokenised), *spans}:
                surface_form = _surface_form(tokenised, span)
                if surface_form in marked or span in tokenised.names:
                    n_occurrences[surface_form] += 1
        return cls({surface_form: Counts(n, marked[surface_form]) for surface_form, n in sorted(n_occurrences.items())})

    def counts_of(self, tokenised: TokenisedText, span: TokenSpan) -> Counts:
        """The counts of a span's surface form."""
        return self.times.get(_surface_form(tokenised, span), NO_COUNTS)

    def previously_marked(self, tokenised: TokenisedText) -> Iterator[TokenSpan]:
        """The spans of a text whose surface form was marked in the annotated texts."""
        for first, word in enumerate(tokenised.normal):
            if word in self._openings:
                spans = ((first, end) for end in tokenised.span_ends(first))
                yield from (span for span in spans if self.counts_of(tokenised, span).marked)

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The first words of marked surface forms."""
        return frozenset(surface_form.split(" ", 1)[0] for surface_form, times in self.times.items() if times.marked)


def _spans(tokenised: TokenisedText) -> Iterator[TokenSpan]:
    return ((first, end) for first in range(len(tokenised.tokens)) for end in tokenised.span_ends(first))


def _surface_form(tokenised: TokenisedText, span: TokenSpan) -> str:
    return " ".join(tokenised.normal[slice(*span)])
