"""How often a wording stands in annotated text, and how often it is marked there: `cell` may be a name and never be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan


class Counts(NamedTuple):
    """How often a wording stands somewhere, and how often it is marked there."""

    n_occurrences: int
    marked: int


NO_COUNTS = Counts(0, 0)


@dataclass(frozen=True)
class MentionPrior:
    """The times of wordings that were marked, or that are names.

    Attributes:
        times: of each wording, its normal forms joined by blanks.
    """

    times: Mapping[str, Counts]

    @classmethod
    def from_texts(cls, texts: Iterable[tuple[TokenisedText, frozenset[TokenSpan]]]) -> "MentionPrior":
        """What texts show, each with the runs that are marked in it."""
        texts = list(texts)
        marked = Counter(_surface_form(tokenised, run) for tokenised, runs in texts for run in runs)
        n_occurrences: Counter[str] = Counter()
        for tokenised, _ in texts:
            for run in _runs(tokenised):
                surface_form = _surface_form(tokenised, run)
                if surface_form in marked or run in tokenised.names:
                    n_occurrences[surface_form] += 1
        return cls({surface_form: Counts(n, marked[surface_form]) for surface_form, n in sorted(n_occurrences.items())})

    def counts_of(self, tokenised: TokenisedText, run: TokenSpan) -> Counts:
        """The times of the words of a run."""
        return self.times.get(_surface_form(tokenised, run), NO_COUNTS)

    def previously_marked(self, tokenised: TokenisedText) -> Iterator[TokenSpan]:
        """The runs of a text whose words were marked elsewhere."""
        for first, word in enumerate(tokenised.normal):
            if word in self._openings:
                runs = ((first, end) for end in tokenised.runs_from(first))
                yield from (run for run in runs if self.counts_of(tokenised, run).marked)

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The words that a marked wording begins with."""
        return frozenset(surface_form.split(" ", 1)[0] for surface_form, times in self.times.items() if times.marked)


def _runs(tokenised: TokenisedText) -> Iterator[TokenSpan]:
    return ((first, end) for first in range(len(tokenised.tokens)) for end in tokenised.runs_from(first))


def _surface_form(tokenised: TokenisedText, run: TokenSpan) -> str:
    return " ".join(tokenised.normal[slice(*run)])
