"""Example errors by class: the mention in its context, gold concept and answer, and the is-a path between them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hyplink.corpus.document import Span
from hyplink.export.report.descriptions import ERRORS, UNRESOLVABLE
from hyplink.linking.error_analysis import Mistake
from hyplink.ontology import Ontology

MAX_EXAMPLES = 10
"""Number of distinct errors shown for each class."""

CONTEXT_LENGTH = 70
"""Number of characters of text shown before and after a mention."""

UNRESOLVABLE_KIND = "unresolvable"

KINDS: Mapping[str, tuple[str, str]] = {
    **{kind: description for kind, description in ERRORS.items() if kind != "same"},
    UNRESOLVABLE_KIND: UNRESOLVABLE,
}
"""The error classes with title and explanation, in the order shown."""


class LabelledConcept(NamedTuple):
    """A concept id with its label."""

    concept_id: str
    label: str


class Segment(NamedTuple):
    """A piece of text, and whether it belongs to the mention."""

    text: str
    in_mention: bool


class Step(NamedTuple):
    """A concept on the path from the gold concept to the answer.

    `direction` is how it is reached: `up`, `down`, `over` (from one root to another) or, for the first, empty.
    """

    concept: LabelledConcept
    direction: str


@dataclass(frozen=True, slots=True)
class ErrorExample:
    """Errors with the same mention text, gold concepts and answer.

    Attributes:
        n_times: number of these errors.
        doc: id of the document of the first one.
        context: the mention of the first one in its context.
        linked_text: the text that was linked, if its span is not the annotated one; else empty.
        gold: the gold concepts.
        answer: the answered concept.
        confidence: confidence of the first one.
        path: from the gold concept nearest to the answer to the answer; empty if either is missing.
        n_steps: length of the path; if it leads over a virtual root above all roots, that counts as a concept.
    """

    n_times: int
    doc: str
    context: tuple[Segment, ...]
    linked_text: str
    gold: tuple[LabelledConcept, ...]
    answer: LabelledConcept | None
    confidence: float | None
    path: tuple[Step, ...]
    n_steps: int | None


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """The errors of one class: their number, the number of distinct ones, and the most frequent distinct ones."""

    title: str
    note: str
    n_errors: int
    n_distinct: int
    examples: tuple[ErrorExample, ...]


def error_classes(mistakes: Iterable[Mistake], texts: Mapping[str, str], ontology: Ontology) -> list[ErrorClass]:
    """The errors by class, in the order of `KINDS`, without empty classes.

    Args:
        mistakes: mentions that were not linked correctly, all with given spans or all from raw text.
        texts: the text of each document by id.
        ontology: the concepts.
    """
    by_kind = defaultdict(list)
    for each in mistakes:
        by_kind[_kind(each)].append(each)
    return [_error_class(kind, by_kind[kind], texts, ontology) for kind in KINDS if by_kind[kind]]


def _kind(mistake: Mistake) -> str:
    return UNRESOLVABLE_KIND if not mistake.gold and mistake.kind != "spurious" else mistake.kind


def _error_class(kind: str, mistakes: Sequence[Mistake], texts: Mapping[str, str], ontology: Ontology) -> ErrorClass:
    groups: dict[Any, list[Mistake]] = defaultdict(list)
    for each in mistakes:
        groups[_text_of(texts[each.doc], each.spans).casefold(), each.gold, each.answer].append(each)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), -(group[0].confidence or 0.0)))
    examples = tuple(_example(group, texts[group[0].doc], ontology) for group in ordered[:MAX_EXAMPLES])
    return ErrorClass(*KINDS[kind], len(mistakes), len(groups), examples)


def _example(group: Sequence[Mistake], text: str, ontology: Ontology) -> ErrorExample:
    first = group[0]
    path = path_between(_nearest_gold(first, ontology), first.answer, ontology)
    linked_text = _text_of(text, first.found) if first.found and first.found != first.spans else ""
    return ErrorExample(
        n_times=len(group),
        doc=first.doc,
        context=tuple(context_of(text, first.spans)),
        linked_text=linked_text,
        gold=tuple(_labelled(concept, ontology) for concept in first.gold),
        answer=_labelled(first.answer, ontology) if first.answer else None,
        confidence=first.confidence,
        path=path,
        n_steps=ontology.tree_distance(path[0].concept.concept_id, path[-1].concept.concept_id) if path else None,
    )


def context_of(text: str, spans: Sequence[Span]) -> list[Segment]:
    """The text around a mention, cut at spaces if there are any, as segments inside and outside the mention."""
    first, last = spans[0][0], spans[-1][1]
    start, end = max(0, first - CONTEXT_LENGTH), min(len(text), last + CONTEXT_LENGTH)
    before, after = text[start:first], text[last:end]
    if start > 0:
        before = "… " + (before.partition(" ")[2] or before)
    if end < len(text):
        after = (after.rpartition(" ")[0] or after) + " …"
    segments, position = [Segment(before, False)], first
    for low, high in spans:
        segments += [Segment(text[position:low], False), Segment(text[low:high], True)]
        position = high
    return [segment for segment in [*segments, Segment(after, False)] if segment.text]


def _text_of(text: str, spans: Sequence[Span]) -> str:
    return " ".join(text[start:end] for start, end in spans)


def _nearest_gold(mistake: Mistake, ontology: Ontology) -> str | None:
    """The gold concept nearest to the answer."""
    answer = mistake.answer
    return min(mistake.gold, key=lambda each: ontology.tree_distance(each, answer), default=None) if answer else None


def path_between(source: str | None, target: str | None, ontology: Ontology) -> tuple[Step, ...]:
    """The shortest path from one concept up to a common ancestor and down to another; empty if either is missing.

    If they have no common ancestor, or the path over the virtual root is shorter, it leads from one root to another.
    """
    if source is None or target is None:
        return ()
    above_source, above_target = ontology.ancestors(source), ontology.ancestors(target)
    common = min(
        above_source.keys() & above_target.keys(),
        key=lambda each: (above_source[each] + above_target[each], each),
        default=None,
    )
    if common is not None and above_source[common] + above_target[common] == ontology.tree_distance(source, target):
        up, down = _path_up(source, common, ontology), _path_up(target, common, ontology)[-2::-1]
        directions = ["", *["up"] * (len(up) - 1), *["down"] * len(down)]
    else:
        up, down = _path_up(source, None, ontology), _path_up(target, None, ontology)[::-1]
        directions = ["", *["up"] * (len(up) - 1), "over", *["down"] * (len(down) - 1)]
    concepts = [_labelled(each, ontology) for each in [*up, *down]]
    return tuple(Step(concept, direction) for concept, direction in zip(concepts, directions, strict=True))


def _path_up(concept: str, end: str | None, ontology: Ontology) -> list[str]:
    """The concepts on a shortest path up to an ancestor, or to the nearest root if `end` is None, ends included."""
    path = [concept]
    while path[-1] != end and (parents := ontology.concepts[path[-1]].parents):
        if end is None:
            path.append(min(parents, key=ontology.depth))
        else:
            path.append(min(parents, key=lambda each: ontology.ancestors(each).get(end, len(ontology))))
    return path


def _labelled(concept_id: str, ontology: Ontology) -> LabelledConcept:
    return LabelledConcept(concept_id, ontology.concepts[concept_id].label)
