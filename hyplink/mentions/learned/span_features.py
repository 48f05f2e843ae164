"""Features of the spans that may be mentions."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log1p

import numpy as np
from scipy.special import expit, logit

from hyplink.arrays import Scores
from hyplink.mentions.learned.mention_prior import MentionPrior
from hyplink.mentions.learned.token_tagger import CLOSES, OPENS
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.tokens import Gap

LEAST_PROBABILITY = 0.02
"""A span is proposed if a mention opens at its first token and closes at its last with at least this probability."""

BEYOND = -6.0
"""The log-odds of any boundary outside the text."""

NAME_MATCHES = tuple(match for match in Match if match is not Match.PROPOSED)

SPAN_FEATURES = (
    "opens",
    "closes",
    "least_covered",
    "mean_covered",
    "covered_before",
    "covered_after",
    "opens_within",
    "closes_within",
    "closes_before",
    "opens_after",
    "words",
    "one_word",
    "slash",
    "comma",
    "bracket",
    *(match.name.lower() for match in NAME_MATCHES),
    "within_name",
    "holds_name",
    "ends_with_name",
    "share_of_name",
    "crosses_name",
    "marked",
    "unmarked",
    "share_marked",
    "same_words",
    "same_words_best",
    "abbreviation",
    "long_form",
    "capital",
)
"""The columns of a span's features.

Log-odds of the token tagger: at the ends of the span, their minimum and mean within it, beside it, and the maximum of a
mention that begins or ends elsewhere in it. Its length and the punctuation in it. The kind of name that it is, whether
it lies within, contains or crosses names, and the share of it that the longest contained name covers. From the mention
prior: log(1 + n) of how often the surface form was and was not marked, and the share. The probability, by the token
tagger alone, of the spans with the same words in the text (mean and maximum); for an abbreviation, that of its long
form. Whether it is a single word in capitals.
"""


def proposed_spans(tokenised: TokenisedText, log_odds: Scores, mention_prior: MentionPrior) -> list[TokenSpan]:
    """The spans that may be mentions, sorted: likely boundaries, previously marked surface forms, and names."""
    least = logit(LEAST_PROBABILITY)
    closing = log_odds[:, CLOSES] > least
    spans = {*tokenised.names, *mention_prior.previously_marked(tokenised)}
    for first in np.flatnonzero(log_odds[:, OPENS] > least).tolist():
        spans.update((first, end) for end in tokenised.span_ends(first) if closing[end - 1])
    return sorted(spans)


def span_features(
    tokenised: TokenisedText, spans: Sequence[TokenSpan], log_odds: Scores, mention_prior: MentionPrior
) -> Scores:
    """The features of spans, float64 (spans, len(SPAN_FEATURES)).

    Args:
        tokenised: the text.
        spans: spans of its tokens.
        log_odds: of the boundaries at each token, (tokens, 3).
        mention_prior: how often surface forms were marked in annotated text.
    """
    if not spans:
        return np.zeros((0, len(SPAN_FEATURES)))
    names, odds = _Names(tokenised.names), tuple(log_odds.T.tolist())
    rows = [
        [
            *_of_boundaries(span, *odds),
            *_of_form(tokenised, span),
            *names.features(span, tokenised.names.get(span)),
            *_of_mention_prior(tokenised, span, mention_prior),
        ]
        for span in spans
    ]
    return np.hstack([np.array(rows, dtype=np.float64), _of_text(tokenised, spans, odds)])


def _of_boundaries(
    span: TokenSpan, opens: Sequence[float], covers: Sequence[float], closes: Sequence[float]
) -> list[float]:
    first, end = span
    covered = covers[first:end]
    return [
        opens[first],
        closes[end - 1],
        min(covered),
        sum(covered) / len(covered),
        covers[first - 1] if first else BEYOND,
        covers[end] if end < len(covers) else BEYOND,
        max([BEYOND, *opens[first + 1 : end]]),
        max([BEYOND, *closes[first : end - 1]]),
        closes[first - 1] if first else BEYOND,
        opens[end] if end < len(opens) else BEYOND,
    ]


def _of_form(tokenised: TokenisedText, span: TokenSpan) -> list[float]:
    first, end = span
    widest = max(tokenised.gaps[first + 1 : end], default=Gap.OPEN)
    return [end - first, end - first == 1, *(widest is gap for gap in (Gap.SLASH, Gap.COMMA, Gap.BRACKET))]


class _Names:
    """The spans of the names of a text, for comparison with other spans."""

    def __init__(self, spans: Iterable[TokenSpan]) -> None:
        self._spans = sorted(spans)
        self._firsts = [first for first, _ in self._spans]
        self._longest = max((end - first for first, end in self._spans), default=0)

    def features(self, span: TokenSpan, name: DetectedMention | None) -> list[float]:
        """The features that compare a span, which may be a name, with the names that share tokens with it."""
        first, end = span
        near = self._spans[bisect_right(self._firsts, first - self._longest) : bisect_left(self._firsts, end)]
        within, crosses, ends_with, longest = False, False, False, 0
        for other_first, other_end in near:
            if other_end <= first or (other_first, other_end) == span:
                continue
            if other_first >= first and other_end <= end:
                longest = max(longest, other_end - other_first)
                ends_with = ends_with or other_end == end
            elif other_first <= first and other_end >= end:
                within = True
            else:
                crosses = True
        matches = (name is not None and name.match is match for match in NAME_MATCHES)
        return [*matches, within, longest > 0, ends_with, longest / (end - first), crosses]


def _of_mention_prior(tokenised: TokenisedText, span: TokenSpan, mention_prior: MentionPrior) -> list[float]:
    n_occurrences, marked, _ = mention_prior.counts_of(tokenised, span)
    return [
        log1p(marked),
        log1p(n_occurrences - marked),
        (marked + 0.5) / (n_occurrences + 1) if n_occurrences else 0.0,
    ]


def _of_text(tokenised: TokenisedText, spans: Sequence[TokenSpan], odds: Sequence[Sequence[float]]) -> Scores:
    """The features of spans from equal words and abbreviations in the same text, float64 (spans, 5)."""
    probabilities = expit([_least(span, *odds) for span in spans]).tolist()
    alike: dict[tuple[str, ...], list[float]] = defaultdict(list)
    words = [tokenised.words(span) for span in spans]
    for each, chance in zip(words, probabilities, strict=True):
        alike[each].append(chance)
    of_words = {each: (sum(chances) / len(chances), max(chances)) for each, chances in alike.items()}
    rows = []
    for each, span in zip(words, spans, strict=True):
        word = tokenised.tokens[span[0]].text
        alone = span[1] - span[0] == 1
        long = tokenised.long_forms.get(word) or tokenised.long_forms.get(word.removesuffix("s")) if alone else None
        long_form = float(expit(_least(long, *odds))) if long else 0.5
        rows.append([*of_words[each], long is not None, long_form, alone and word.isupper()])
    return np.array(rows, dtype=np.float64)


def _least(span: TokenSpan, opens: Sequence[float], covers: Sequence[float], closes: Sequence[float]) -> float:
    """The least of the token tagger's log-odds at a span: that it opens, closes, and covers each token."""
    first, end = span
    return min(opens[first], closes[end - 1], *covers[first:end])
