"""The span detector: selects the spans of a text that annotators would mark, whether they are names or not."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, islice, takewhile
from operator import itemgetter
from pathlib import Path
from typing import cast

import numpy as np
from pydantic import FiniteFloat
from safetensors.numpy import save
from typing_extensions import TypedDict

from hyplink.corpus.document import Span
from hyplink.encoders import Encoder
from hyplink.errors import RunError
from hyplink.mentions.abbreviations import Expansions, KnownAbbreviations
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.span_features import SPAN_FEATURES, proposed_spans, span_features
from hyplink.mentions.learned.span_scorer import HIDDEN, SpanScorer
from hyplink.mentions.learned.token_features import N_COLUMNS, TokenFeatures
from hyplink.mentions.learned.token_tagger import TokenTagger
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan, read_many
from hyplink.mentions.learned.unseen_names import Prefer, is_plain, name_probabilities, names_beside
from hyplink.mentions.learned.word_classes import SIZES, WordClasses
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.overlaps import is_inside_one, kept
from hyplink.run import read_record, write_json
from hyplink.run.array_files import Kind, check_shapes, read_tensors

SETTINGS, WEIGHTS = "span_detector.json", "span_detector.safetensors"
_CENTRES = tuple(f"centres.{number}" for number in range(len(SIZES)))


@dataclass(frozen=True)
class SpanDetector:
    """Detects mentions as the annotators of the training documents would mark them.

    Attributes:
        token_features, token_tagger, mention_prior: give the features of a span.
        scorer: gives the probability of a mention from them.
        threshold: the minimum probability of a mention.
        discontinuous: the probability that a discontinuous name is a mention.
        new: the probability that a name unseen in training is a mention, estimated from plain ones.
    """

    token_features: TokenFeatures
    token_tagger: TokenTagger
    mention_prior: MentionPrior
    scorer: SpanScorer
    threshold: float
    discontinuous: float
    new: float

    def mentions(
        self, text: str, detector: DictionaryDetector, *, nested: bool = False, prefer: Prefer = "balanced"
    ) -> list[DetectedMention]:
        """The mentions of a text with their probabilities, ordered by (start, end).

        Args:
            text: the text.
            detector: finds the names in it.
            nested: give the names inside mentions too.
            prefer: give the spans that annotators would mark alone (precision), those and plain names (balanced), or
                those and all names (recall). A name must exceed the threshold by its counts in training.
        """
        return self.mentions_of([text], detector, nested=nested, prefer=prefer)[0]

    def mentions_of(
        self, texts: Sequence[str], detector: DictionaryDetector, *, nested: bool = False, prefer: Prefer = "balanced"
    ) -> list[list[DetectedMention]]:
        """The mentions of each text, as `mentions` gives them."""
        known = detector.abbreviations
        return [self._mentions(each, known, nested=nested, prefer=prefer) for each in read_many(texts, detector)]

    def _mentions(
        self, tokenised: TokenisedText, known: KnownAbbreviations, *, nested: bool, prefer: Prefer
    ) -> list[DetectedMention]:
        probabilities = self._probabilities(tokenised)
        by_name = name_probabilities(tokenised, self.mention_prior, self.new, prefer)
        chosen = selected_spans(probabilities, self.threshold)
        chosen = sorted([*chosen, *names_beside(chosen, by_name, self.threshold)])
        probabilities |= {
            span: max(mention_probability, probabilities[span]) for span, mention_probability in by_name.items()
        }
        expansions = Expansions.from_text(tokenised.text, known)
        found = [each for span in chosen for each in _mentions_at(tokenised, span, probabilities[span], expansions)]
        found += self._apart(tokenised, chosen, prefer)
        if nested:
            found += (
                name._replace(mention_probability=probabilities[span])
                for span, name in tokenised.names.items()
                if span not in chosen and is_inside_one(*span, chosen)
            )
        return sorted(found, key=lambda each: (each.start, each.end, each.spans or ()))

    def _apart(
        self, tokenised: TokenisedText, chosen: Sequence[TokenSpan], prefer: Prefer
    ) -> Iterator[DetectedMention]:
        """The discontinuous names that are mentions: all, if annotators mark them, or else those that are preferred."""
        is_marked = self.discontinuous >= self.threshold
        for name in discontinuous_names(tokenised, chosen):
            if is_marked or prefer == "recall" or (prefer == "balanced" and is_plain(name)):
                yield name._replace(mention_probability=max(self.discontinuous, self.threshold))

    def name_probabilities(self, text: str, detector: DictionaryDetector) -> dict[Span, float]:
        """The probability that each contiguous name of a text is a mention, by its characters."""
        [tokenised] = read_many([text], detector)
        probabilities = self._probabilities(tokenised)
        by_name = name_probabilities(tokenised, self.mention_prior, self.new, "balanced")
        return {tokenised.characters(span): max(probabilities[span], by_name.get(span, 0)) for span in tokenised.names}

    def _probabilities(self, tokenised: TokenisedText) -> dict[TokenSpan, float]:
        """The probability of each proposed span."""
        log_odds = self.token_tagger.log_odds(self.token_features.of(tokenised))
        spans = proposed_spans(tokenised, log_odds, self.mention_prior)
        probabilities = self.scorer.probabilities(span_features(tokenised, spans, log_odds, self.mention_prior))
        return dict(zip(spans, probabilities.tolist(), strict=True))


def save_span_detector(span_detector: SpanDetector | None, folder: Path) -> None:
    """Writes a span detector, or the fact that there is none, to a new folder."""
    folder.mkdir()
    if span_detector is None:
        write_json(folder / SETTINGS, None)
        return
    centres = {
        f"centres.{number}": each for number, each in enumerate(span_detector.token_features.word_classes.centres)
    }
    token_tagger = {f"token_tagger.{name}": each for name, each in span_detector.token_tagger._asdict().items()}
    scorer = {f"scorer.{name}": each for name, each in span_detector.scorer._asdict().items()}
    (folder / WEIGHTS).write_bytes(save({**centres, **token_tagger, **scorer}))
    settings = {
        "features": SPAN_FEATURES,
        "threshold": span_detector.threshold,
        "discontinuous": span_detector.discontinuous,
        "new": span_detector.new,
        "times": span_detector.mention_prior.times,
    }
    write_json(folder / SETTINGS, settings)


def load_span_detector(folder: Path, encoder: Encoder) -> SpanDetector | None:
    """The span detector that `save_span_detector` wrote to a folder; None where there is none.

    Raises:
        RunError: a file is missing or damaged, or of another version's features.
    """
    settings = read_record(cast(type[_Settings | None], _Settings | None), folder / SETTINGS)
    if settings is None:
        return None
    if tuple(settings["features"]) != SPAN_FEATURES:
        raise RunError(f"{folder / SETTINGS}: other features than this version's; re-run `hyplink encode` with --force")
    arrays = read_tensors(folder / WEIGHTS)
    check_shapes(arrays, _shapes(encoder.blocks[0]), folder / WEIGHTS)
    return SpanDetector(
        TokenFeatures(WordClasses(encoder, [arrays[name] for name in _CENTRES])),
        TokenTagger(**{field: arrays[f"token_tagger.{field}"] for field in TokenTagger._fields}),
        MentionPrior({surface_form: Counts(*times) for surface_form, times in settings["times"].items()}),
        SpanScorer(**{field: arrays[f"scorer.{field}"] for field in SpanScorer._fields}),
        settings["threshold"],
        settings["discontinuous"],
        settings["new"],
    )


class _Settings(TypedDict):
    """The content of `span_detector.json`."""

    features: list[str]
    threshold: FiniteFloat
    discontinuous: FiniteFloat
    new: FiniteFloat
    times: dict[str, tuple[int, int, int]]


def _shapes(dim: int) -> dict[str, Kind]:
    """The tensors of a span detector, for word vectors of this dimension."""
    n = len(SPAN_FEATURES)
    scorer: dict[str, tuple[int, ...]] = {
        "mean": (n,),
        "scale": (n,),
        "hidden_weights": (n, HIDDEN),
        "hidden_bias": (HIDDEN,),
        "weights": (HIDDEN,),
        "bias": (1,),
    }
    return {
        **dict.fromkeys(_CENTRES, (np.float32, (None, dim))),
        "token_tagger.weights": (np.float32, (N_COLUMNS, 3)),
        "token_tagger.bias": (np.float32, (3,)),
        **{f"scorer.{field}": (np.float64, shape) for field, shape in scorer.items()},
    }


def selected_spans(probabilities: Mapping[TokenSpan, float], threshold: float) -> list[TokenSpan]:
    """The non-overlapping spans whose probabilities exceed a threshold by the largest total, in text order.

    With half the attainable F1 as the threshold, this selection maximises expected F1.
    """
    spans = sorted(
        (span for span, mention_probability in probabilities.items() if mention_probability > threshold),
        key=lambda span: (span[1], span[0]),
    )
    ends = [end for _, end in spans]
    gains, taken = [0.0], list[bool]()  # best total of the first n spans; whether it includes the last
    for n, span in enumerate(spans):
        gain = gains[bisect_right(ends, span[0])] + probabilities[span] - threshold
        taken.append(gain > gains[n])
        gains.append(max(gain, gains[n]))
    chosen, n = list[TokenSpan](), len(spans)
    while n:
        n -= 1
        if taken[n]:
            chosen.append(spans[n])
            n = bisect_right(ends, spans[n][0])
    return chosen[::-1]


def discontinuous_names(tokenised: TokenisedText, spans: Iterable[TokenSpan]) -> list[DetectedMention]:
    """The discontinuous names of a text, without those inside one of some spans."""
    within = sorted(map(tokenised.characters, spans))
    furthest = list(accumulate((end for _, end in within), max, initial=0))  # end of the first n spans
    numbers = (bisect_right(within, name.start, key=itemgetter(0)) for name in tokenised.discontinuous)
    return [name for name, n in zip(tokenised.discontinuous, numbers, strict=True) if furthest[n] < name.end]


def _mentions_at(
    tokenised: TokenisedText, span: TokenSpan, mention_probability: float, expansions: Expansions
) -> Iterator[DetectedMention]:
    """The mention at a span; several if it coordinates several names: `breast and ovarian cancer`."""
    start, end = tokenised.characters(span)
    words = tokenised.text[start:end]
    if span in tokenised.names:
        yield tokenised.names[span]._replace(mention_probability=mention_probability)
    elif parts := _coordinated(tokenised, span):
        for part in parts:
            yield part._replace(start=start, end=end, text=words, spans=None, mention_probability=mention_probability)
    else:
        yield DetectedMention(
            start, end, words, (), Match.PROPOSED, expansions.expanded(words), mention_probability=mention_probability
        )


def _coordinated(tokenised: TokenisedText, span: TokenSpan) -> list[DetectedMention]:
    """The names inside a span, if one of them is discontinuous."""
    start, end = tokenised.characters(span)
    beginning = bisect_left(tokenised.discontinuous, start, key=lambda name: name.start)
    following = takewhile(lambda name: name.start < end, islice(tokenised.discontinuous, beginning, None))
    discontinuous = [name for name in following if name.end <= end]
    if not discontinuous:
        return []
    whole = (tokenised.names.get(each) for each in combinations(range(span[0], span[1] + 1), 2))
    return kept([*discontinuous, *filter(None, whole)], nested=False)
