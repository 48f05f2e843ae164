"""How often a wording stands in annotated text, and how often it is marked there: `cell` may be a name and never be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hyplink.mentions.learned.tokenised_text import Reading, TokenSpan


class Times(NamedTuple):
    """How often a wording stands somewhere, and how often it is marked there."""

    stands: int
    marked: int


NEVER = Times(0, 0)


@dataclass(frozen=True)
class Usage:
    """The times of wordings that were marked, or that are names.

    Attributes:
        times: of each wording, its normal forms joined by blanks.
    """

    times: Mapping[str, Times]

    @classmethod
    def of(cls, texts: Iterable[tuple[Reading, frozenset[TokenSpan]]]) -> "Usage":
        """What texts show, each with the runs that are marked in it."""
        texts = list(texts)
        marked = Counter(_wording(reading, run) for reading, runs in texts for run in runs)
        stands: Counter[str] = Counter()
        for reading, _ in texts:
            for run in _runs(reading):
                wording = _wording(reading, run)
                if wording in marked or run in reading.names:
                    stands[wording] += 1
        return cls({wording: Times(n, marked[wording]) for wording, n in sorted(stands.items())})

    def of_run(self, reading: Reading, run: TokenSpan) -> Times:
        """The times of the words of a run."""
        return self.times.get(_wording(reading, run), NEVER)

    def familiar(self, reading: Reading) -> Iterator[TokenSpan]:
        """The runs of a text whose words were marked elsewhere."""
        for first, word in enumerate(reading.normal):
            if word in self._openings:
                runs = ((first, end) for end in reading.runs_from(first))
                yield from (run for run in runs if self.of_run(reading, run).marked)

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The words that a marked wording begins with."""
        return frozenset(wording.split(" ", 1)[0] for wording, times in self.times.items() if times.marked)


def _runs(reading: Reading) -> Iterator[TokenSpan]:
    return ((first, end) for first in range(len(reading.tokens)) for end in reading.runs_from(first))


def _wording(reading: Reading, run: TokenSpan) -> str:
    return " ".join(reading.normal[slice(*run)])
