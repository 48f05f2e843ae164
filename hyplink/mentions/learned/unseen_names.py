"""Plain names, judged by themselves: another kind of text has them in surroundings that no annotated text has shown.

What stands around a word tells annotated texts apart from others of their kind, and says little of letters, where those
that taught were abstracts. How often a name was marked holds for both, and for a name that no text has shown there is
how often such names were marked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from hyplink.mentions.dictionary import DetectedMention
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan
from hyplink.mentions.match import Match

_SYMBOL = re.compile(r"\S*([^\W\d_]\S*[A-Z]|\d)\S*")
"""A capital behind another letter, or a digit, in a name without blanks: `BRCA1`, `GLD`, `mRNA`."""


def is_plain(name: DetectedMention) -> bool:
    """Whether words stand as in a name, and are no symbol: symbols stand for genes and methods too."""
    return name.match <= Match.NORMALISED and not _SYMBOL.fullmatch(name.text)


def plain_name_probabilities(
    tokenised: TokenisedText, mention_prior: MentionPrior, new: float
) -> dict[TokenSpan, float]:
    """The chance of each plain name of a text, by how often its words were marked.

    Args:
        tokenised: the text.
        mention_prior: what is known of wordings.
        new: the chance of a name that no text has shown; it counts as if it had been met once more.
    """
    plain = (run for run, name in tokenised.names.items() if is_plain(name))
    return {run: _probability(mention_prior.counts_of(tokenised, run), new) for run in plain}


def plain_names_beside(
    chosen: Sequence[TokenSpan], probabilities: Mapping[TokenSpan, float], threshold: float
) -> list[TokenSpan]:
    """The names whose chances exceed a threshold and which overlap no run that is chosen; the longest of such first."""
    taken: list[TokenSpan] = []
    for first, end in sorted(probabilities, key=lambda run: (run[0] - run[1], run)):
        if probabilities[first, end] > threshold and not _overlaps((first, end), [*chosen, *taken]):
            taken.append((first, end))
    return taken


def unseen_names(tokenised: TokenisedText, mention_prior: MentionPrior, marked: Iterable[TokenSpan]) -> list[TokenSpan]:
    """The plain names of a text that no other text has shown and that lie within no longer mention."""
    marked = list(marked)
    return [
        run
        for run, name in tokenised.names.items()
        if is_plain(name)
        and not mention_prior.counts_of(tokenised, run).n_occurrences
        and not any(first <= run[0] and run[1] <= end and (first, end) != run for first, end in marked)
    ]


def _probability(times: Counts, new: float) -> float:
    return (times.marked + new) / (times.n_occurrences + 1)


def _overlaps(run: TokenSpan, others: Iterable[TokenSpan]) -> bool:
    return any(first < run[1] and run[0] < end for first, end in others)
