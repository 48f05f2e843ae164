r"""Ontologies as CSV or TSV tables, with one concept a row and one property a column.

Several values of a cell are separated by `|`, as in `heart attack|MI`; see `table_cells`. A concept may have several
rows, whose values are combined.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from textwrap import shorten
from typing import get_args

from hyplink.config import Column
from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope, Synonym
from hyplink.ontology.lines import read_text
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.problems import ProblemLog
from hyplink.ontology.table_cells import cell_of, log_unread_columns, separator_of, values_of, with_parents_resolved
from hyplink.reading.csv_rows import advice_on_headings
from hyplink.reading.sheets import SHEETS, sheet_rows

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

_LINE_END = re.compile(r"[\r\n]")

Rows = Sequence[Mapping[Column, str]]
"""The cells of each row of one concept, by column."""


def is_table(path: Path, columns: Mapping[Column, str]) -> bool:
    """Whether the first line of a file is a header with columns for id and label."""
    header = {heading.strip().lower() for heading in _split(_first_line(read_text(path)))}
    return {columns.get("id", "id").lower(), columns.get("label", "label").lower()} <= header


def read_table(path: Path, columns: Mapping[Column, str], sheet: str | None = None) -> Ontology:
    """The ontology of a table with a header.

    Parents may be given as ids or as labels that are unique. Columns that are not read, cells beyond the header and a
    separator other than `|` are among the problems of the ontology.

    Args:
        path: the table, delimited by tabs, commas or semicolons, plain or gzip-compressed.
        columns: the table's headings for names of `COLUMNS`; the heading of any other column is its name.
        sheet: the name of the sheet of a workbook; None for the first one.

    Raises:
        InputError: the file cannot be read, a sheet or a required column is missing, or a row has no id (file and
            line).
    """
    log, unread = ProblemLog(), list[str]()
    rows = _rows(path, sheet, unread)
    _, header = next(rows, (0, None))
    if header is None:
        raise InputError.at(path, 1, "no header; expected one with columns id and label")
    positions = _positions(path, header, columns, unread)
    for name in unread:
        log.add("unread-sheet", repr(name))
    log_unread_columns(header, positions, COLUMNS, log)
    by_id: dict[str, list[dict[Column, str]]] = {}
    for line, cells in rows:
        row = {name: cells[i].strip() for name, i in positions.items() if i < len(cells)}
        if not row.get("id"):
            raise InputError.at(path, line, f"no id in column {columns.get('id', 'id')!r}; give the row one")
        if any(map(str.strip, cells[len(header) :])):
            log.add("long-row", f"line {line}")
        by_id.setdefault(row["id"], []).append(row)
    separators = _separators(list(by_id.values()), {name: header[i].strip() for name, i in positions.items()}, log)
    concepts = [_concept(concept_id, its_rows, separators, log) for concept_id, its_rows in by_id.items()]
    resolved = list(with_parents_resolved(concepts, log))
    return Ontology(resolved, source=path.name, problems=log.problems())


def _separators(rows: Sequence[Rows], headings: Mapping[Column, str], log: ProblemLog) -> dict[Column, str]:
    """The separator of each column of lists. Parents are split when they are resolved, by the ids and labels known."""
    separators: dict[Column, str] = {}
    for name in (*SYNONYM_COLUMNS, *LISTS):
        if name in headings and name != "parents":
            cells = [row[name] for its_rows in rows for row in its_rows if row.get(name)]
            separators[name] = separator_of(headings[name], cells, log)
    return separators


def _rows(path: Path, sheet: str | None, unread: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not empty, including the header; see `sheet_rows`."""
    if path.suffix.lower() in SHEETS:
        yield from ((number, cells) for number, cells in sheet_rows(path, sheet, unread) if any(cells))
        return
    text = read_text(path)
    rows = csv.reader(chain(io.StringIO(text, newline=""), [END]), delimiter=_delimiter(_first_line(text)))
    line, cells = 1, [""]
    try:
        for cells in rows:
            if cells and cells[-1].endswith(END):
                break
            if any(cells):
                yield line, cells
            line = rows.line_num + 1
    except csv.Error:
        if rows.line_num == line:
            message = f"a cell of more than {csv.field_size_limit():,} characters; expected a table"
            raise InputError.at(path, line, message) from None
        cells = []
    if cells != [END]:
        raise InputError.at(path, line, "a quotation mark opens a cell in this row and is never closed; close it")


def _first_line(text: str) -> str:
    return _LINE_END.split(text, maxsplit=1)[0]


def _split(line: str) -> list[str]:
    """The cells of a line; none if it is not the line of a table."""
    try:
        return next(csv.reader([line], delimiter=_delimiter(line)), [])
    except csv.Error:  # a cell of more than 128 KiB
        return []


def _delimiter(line: str) -> str:
    """A tab if the line contains one, otherwise the more frequent of comma and semicolon."""
    return "\t" if "\t" in line else max(",;", key=line.count)


def _positions(
    path: Path, header: list[str], columns: Mapping[Column, str], unread_sheets: Sequence[str]
) -> dict[Column, int]:
    """The position of each column that the table has."""
    found = {heading.strip().lower(): i for i, heading in reversed(list(enumerate(header)))}
    headings = {name: columns.get(name, name).lower() for name in COLUMNS}
    for name in ("id", "label", *columns):
        if headings[name] not in found:
            brief = (repr(shorten(each, HEADING_LENGTH, placeholder="…")) for each in header[:HEADINGS_SHOWN])
            shown = ", ".join(brief) + (", …" if len(header) > HEADINGS_SHOWN else "")
            sheets = ", ".join(map(repr, unread_sheets[:HEADINGS_SHOWN]))
            shown += (
                f", and other sheets are {sheets}: choose one with data.ontology_sheet (`convert`: --sheet)"
                if sheets
                else ""
            )
            raise InputError.at(
                path,
                1,
                f"no column {columns.get(name, name)!r} for {name}; the table has {shown}."
                f"{advice_on_headings(header)} "
                "Name the columns in data.columns, for example {id: code, label: title, parents: broader}",
            )
    return {name: found[heading] for name, heading in headings.items() if heading in found}


def _concept(concept_id: str, rows: Rows, separators: Mapping[Column, str], log: ProblemLog) -> Concept:
    def values(name: Column) -> tuple[str, ...]:
        cells = (row.get(name, "") for row in rows)
        return tuple(dict.fromkeys(each for cell in cells for each in values_of(cell, separators.get(name, "|"))))

    labels = list(dict.fromkeys(row["label"] for row in rows if row.get("label")))
    if len(labels) > 1:
        log.add("several-labels", f"{concept_id}: {labels[0]!r}, {labels[1]!r}")
    other_labels = [Synonym(label) for label in labels[1:]]
    synonyms = [Synonym(text, scope) for name, scope in SYNONYM_COLUMNS.items() for text in values(name)]
    parents, alternative_ids, cross_references, replaced_by = map(values, LISTS)
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


def table_text(ontology: Ontology, delimiter: str) -> str:
    """The ontology as a table; `read_table` reads the same ontology back, without release and synonym types."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    rows.writerow(COLUMNS)
    quoted = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for concept in (*ontology.concepts.values(), *ontology.obsolete.values()):
        cells = [_cells(concept)[name] for name in COLUMNS]
        # csv quotes a line feed by itself, but not a lone carriage return, which ends a row as well
        (quoted if any("\r" in cell for cell in cells) else rows).writerow(cells)
    return out.getvalue()


def _cells(concept: Concept) -> dict[str, str]:
    texts = {name: [s.text for s in concept.synonyms if s.scope == scope] for name, scope in SYNONYM_COLUMNS.items()}
    lists = {name: getattr(concept, name) for name in LISTS}
    return {
        "id": concept.concept_id,
        "label": concept.label,
        "definition": concept.definition or "",
        "obsolete": "true" if concept.obsolete else "",
        **{name: cell_of(values) for name, values in (texts | lists).items()},
    }
