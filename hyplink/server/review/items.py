"""The items of a text under review: its links and decisions, and the order in which to look at them."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hyplink.linking.link import Link
from hyplink.ontology import Ontology
from hyplink.pipeline.decisions import Decision, Span


class Item(NamedTuple):
    """A span with its link, its decision, or both."""

    start: int
    end: int
    link: Link | None
    decision: Decision | None


def items_of(links: Sequence[Link], decisions: Mapping[Span, Decision]) -> list[Item]:
    """The links and the decisions of a text, in text order; a decision hides the links that overlap it."""
    by_span = {(link.start, link.end): link for link in links}
    items = [Item(*span, by_span.get(span), decision) for span, decision in decisions.items()]
    items += [
        Item(link.start, link.end, link, None)
        for link in links
        if not any(link.start < end and start < link.end for start, end in decisions)
    ]
    return sorted(items, key=lambda item: (item.start, item.end))


def review_order(items: Sequence[Item]) -> list[int]:
    """The indices of the items without a decision, the most informative first.

    One item of all words comes before the second one of any, and the most doubtful words first: those with the greatest
    sum of doubts over their items. A decision is learned as a name, and so decides on the same words elsewhere.
    """
    undecided = [i for i, item in enumerate(items) if item.link and not item.decision]
    doubts, seen, turns = defaultdict[str, float](float), Counter[str](), dict[int, int]()
    for i in undecided:
        words = _words(items[i])
        doubts[words] += _doubt(items[i].link)
        turns[i] = seen[words]
        seen[words] += 1
    return sorted(undecided, key=lambda i: (turns[i], -doubts[_words(items[i])], i))


def as_json(item: Item, text: str, ontology: Ontology) -> dict[str, Any]:
    """An item as the page reads it."""
    link, decision = item.link, item.decision
    return {
        "start": item.start,
        "end": item.end,
        "text": text[item.start : item.end],
        "link": None if link is None else link.as_json(),
        "decision": None
        if decision is None
        else {
            "action": decision.action,
            "concept": decision.concept,
            "label": _label(decision.concept, ontology),
        },
    }


def _label(concept_id: str | None, ontology: Ontology) -> str | None:
    concept = ontology.concepts.get(concept_id or "")
    return concept.label if concept else concept_id


def _words(item: Item) -> str:
    return item.link.text.casefold() if item.link else ""


def _doubt(link: Link | None) -> float:
    """The probability that a link is wrong, by its confidence, or by the scores of its candidates without one."""
    if link is None or link.answer is None:
        return 1.0
    certainty = math.exp(min(link.answer.score, 0.0)) if link.confidence is None else link.confidence
    return max(1.0 - certainty, 1e-6)
