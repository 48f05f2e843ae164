"""New concepts with their proposed parents, as rows for an editor of the ontology to review.

- OBO: a term for each name, with its most probable parent and the evidence as a comment.
- A ROBOT template (http://robot.obolibrary.org/template): the columns from `probability` on are for the reviewer alone.
- JSON Lines: every proposed parent with its probability and evidence.

New concepts have the ids `NEW:0000001`, `NEW:0000002`, …, to be replaced by ids of the ontology.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from hyplink.errors import InputError
from hyplink.ontology import Concept
from hyplink.ontology.obo_writer import term_lines
from hyplink.placement.placer import Parent, PlacedName

ROBOT_COLUMNS = {
    "id": "ID",
    "label": "LABEL",
    "type": "TYPE",
    "parent": "SC %",
    "definition": "A IAO:0000115",
    "parent label": "",
    "probability": "",
    "evidence": "",
    "other parents": "",
    "siblings": "",
}
"""The headings of a ROBOT template, and the template string of each."""


def text_of_placed_names(placed: Iterable[PlacedName], path: Path) -> str:
    """The text of a file of new concepts, in the format of its suffix.

    Raises:
        InputError: the suffix is of no format.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(f"{path}: cannot tell the format from this name; expected {', '.join(_WRITERS)}")
    return "".join(write(placed))


def _obo_lines(placed: Iterable[PlacedName]) -> Iterator[str]:
    yield "format-version: 1.4\n"
    for new_id, each in _numbered(placed):
        best = each.parents[0]
        concept = Concept(new_id, each.name, definition=each.definition or None, parents=(best.concept,))
        yield from term_lines(concept, _review(best))


def _robot_rows(placed: Iterable[PlacedName], delimiter: str) -> Iterator[str]:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    rows.writerows([ROBOT_COLUMNS.keys(), ROBOT_COLUMNS.values()])
    for new_id, each in _numbered(placed):
        best, *others = each.parents
        rows.writerow(
            [
                new_id,
                each.name,
                "class",
                best.concept,
                each.definition,
                best.label,
                f"{best.probability:.3f}",
                "; ".join(best.evidence),
                "; ".join(f"{parent.concept} {parent.label} ({parent.probability:.3f})" for parent in others),
                "; ".join(f"{concept} {label}" for concept, label in each.siblings),
            ]
        )
    yield out.getvalue()


def _json_lines(placed: Iterable[PlacedName]) -> Iterator[str]:
    return (json.dumps(each.as_json(), ensure_ascii=False) + "\n" for each in placed)


def _numbered(placed: Iterable[PlacedName]) -> Iterator[tuple[str, PlacedName]]:
    return ((f"NEW:{number:07}", each) for number, each in enumerate(placed, start=1))


def _review(parent: Parent) -> str:
    evidence = f", {', '.join(parent.evidence)}" if parent.evidence else ""
    return f"to review: is_a {parent.label} with probability {parent.probability:.3f}{evidence}"


_WRITERS: Mapping[str, Callable[[Iterable[PlacedName]], Iterator[str]]] = {
    ".obo": _obo_lines,
    ".tsv": lambda placed: _robot_rows(placed, "\t"),
    ".csv": lambda placed: _robot_rows(placed, ","),
    ".jsonl": _json_lines,
}
