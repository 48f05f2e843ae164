"""Plain names, scored by the mention prior alone.

The context features of the span scorer fit texts of the training documents' genre: trained on abstracts, they say
little about letters. How often a name was marked carries over better; for a name that training never saw, the rate at
which such names were marked takes its place.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from hyplink.mentions.dictionary import DetectedMention
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan
from hyplink.mentions.match import Match

_SYMBOL = re.compile(r"\S*([^\W\d_]\S*[A-Z]|\d)\S*")
"""A name without spaces that has a digit, or a capital after another letter: `BRCA1`, `GLD`, `mRNA`."""


def is_plain(name: DetectedMention) -> bool:
    """Whether a name matches in normal form and is not a symbol, which could denote a gene or a method as well."""
    return name.match <= Match.NORMALISED and not _SYMBOL.fullmatch(name.text)


def plain_name_probabilities(
    tokenised: TokenisedText, mention_prior: MentionPrior, new: float
) -> dict[TokenSpan, float]:
    """The probability that each plain name of a text is a mention, from the mention prior.

    Args:
        tokenised: the text.
        mention_prior: counts of surface forms.
        new: the probability for an unseen name; it also enters every count as one more occurrence (smoothing).
    """
    plain = (span for span, name in tokenised.names.items() if is_plain(name))
    return {span: _probability(mention_prior.counts_of(tokenised, span), new) for span in plain}


def plain_names_beside(
    chosen: Sequence[TokenSpan], probabilities: Mapping[TokenSpan, float], threshold: float
) -> list[TokenSpan]:
    """The names above a threshold that overlap no selected span, longer ones first."""
    taken: list[TokenSpan] = []
    for first, end in sorted(probabilities, key=lambda span: (span[0] - span[1], span)):
        if probabilities[first, end] > threshold and not _overlaps((first, end), [*chosen, *taken]):
            taken.append((first, end))
    return taken


def unseen_names(tokenised: TokenisedText, mention_prior: MentionPrior, marked: Iterable[TokenSpan]) -> list[TokenSpan]:
    """The plain names of a text that the mention prior has not seen and that are not inside a longer mention."""
    marked = list(marked)
    return [
        span
        for span, name in tokenised.names.items()
        if is_plain(name)
        and not mention_prior.counts_of(tokenised, span).n_occurrences
        and not any(first <= span[0] and span[1] <= end and (first, end) != span for first, end in marked)
    ]


def _probability(times: Counts, new: float) -> float:
    return (times.marked + new) / (times.n_occurrences + 1)


def _overlaps(span: TokenSpan, others: Iterable[TokenSpan]) -> bool:
    return any(first < span[1] and span[0] < end for first, end in others)
