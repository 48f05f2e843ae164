"""Features of the spans that may be mentions."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit

from hyplink.arrays import Indices, Scores
from hyplink.mentions.learned.mention_prior import MentionPrior
from hyplink.mentions.learned.token_tagger import CLOSES, COVERS, OPENS
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan
from hyplink.mentions.match import Match
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
    names = np.array(list(tokenised.names), dtype=np.int64).reshape(-1, 2)
    rows = [
        [
            *_of_boundaries(span, log_odds),
            *_of_form(tokenised, span),
            *_of_names(tokenised, span, names),
            *_of_mention_prior(tokenised, span, mention_prior),
        ]
        for span in spans
    ]
    return np.hstack([np.array(rows, dtype=np.float64), _of_text(tokenised, spans, log_odds)])


def _of_boundaries(span: TokenSpan, log_odds: Scores) -> list[float]:
    first, end = span
    covered = log_odds[first:end, COVERS]
    return [
        log_odds[first, OPENS],
        log_odds[end - 1, CLOSES],
        covered.min(),
        covered.mean(),
        log_odds[first - 1, COVERS] if first else BEYOND,
        log_odds[end, COVERS] if end < len(log_odds) else BEYOND,
        log_odds[first + 1 : end, OPENS].max(initial=BEYOND),
        log_odds[first : end - 1, CLOSES].max(initial=BEYOND),
        log_odds[first - 1, CLOSES] if first else BEYOND,
        log_odds[end, OPENS] if end < len(log_odds) else BEYOND,
    ]


def _of_form(tokenised: TokenisedText, span: TokenSpan) -> list[float]:
    first, end = span
    widest = max(tokenised.gaps[first + 1 : end], default=Gap.OPEN)
    return [end - first, end - first == 1, *(widest is gap for gap in (Gap.SLASH, Gap.COMMA, Gap.BRACKET))]


def _of_names(tokenised: TokenisedText, span: TokenSpan, names: Indices) -> list[float]:
    """The features that compare a span with the spans of the names of the text, int64 (names, 2)."""
    name, (first, end) = tokenised.names.get(span), span
    near = names[(names[:, 0] < end) & (names[:, 1] > first)]
    within = (near[:, 0] <= first) & (near[:, 1] >= end)
    held = (near[:, 0] >= first) & (near[:, 1] <= end)
    other = (near[:, 0] != first) | (near[:, 1] != end)
    lengths = near[held & other, 1] - near[held & other, 0]
    return [
        *(name is not None and name.match is match for match in NAME_MATCHES),
        (within & other).any(),
        len(lengths) > 0,
        (held & other & (near[:, 1] == end)).any(),
        lengths.max(initial=0) / (end - first),
        (~within & ~held).any(),
    ]


def _of_mention_prior(tokenised: TokenisedText, span: TokenSpan, mention_prior: MentionPrior) -> list[float]:
    n_occurrences, marked, _ = mention_prior.counts_of(tokenised, span)
    return [
        np.log1p(marked),
        np.log1p(n_occurrences - marked),
        (marked + 0.5) / (n_occurrences + 1) if n_occurrences else 0.0,
    ]


def _of_text(tokenised: TokenisedText, spans: Sequence[TokenSpan], log_odds: Scores) -> Scores:
    """The features of spans from equal words and abbreviations in the same text, float64 (spans, 5)."""
    probabilities = [_probability(span, log_odds) for span in spans]
    alike: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for span, chance in zip(spans, probabilities, strict=True):
        alike[tokenised.words(span)].append(chance)
    rows = []
    for span in spans:
        same, word = alike[tokenised.words(span)], tokenised.tokens[span[0]].text
        alone = span[1] - span[0] == 1
        long = tokenised.long_forms.get(word) or tokenised.long_forms.get(word.removesuffix("s")) if alone else None
        long_form = _probability(long, log_odds) if long else 0.5
        rows.append([sum(same) / len(same), max(same), long is not None, long_form, alone and word.isupper()])
    return np.array(rows, dtype=np.float64)


def _probability(span: TokenSpan, log_odds: Scores) -> float:
    """The least of the token tagger's probabilities at a span: that it opens, closes, and covers each token."""
    first, end = span
    least = min(log_odds[first, OPENS], log_odds[end - 1, CLOSES], log_odds[first:end, COVERS].min())
    return float(expit(least))
