"""Errors by kind, with examples: the words in their context, what they mean, what was answered, the way between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hyplink.corpus.document import Span
from hyplink.export.report.measures import ERRORS
from hyplink.linking.error_analysis import Mistake
from hyplink.ontology import Ontology

EXAMPLES = 10
"""So many different mistakes of each kind are shown."""

AROUND = 70
"""So many characters of text stand before and after a mention."""

UNKNOWN = "unknown"
"""The kind of a mistake that no answer could have avoided: the annotated id leads to no concept."""

KINDS: Mapping[str, tuple[str, str]] = {
    **{kind: told for kind, told in ERRORS.items() if kind != "same"},
    UNKNOWN: ("no right answer", "the annotated id leads to no concept of this ontology"),
}
"""The kinds of mistakes with a title and what it means, in the order in which they are shown."""


class Named(NamedTuple):
    """A concept to show."""

    concept_id: str
    label: str


class Piece(NamedTuple):
    """A piece of text, and whether it is part of the mention."""

    text: str
    marked: bool


class Step(NamedTuple):
    """A concept on the way from the right concept to the answer; `way` is how it is reached.

    That is `up`, `down`, `over` (a root, from another one) or, for the first, empty.
    """

    concept: Named
    way: str


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A mistake to show.

    Attributes:
        n_times: how often the same words were linked to the same concept in the place of the same one.
        doc: id of the document of the first.
        context: the text around the mention, and its words.
        linked: the words that were linked, where they are others than the annotated ones.
        gold: the right concepts.
        answer: the concept that was answered.
        confidence: of the first.
        path: from the nearest right concept to the answer; empty where either is missing.
        n_steps: its length, over a root above all roots if need be.
    """

    n_times: int
    doc: str
    context: tuple[Piece, ...]
    linked: str
    gold: tuple[Named, ...]
    answer: Named | None
    confidence: float | None
    path: tuple[Step, ...]
    n_steps: int | None


@dataclass(frozen=True, slots=True)
class ShownKind:
    """The mistakes of one kind: how many, how many different ones, and the most frequent of these."""

    title: str
    note: str
    n_mistakes: int
    n_different: int
    shown: tuple[ShownMistake, ...]


def shown_kinds(mistakes: Iterable[Mistake], texts: Mapping[str, str], ontology: Ontology) -> list[ShownKind]:
    """The mistakes of each kind, in the order of `KINDS`; kinds without any are left out.

    Args:
        mistakes: of one source.
        texts: the text of each document by id.
        ontology: the concepts.
    """
    by_kind = defaultdict(list)
    for each in mistakes:
        by_kind[_kind(each)].append(each)
    return [_shown_kind(kind, by_kind[kind], texts, ontology) for kind in KINDS if by_kind[kind]]


def _kind(mistake: Mistake) -> str:
    return UNKNOWN if not mistake.gold and mistake.kind != "spurious" else mistake.kind


def _shown_kind(kind: str, mistakes: Sequence[Mistake], texts: Mapping[str, str], ontology: Ontology) -> ShownKind:
    alike: dict[Any, list[Mistake]] = defaultdict(list)
    for each in mistakes:
        alike[_words(texts[each.doc], each.spans).casefold(), each.gold, each.answer].append(each)
    groups = sorted(alike.values(), key=lambda group: (-len(group), -(group[0].confidence or 0.0)))
    shown = tuple(_shown(group, texts[group[0].doc], ontology) for group in groups[:EXAMPLES])
    return ShownKind(*KINDS[kind], len(mistakes), len(groups), shown)


def _shown(group: Sequence[Mistake], text: str, ontology: Ontology) -> ShownMistake:
    first = group[0]
    path = path_between(_nearest(first, ontology), first.answer, ontology)
    linked = _words(text, first.found) if first.found and first.found != first.spans else ""
    return ShownMistake(
        n_times=len(group),
        doc=first.doc,
        context=tuple(context_of(text, first.spans)),
        linked=linked,
        gold=tuple(_named(concept, ontology) for concept in first.gold),
        answer=_named(first.answer, ontology) if first.answer else None,
        confidence=first.confidence,
        path=path,
        n_steps=ontology.tree_distance(path[0].concept.concept_id, path[-1].concept.concept_id) if path else None,
    )


def context_of(text: str, spans: Sequence[Span]) -> list[Piece]:
    """The text around a mention, cut between words where it has spaces, in pieces that are part of it or not."""
    first, last = spans[0][0], spans[-1][1]
    start, end = max(0, first - AROUND), min(len(text), last + AROUND)
    before, after = text[start:first], text[last:end]
    if start > 0:
        before = "… " + (before.partition(" ")[2] or before)
    if end < len(text):
        after = (after.rpartition(" ")[0] or after) + " …"
    pieces, at = [Piece(before, False)], first
    for low, high in spans:
        pieces += [Piece(text[at:low], False), Piece(text[low:high], True)]
        at = high
    return [piece for piece in [*pieces, Piece(after, False)] if piece.text]


def _words(text: str, spans: Sequence[Span]) -> str:
    return " ".join(text[start:end] for start, end in spans)


def _nearest(mistake: Mistake, ontology: Ontology) -> str | None:
    """The right concept that the answer is nearest to."""
    answer = mistake.answer
    return min(mistake.gold, key=lambda each: ontology.tree_distance(each, answer), default=None) if answer else None


def path_between(source: str | None, target: str | None, ontology: Ontology) -> tuple[Step, ...]:
    """The shortest way from one concept up to a common ancestor and down to another; empty where one is missing.

    Where they have none in common, or the way over the root above all roots is shorter, it leads over their roots.
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
        up, down = _way_up(source, common, ontology), _way_up(target, common, ontology)[-2::-1]
        ways = ["", *["up"] * (len(up) - 1), *["down"] * len(down)]
    else:
        up, down = _way_up(source, None, ontology), _way_up(target, None, ontology)[::-1]
        ways = ["", *["up"] * (len(up) - 1), "over", *["down"] * (len(down) - 1)]
    return tuple(Step(_named(each, ontology), way) for each, way in zip([*up, *down], ways, strict=True))


def _way_up(concept: str, end: str | None, ontology: Ontology) -> list[str]:
    """The concepts on a shortest way up to an ancestor, or to the nearest root, both ends among them."""
    way = [concept]
    while way[-1] != end and (parents := ontology.concepts[way[-1]].parents):
        if end is None:
            way.append(min(parents, key=ontology.depth))
        else:
            way.append(min(parents, key=lambda each: ontology.ancestors(each).get(end, len(ontology))))
    return way


def _named(concept_id: str, ontology: Ontology) -> Named:
    return Named(concept_id, ontology.concepts[concept_id].label)
