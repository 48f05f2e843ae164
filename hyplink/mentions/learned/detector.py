"""The recogniser: which runs of a text's words are mentions, whether they are names or not."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from hyplink.encoders import Encoder
from hyplink.errors import RunError
from hyplink.mentions.dictionary import DetectedMention, MentionDetector, kept
from hyplink.mentions.expansions import Expansions
from hyplink.mentions.learned.mention_prior import Times, Usage
from hyplink.mentions.learned.span_features import SPAN_FEATURES, proposed_runs, span_features
from hyplink.mentions.learned.span_scorer import Scorer
from hyplink.mentions.learned.token_features import Sight
from hyplink.mentions.learned.token_tagger import Boundaries
from hyplink.mentions.learned.tokenised_text import Reading, TokenSpan, read
from hyplink.mentions.learned.unseen_names import chances_by_name, names_beside
from hyplink.mentions.learned.word_classes import WordClasses
from hyplink.mentions.match import Match
from hyplink.run import read_json, write_json

SETTINGS, WEIGHTS = "recogniser.json", "recogniser.safetensors"


@dataclass(frozen=True)
class Recogniser:
    """Finds what annotators would mark.

    Attributes:
        sight, boundaries, usage: give the features of a run.
        scorer: makes its chance of them.
        threshold: the chance that a mention has at least.
        apart: the chance of a name whose words stand apart.
        new: the chance of a plain name that no annotated text has shown.
    """

    sight: Sight
    boundaries: Boundaries
    usage: Usage
    scorer: Scorer
    threshold: float
    apart: float
    new: float

    def mentions(self, text: str, detector: MentionDetector, *, nested: bool = False) -> list[DetectedMention]:
        """The mentions of a text with their chances, ordered by (start, end).

        Args:
            text: the text.
            detector: finds the names in it.
            nested: give names within mentions too.
        """
        reading = read(text, detector)
        chances, by_name = self._chances(reading), chances_by_name(reading, self.usage, self.new)
        chosen = chosen_runs(chances, self.threshold)
        chosen = sorted([*chosen, *names_beside(chosen, by_name, self.threshold)])
        chances |= {run: max(chance, chances[run]) for run, chance in by_name.items()}
        expansions = Expansions.of(text)
        found = [each for run in chosen for each in _mentions_at(reading, run, chances[run], expansions)]
        if self.apart >= self.threshold:
            found += (replace(each, chance=self.apart) for each in names_apart(reading, chosen))
        if nested:
            found += (
                replace(name, chance=chances[run])
                for run, name in reading.names.items()
                if run not in chosen and any(first <= run[0] and run[1] <= end for first, end in chosen)
            )
        return sorted(found, key=lambda each: (each.start, each.end, each.spans or ()))

    def _chances(self, reading: Reading) -> dict[TokenSpan, float]:
        """The chance of each run that is proposed."""
        log_odds = self.boundaries.log_odds(self.sight.of(reading))
        runs = proposed_runs(reading, log_odds, self.usage)
        chances = self.scorer.chances(span_features(reading, runs, log_odds, self.usage))
        return dict(zip(runs, chances.tolist(), strict=True))


def save_recogniser(recogniser: Recogniser | None, folder: Path) -> None:
    """Writes a recogniser, or that there is none, to a new folder."""
    folder.mkdir()
    if recogniser is None:
        write_json(folder / SETTINGS, None)
        return
    centres = {f"centres.{number}": each for number, each in enumerate(recogniser.sight.word_classes.centres)}
    boundaries = {f"boundaries.{name}": each for name, each in recogniser.boundaries._asdict().items()}
    scorer = {f"scorer.{name}": each for name, each in recogniser.scorer._asdict().items()}
    save_file({**centres, **boundaries, **scorer}, folder / WEIGHTS)
    settings = {
        "features": SPAN_FEATURES,
        "threshold": recogniser.threshold,
        "apart": recogniser.apart,
        "new": recogniser.new,
        "times": recogniser.usage.times,
    }
    write_json(folder / SETTINGS, settings)


def load_recogniser(folder: Path, encoder: Encoder) -> Recogniser | None:
    """The recogniser that `save_recogniser` wrote to a folder; None where there is none.

    Raises:
        RunError: a file is missing or damaged, or of another version's features.
    """
    settings: Any = read_json(folder / SETTINGS)
    if settings is None:
        return None
    try:
        if tuple(settings["features"]) != SPAN_FEATURES:
            raise ValueError("other features")
        usage = Usage({wording: Times(*times) for wording, times in settings["times"].items()})
        arrays = load_file(folder / WEIGHTS)
        centres = [arrays[name] for name in sorted(arrays) if name.startswith("centres.")]
        boundaries = Boundaries(**{field: arrays[f"boundaries.{field}"] for field in Boundaries._fields})
        scorer = Scorer(**{field: arrays[f"scorer.{field}"] for field in Scorer._fields})
        return Recogniser(
            Sight(WordClasses(encoder, centres)),
            boundaries,
            usage,
            scorer,
            **{chance: settings[chance] for chance in ("threshold", "apart", "new")},
        )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"{folder}: not the recogniser of this version; run `hyplink encode --force` again") from error


def chosen_runs(chances: Mapping[TokenSpan, float], threshold: float) -> list[TokenSpan]:
    """The runs, none of which overlap, whose chances exceed a threshold by the most in all; in order.

    With half the F1 that is reached as the threshold, that is the choice of the greatest expected F1.
    """
    runs = sorted((run for run, chance in chances.items() if chance > threshold), key=lambda run: (run[1], run[0]))
    ends = [end for _, end in runs]
    gains, taken = [0.0], list[bool]()  # the most that the first n runs give; whether the last of them is in it
    for n, run in enumerate(runs):
        gain = gains[bisect_right(ends, run[0])] + chances[run] - threshold
        taken.append(gain > gains[n])
        gains.append(max(gain, gains[n]))
    chosen, n = list[TokenSpan](), len(runs)
    while n:
        n -= 1
        if taken[n]:
            chosen.append(runs[n])
            n = bisect_right(ends, runs[n][0])
    return chosen[::-1]


def names_apart(reading: Reading, runs: Iterable[TokenSpan]) -> list[DetectedMention]:
    """The names of a text whose words stand apart, without those that lie within some runs."""
    within = [reading.characters(run) for run in runs]
    return [name for name in reading.apart if not any(start <= name.start and name.end <= end for start, end in within)]


def _mentions_at(reading: Reading, run: TokenSpan, chance: float, expansions: Expansions) -> Iterator[DetectedMention]:
    """The mention that a run is; several where it speaks of several names: `breast and ovarian cancer`."""
    start, end = reading.characters(run)
    words = reading.text[start:end]
    if run in reading.names:
        yield replace(reading.names[run], chance=chance)
    elif parts := _coordinated(reading, run):
        for part in parts:
            yield replace(part, start=start, end=end, text=words, spans=None, chance=chance)
    else:
        yield DetectedMention(start, end, words, (), Match.PROPOSED, expansions.expanded(words), chance=chance)


def _coordinated(reading: Reading, run: TokenSpan) -> list[DetectedMention]:
    """The names that a run holds, where the words of one of them stand apart."""
    start, end = reading.characters(run)
    apart = [name for name in reading.apart if start <= name.start and name.end <= end]
    whole = (name for (first, last), name in reading.names.items() if run[0] <= first and last <= run[1])
    return kept([*apart, *whole], nested=False) if apart else []
