"""Names, scored by the mention prior alone.

The context features of the span scorer fit texts of the training documents' genre: trained on abstracts, they say
little about letters. How often a name was marked carries over better; for a name that training never saw, the rate at
which such names were marked takes its place. The counts are a prior for other text, not a veto: a few unmarked
occurrences do not rule a name out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention

Prefer = Literal["precision", "balanced", "recall"]
"""Which names are mentions although the span scorer does not select them: none, plain names, or all names."""

STRENGTH = 3.0
"""The rate of unseen names enters the counts of every name as so many further occurrences."""

_SYMBOL = re.compile(r"\S*([^\W\d_]\S*[A-Z]|\d)\S*")
"""A name without spaces that has a digit, or a capital after another letter: `BRCA1`, `GLD`, `mRNA`."""


def is_plain(name: DetectedMention) -> bool:
    """Whether a name matches in normal form and is not a symbol, which could denote a gene or a method as well."""
    return name.match <= Match.NORMALISED and not _SYMBOL.fullmatch(name.text)


def name_probabilities(
    tokenised: TokenisedText, mention_prior: MentionPrior, new: float, prefer: Prefer
) -> dict[TokenSpan, float]:
    """The probability, from the mention prior, that each name of a text is a mention.

    Args:
        tokenised: the text.
        mention_prior: counts of surface forms.
        new: the probability for an unseen name.
        prefer: whether to score no names, plain names or all names.
    """
    if prefer == "precision":
        return {}
    spans = (span for span, name in tokenised.names.items() if prefer == "recall" or is_plain(name))
    return {span: _probability(mention_prior.counts_of(tokenised, span), new) for span in spans}


def names_beside(
    chosen: Sequence[TokenSpan], probabilities: Mapping[TokenSpan, float], threshold: float
) -> list[TokenSpan]:
    """The names above a threshold that overlap no selected span, longer ones first."""
    taken: list[TokenSpan] = []
    covered = bytearray(max((end for _, end in (*chosen, *probabilities)), default=0))  # a byte for each token
    for first, end in chosen:
        covered[first:end] = b"\1" * (end - first)
    for first, end in sorted(probabilities, key=lambda span: (span[0] - span[1], span)):
        if probabilities[first, end] > threshold and covered.find(1, first, end) < 0:
            covered[first:end] = b"\1" * (end - first)
            taken.append((first, end))
    return taken


def unseen_names(tokenised: TokenisedText, mention_prior: MentionPrior, marked: Iterable[TokenSpan]) -> list[TokenSpan]:
    """The plain names of a text outside longer mentions that the mention prior has not seen outside longer mentions."""
    marked = list(marked)
    return [
        span
        for span, name in tokenised.names.items()
        if is_plain(name)
        and not mention_prior.counts_of(tokenised, span).n_outside
        and not any(first <= span[0] and span[1] <= end and (first, end) != span for first, end in marked)
    ]


def _probability(times: Counts, new: float) -> float:
    return (times.marked + STRENGTH * new) / (times.n_outside + STRENGTH)
