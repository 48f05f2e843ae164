"""`hyplink explain`: the links of a text with their candidates and the features of these."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hyplink.candidates.matched_names import NameScope
from hyplink.config import InputFormat
from hyplink.corpus import Document, read_documents
from hyplink.linking.explain import (
    FEATURE_DESCRIPTIONS,
    FOUND_AS,
    ExplainedCandidate,
    Explanation,
    explanations,
    with_mention,
)
from hyplink.linking.left_out import LeftOut, names_left_out
from hyplink.linking.linker import Linker
from hyplink.ontology import Ontology
from hyplink.run import Reporter, counted

SCOPES: Mapping[NameScope, str] = {
    "LABEL": "the label",
    "EXACT": "an exact synonym",
    "NARROW": "a narrow synonym",
    "BROAD": "a broad synonym",
    "RELATED": "a related synonym",
    "ANNOTATED": "a wording of the annotated text, in normal form",
}
"""What a name is, in words."""

_OF_TEXT = frozenset(["concept", "label", "parent", "most similar name", "characters", "reason"])

COMPARED = 2
"""The number of candidates whose features are compared: the linked concept and the second best."""


def explain_text(
    linker: Linker,
    text: str,
    mention: str | None,
    input_format: InputFormat,
    top_k: int,
    as_json: bool,
    reporter: Reporter,
) -> None:
    """Prints explanations of the links in a text, or in the documents of a file.

    Raises:
        InputError: a file cannot be read, or `mention` is not in the text.
    """
    documents = documents_of(text, input_format)
    if mention is not None:
        documents = (with_mention(document, mention) for document in documents)
    explained, left_out = list[Explanation](), list[LeftOut]()
    for document in documents:
        links = list(explanations(linker, document, top_k))
        explained += links
        if document.mentions is None:
            left_out += names_left_out(linker.span_finder, document.text, [each.link for each in links])
    if as_json:
        records = [*(each.as_json() for each in explained), *(each.as_json() for each in left_out)]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(highlight=False)
    for each in explained:
        print_explanation(each, console)
    if left_out:
        print_left_out(left_out, linker.ontology, console)
    if not explained:
        # one word may also be the path of a file that is not there
        taken = "" if " " in text or text == "-" or _is_file(text) else f" {text!r}, which is not the name of a file"
        reporter.line(f"no mention was detected in the text{taken}; name one with --mention")


def print_left_out(left_out: Iterable[LeftOut], ontology: Ontology, console: Console) -> None:
    """Prints the names in the text that were not linked, with their reasons."""
    console.print("\n[bold]not linked[/bold]")
    table = _table("name", "characters", "concept", "reason")
    for each in left_out:
        first, *others = (f"{concept} {ontology.concepts[concept].label}" for concept in each.concepts)
        concepts = f"{first} and {counted(len(others), 'other')}" if others else first
        table.add_row(escape(each.text), f"{each.start}–{each.end}", escape(concepts), escape(each.reason))
    console.print(table)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Prints one link: how the mention was detected and normalised, its candidates and their features."""
    link, best = explanation.link, explanation.candidates[0]
    notes = [f"characters {link.start}–{link.end}", *(word for word in ("negated", "uncertain") if getattr(link, word))]
    if link.confidence is not None:
        notes.append(f"confidence {link.confidence:.3f}")
    console.print(f"\n[bold]{escape(link.text)}[/bold]  [dim]{', '.join(notes)}[/dim]")
    if link.match is not None:
        console.print(f"found as: {FOUND_AS[link.match]}{_probability(explanation.mention_probability)}")
    if (answer := best.candidate).matched_name is not None and answer.scope is not None:
        console.print(f"name: {escape(answer.matched_name)} [dim]({SCOPES[answer.scope]})[/dim]")
    if explanation.read_as != link.text:
        console.print(f"read as: {escape(explanation.read_as)}")
    console.print(f"normal form: {escape(explanation.normal_form)}")
    if link.relation not in (None, "exact"):
        broader = f": a kind of {link.broader.label} {link.broader.concept}" if link.broader else ""
        console.print(f"relation: {link.relation}{escape(broader)}{_share(link.relation_confidence)}")
    console.print(f"path: {escape(' › '.join(label for _, label in best.path))}")
    console.print()
    console.print(_candidate_table(explanation))
    console.print()
    console.print(_feature_table(explanation.candidates[:COMPARED]))


def _share(confidence: float | None) -> str:
    return "" if confidence is None else f" (confidence {confidence:.2f})"


def _probability(mention_probability: float) -> str:
    return "" if mention_probability == 1 else f" (mention probability {mention_probability:.0%})"


def documents_of(text: str, input_format: InputFormat) -> Iterator[Document]:
    """The documents of a file if `text` is its path, of standard input if `text` is `-`; else the text itself."""
    if text == "-" or _is_file(text):
        yield from read_documents([text], input_format)
    else:
        yield Document("", text)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # not a possible file name
        return False


def _candidate_table(explanation: Explanation) -> Table:
    table = _table("", "concept", "label", "parent", "score", "dist.", "most similar name")
    for rank, each in enumerate(explanation.candidates, start=1):
        candidate = each.candidate
        distance = "–" if candidate.distance is None else f"{candidate.distance:.2f}"
        score, name = f"{candidate.score:.3f}", _matched_name(each)
        parent = escape(each.path[-2][1]) if len(each.path) > 1 else ""
        table.add_row(str(rank), candidate.concept, escape(candidate.label), parent, score, distance, name)
    return table


def _matched_name(explained: ExplainedCandidate) -> str:
    """The most similar name of a candidate, with `=` before it if it was found in the text."""
    name, scope = explained.candidate.matched_name, explained.candidate.scope
    kind = "" if scope in (None, "LABEL") else f" ({scope.lower()})"
    return f"{'= ' if explained.named else ''}{escape(name or '–')}{kind}"


def _feature_table(compared: tuple[ExplainedCandidate, ...]) -> Table:
    """A row for each feature, by its contribution to the first candidate; features that are 0 for all are left out."""
    table = _table("feature", "weight", *(f"candidate {rank}" for rank in range(1, len(compared) + 1)))
    rows = list(zip(*(each.reasons for each in compared), strict=True))
    for reasons in sorted(rows, key=lambda row: -abs(row[0].value * row[0].weight)):
        if any(reason.value * reason.weight for reason in reasons):
            cells = (f"{reason.value:.2f} → {reason.value * reason.weight:+.2f}" for reason in reasons)
            table.add_row(FEATURE_DESCRIPTIONS[reasons[0].feature], f"{reasons[0].weight:.2f}", *cells)
    totals = (sum(reason.value * reason.weight for reason in each.reasons) for each in compared)
    table.add_row("sum", "", *(f"{total:+.2f}" for total in totals), style="bold")
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="left" if column in _OF_TEXT else "right")
    return table
