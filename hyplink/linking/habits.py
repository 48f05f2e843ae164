"""Which names are mentions to those who annotated: `cell` may be a concept's name, and never be marked.

Names are found in the annotated documents as they will be in new ones, and for each wording it is counted how often it
stands there and how often it is marked. Text that nobody annotated teaches no habits: every name found is a mention.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hyplink.corpus import Document, Mention
from hyplink.errors import RunError
from hyplink.linking.detect import DetectedMention, MentionDetector
from hyplink.linking.normalise import normal_name
from hyplink.run import read_json, write_json

LEAST_CHANCE = 0.2
"""Words that are marked less often than this are no mention. It takes about six times unmarked to come here."""

STRENGTH = 2
"""What holds for wordings in general counts as much as so many places where one stands."""

OF_A_MENTION = 0.5
"""Words are marked if they cover at least this share of a mention's characters."""


@dataclass(frozen=True)
class Habits:
    """How often wordings are marked where they stand.

    Attributes:
        counts: of each wording in normal form, the times it stands in the annotated documents, and is marked there.
    """

    counts: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, documents: Iterable[Document], detector: MentionDetector) -> "Habits":
        """The habits that annotated documents show; those without any mention are passed over."""
        stand: Counter[str] = Counter()
        marked: Counter[str] = Counter()
        for document in documents:
            if not document.mentions:
                continue
            for found in detector.detect(document.text):
                wording = _normal(found.name_text)
                stand[wording] += 1
                marked[wording] += any(_covers(found, mention) for mention in document.mentions)
        return cls({wording: (n, marked[wording]) for wording, n in sorted(stand.items())})

    @cached_property
    def usual(self) -> float:
        """The mean chance of a wording to be marked; 1 where nothing is known."""
        shares = [marked / n for n, marked in self.counts.values()]
        return sum(shares) / len(shares) if shares else 1.0

    def chances(self, wordings: Iterable[str]) -> list[float]:
        """The chance that each wording, where it stands, is a mention."""
        usual = self.usual
        known = (self.counts.get(_normal(wording), (0, 0)) for wording in wordings)
        return [(marked + STRENGTH * usual) / (n + STRENGTH) for n, marked in known]

    def save(self, path: Path) -> None:
        """Writes the counts as JSON."""
        write_json(path, self.counts)


def load_habits(path: Path) -> Habits:
    """What `Habits.save` wrote.

    Raises:
        RunError: the file is missing or damaged.
    """
    counts = read_json(path)
    try:
        return Habits({wording: (int(n), int(marked)) for wording, (n, marked) in counts.items()})
    except (AttributeError, TypeError, ValueError) as error:
        raise RunError(f"{path}: not a table of counts; run `hyplink encode --force` again") from error


def _covers(found: DetectedMention, mention: Mention) -> bool:
    shared = min(found.end, mention.end) - max(found.start, mention.start)
    return shared >= OF_A_MENTION * (mention.end - mention.start)


def _normal(wording: str) -> str:
    return " ".join(normal_name(wording))
