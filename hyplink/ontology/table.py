r"""Ontologies as CSV or TSV tables, with one concept a row and one property a column.

Several values of a cell are separated by `|`, as in `heart attack|MI`; a `|` within a value is written `\|`. A concept
may have several rows, whose values are combined.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from textwrap import shorten
from typing import get_args

from hyplink.config import Column
from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope, Synonym
from hyplink.ontology.lines import read_text
from hyplink.ontology.ontology import Ontology

SYNONYM_COLUMNS: Mapping[Column, Scope] = {
    "synonyms": "EXACT",
    "narrow_synonyms": "NARROW",
    "broad_synonyms": "BROAD",
    "related_synonyms": "RELATED",
}
LISTS: tuple[Column, ...] = ("parents", "alternative_ids", "cross_references", "replaced_by")
COLUMNS: tuple[Column, ...] = get_args(Column)
TRUE = frozenset({"true", "yes", "1"})

HEADINGS_SHOWN, HEADING_LENGTH = 12, 40
END = "\x1a"
"""Appended as the last line. If it is read as part of a cell, the quotation marks of that cell were never closed."""

_SEPARATOR = re.compile(r"(?<!\\)\|")


def is_table(path: Path, columns: Mapping[Column, str]) -> bool:
    """Whether the first line of a file is a header with columns for id and label."""
    header = {heading.strip().lower() for heading in _split(read_text(path).partition("\n")[0])}
    return {columns.get("id", "id").lower(), columns.get("label", "label").lower()} <= header


def read_table(path: Path, columns: Mapping[Column, str]) -> Ontology:
    """The ontology of a table with a header. Unknown columns are ignored.

    Args:
        path: the table, delimited by tabs, commas or semicolons, plain or gzip-compressed.
        columns: the table's headings for names of `COLUMNS`; the heading of any other column is its name.

    Raises:
        InputError: the file cannot be read, a required column is missing, or a row has no id (file and line).
    """
    rows = _rows(path)
    _, header = next(rows)
    positions = _positions(path, header, columns)
    by_id: dict[str, list[dict[Column, str]]] = {}
    for line, cells in rows:
        row = {name: cells[i].strip() for name, i in positions.items() if i < len(cells)}
        if not row.get("id"):
            raise InputError.at(path, line, f"no id in column {columns.get('id', 'id')!r}; give the row one")
        by_id.setdefault(row["id"], []).append(row)
    return Ontology((_concept(*each) for each in by_id.items()), source=path.name)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not empty, including the header."""
    text = read_text(path)
    rows = csv.reader(chain(io.StringIO(text, newline=""), [END]), delimiter=_delimiter(text.partition("\n")[0]))
    line, cells = 1, [""]
    try:
        for cells in rows:
            if cells and cells[-1].endswith(END):
                break
            if any(cells):
                yield line, cells
            line = rows.line_num + 1
    except csv.Error:  # a cell of more than 128 KiB
        cells = []
    if cells != [END]:
        raise InputError.at(path, line, "a quotation mark opens a cell in this row and is never closed; close it")


def _split(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _delimiter(line: str) -> str:
    """A tab if the line contains one, otherwise the more frequent of comma and semicolon."""
    return "\t" if "\t" in line else max(",;", key=line.count)


def _positions(path: Path, header: list[str], columns: Mapping[Column, str]) -> dict[Column, int]:
    """The position of each column that the table has."""
    found = {heading.strip().lower(): i for i, heading in reversed(list(enumerate(header)))}
    headings = {name: columns.get(name, name).lower() for name in COLUMNS}
    for name in ("id", "label", *columns):
        if headings[name] not in found:
            brief = (repr(shorten(each, HEADING_LENGTH, placeholder="…")) for each in header[:HEADINGS_SHOWN])
            shown = ", ".join(brief) + (", …" if len(header) > HEADINGS_SHOWN else "")
            raise InputError.at(
                path,
                1,
                f"no column {columns.get(name, name)!r} for {name}; the table has {shown}. "
                "Name the columns in data.columns, for example {id: code, label: title, parents: broader}",
            )
    return {name: found[heading] for name, heading in headings.items() if heading in found}


def _concept(concept_id: str, rows: list[dict[Column, str]]) -> Concept:
    labels = list(dict.fromkeys(row["label"] for row in rows if row.get("label")))
    other_labels = [Synonym(label) for label in labels[1:]]
    synonyms = [Synonym(text, scope) for name, scope in SYNONYM_COLUMNS.items() for text in _values(name, rows)]
    parents, alternative_ids, cross_references, replaced_by = (tuple(_values(name, rows)) for name in LISTS)
    return Concept(
        concept_id=concept_id,
        label=labels[0] if labels else "",
        synonyms=tuple(dict.fromkeys([*other_labels, *synonyms])),
        definition=next((row["definition"] for row in rows if row.get("definition")), None),
        obsolete=any(row.get("obsolete", "").lower() in TRUE for row in rows),
        parents=parents,
        alternative_ids=alternative_ids,
        cross_references=cross_references,
        replaced_by=replaced_by,
    )


def _values(name: Column, rows: Iterable[dict[Column, str]]) -> Iterator[str]:
    """The distinct values of one column in all rows of a concept."""
    cells = (part for row in rows for part in _SEPARATOR.split(row.get(name, "")))
    return iter(dict.fromkeys(value for cell in cells if (value := cell.strip().replace("\\|", "|"))))


def table_text(ontology: Ontology, delimiter: str) -> str:
    """The ontology as a table; `read_table` reads the same ontology back, without release and synonym types."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    rows.writerow(COLUMNS)
    for concept in (*ontology.concepts.values(), *ontology.obsolete.values()):
        rows.writerow(map(_cells(concept).__getitem__, COLUMNS))
    return out.getvalue()


def _cells(concept: Concept) -> dict[str, str]:
    texts = {name: [s.text for s in concept.synonyms if s.scope == scope] for name, scope in SYNONYM_COLUMNS.items()}
    lists = {name: getattr(concept, name) for name in LISTS}
    return {
        "id": concept.concept_id,
        "label": concept.label,
        "definition": concept.definition or "",
        "obsolete": "true" if concept.obsolete else "",
        **{name: "|".join(value.replace("|", "\\|") for value in values) for name, values in (texts | lists).items()},
    }
