"""End-to-end metrics on raw text: precision, recall and F1 of mentions that were both detected and linked.

A detected mention is correct if its concept is a gold concept of an annotated mention whose span it matches. `strict`:
both cover exactly the same characters. `relaxed`: they share at least one character. Precision is the share of the
detected mentions that are correct, recall the share of the gold mentions that a correct one was detected for. Each part
of a composite mention counts as a gold mention of its own. A gold mention whose id resolves to no concept can never be
found: `every_mention` counts it as a miss, `resolvable` leaves it out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hyplink.corpus.document import Span
from hyplink.gold import Gold
from hyplink.metrics.bootstrap import PrecisionRecallF1, bootstrap_precision_recall
from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class LabelledMention:
    """A gold or detected mention with its concepts.

    Attributes:
        spans: its character spans, in text order; several if the mention is discontinuous.
        concepts: of a gold mention, the concepts of which any is correct, empty if its id resolves to none; of a
            detected mention, the concept that it was linked to.
    """

    spans: tuple[Span, ...]
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class EvaluatedDocument:
    """The gold mentions of a document and the mentions that a linker detected in it, without those linked to NIL."""

    gold: tuple[LabelledMention, ...]
    found: tuple[LabelledMention, ...]


SpanMatch = Callable[[LabelledMention, LabelledMention], bool]


def gold_mentions(spans: Sequence[Span], gold: Gold) -> list[LabelledMention]:
    """The gold mentions of one annotation: one for each of its parts, or one without concepts if it has no id."""
    return [LabelledMention(tuple(spans), part) for part in gold.parts or (frozenset(),)]


def same_span(a: LabelledMention, b: LabelledMention) -> bool:
    """Whether two mentions cover exactly the same characters."""
    return a.spans == b.spans


def spans_overlap(a: LabelledMention, b: LabelledMention) -> bool:
    """Whether two mentions share at least one character."""
    return any(start < other_end and other < end for start, end in a.spans for other, other_end in b.spans)


def mention_scores(
    documents: Sequence[EvaluatedDocument], *, seed: int = 0
) -> Mapping[str, Mapping[str, PrecisionRecallF1]]:
    """Precision, recall and F1 of mentions, by group (`every_mention`, `resolvable`), then `strict` and `relaxed`."""
    groups = {"every_mention": documents, "resolvable": [_resolvable(document) for document in documents]}
    matches: Mapping[str, SpanMatch] = {"strict": same_span, "relaxed": spans_overlap}
    return {
        group: {name: _scores(chosen, match, seed) for name, match in matches.items()}
        for group, chosen in groups.items()
    }


def within_branch(documents: Sequence[EvaluatedDocument], ontology: Ontology, branch: str) -> list[EvaluatedDocument]:
    """The documents reduced to the concepts below `branch`, which itself is excluded.

    Mentions without any concept there are dropped, among them gold mentions whose id resolves to no concept: whether
    they belong to the branch is unknown.
    """
    inside = ontology.descendants(branch) - {branch}
    return [EvaluatedDocument(_restricted(each.gold, inside), _restricted(each.found, inside)) for each in documents]


def _restricted(mentions: Sequence[LabelledMention], concepts: frozenset[str]) -> tuple[LabelledMention, ...]:
    restricted = (replace(mention, concepts=mention.concepts & concepts) for mention in mentions)
    return tuple(mention for mention in restricted if mention.concepts)


def _resolvable(document: EvaluatedDocument) -> EvaluatedDocument:
    return replace(document, gold=tuple(mention for mention in document.gold if mention.concepts))


def _scores(documents: Sequence[EvaluatedDocument], match: SpanMatch, seed: int) -> PrecisionRecallF1:
    counts = np.array([_counts(document, match) for document in documents], dtype=np.int64)
    return bootstrap_precision_recall(counts, seed=seed)


def strict_counts(document: EvaluatedDocument) -> tuple[int, int, int, int]:
    """The counts of a document, exact spans required, as for `bootstrap_precision_recall`."""
    return _counts(document, same_span)


def _counts(document: EvaluatedDocument, match: SpanMatch) -> tuple[int, int, int, int]:
    """The number of correct detected mentions, detected mentions, gold mentions that were found, gold mentions."""
    n_correct = sum(any(_is_correct(found, gold, match) for gold in document.gold) for found in document.found)
    n_gold_found = sum(any(_is_correct(found, gold, match) for found in document.found) for gold in document.gold)
    return n_correct, len(document.found), n_gold_found, len(document.gold)


def _is_correct(found: LabelledMention, gold: LabelledMention, match: SpanMatch) -> bool:
    return not found.concepts.isdisjoint(gold.concepts) and match(found, gold)
