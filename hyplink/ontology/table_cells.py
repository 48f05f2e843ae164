r"""Cells of a table that hold several values, and what of a table's header and cells is not read as it stands.

Values are separated by `|`; a `|` within a value is written `\|`. If no cell of a column contains a `|`, but some
contain a `;`, the values of that column are taken to be separated by `;`, and this is reported.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from hyplink.config import Column
from hyplink.ontology.concept import Concept
from hyplink.ontology.problems import ProblemLog

_VALUE = {separator: re.compile(rf"(?:\\[\\|;]|[^{separator}])+") for separator in "|;"}
_ESCAPED = re.compile(r"\\([\\|;])")
_TO_ESCAPE = re.compile(r"[|;]|\\(?=[\\|;]|$)")


def values_of(cell: str, separator: str = "|") -> list[str]:
    """The values of a cell, without surrounding whitespace and escapes; empty ones are left out."""
    parts = (part.strip() for part in _VALUE[separator].findall(cell))
    return [_ESCAPED.sub(r"\1", part) for part in parts if part]


def cell_of(values: Iterable[str]) -> str:
    """The inverse of `values_of`, with `|` between the values."""
    return "|".join(_TO_ESCAPE.sub(r"\\\g<0>", value) for value in values)


def separator_of(column: str, cells: Sequence[str], log: ProblemLog) -> str:
    """The separator of a column of lists: `;` if some cell contains one and no cell contains a `|`, otherwise `|`.

    Logs a guessed separator, and commas that may have been meant as one: names contain commas, so they are not split.
    """
    if any(len(values_of(cell)) > 1 for cell in cells):
        return "|"
    n_separated = sum(len(values_of(cell, ";")) > 1 for cell in cells)
    if with_comma := [cell for cell in cells if ", " in cell]:
        log.add("unsplit-commas", f"{column!r}, {len(with_comma):,} of {len(cells):,} cells, such as {with_comma[0]!r}")
    if n_separated:
        log.add("guessed-separator", f"{column!r}, {n_separated:,} of {len(cells):,} cells")
    return ";" if n_separated else "|"


def log_unread_columns(
    header: Sequence[str], read: Mapping[Column, int], known: Sequence[Column], log: ProblemLog
) -> None:
    """Logs the columns that are not read, those first whose heading resembles the name of a column that is missing."""
    missing = [name for name in known if name not in read]
    unread = [heading.strip() for i, heading in enumerate(header) if i not in read.values() and heading.strip()]
    similar = {heading: get_close_matches(heading.lower(), missing, n=1, cutoff=0.8) for heading in unread}
    for heading in sorted(unread, key=lambda each: not similar[each]):
        hint = f"; set data.columns to {{{similar[heading][0]}: {heading}}} to read it" if similar[heading] else ""
        log.add("unread-column", f"{heading!r}{hint}")


def with_parents_resolved(concepts: Sequence[Concept], log: ProblemLog) -> Iterator[Concept]:
    """The concepts of a table, where parents that are given as labels are replaced by the ids of these concepts.

    A parent that is neither an id nor a label is split at `;` or `,` if this gives ids or labels. What cannot be
    resolved is kept, and dropped by the repair of the hierarchy, which counts it.
    """
    resolve = _parent_resolver(concepts)
    for concept in concepts:
        parents: list[str] = []
        for given in concept.parents:
            found = _split_parents(concept, given, resolve, log)
            parents += [given] if found is None else found
        yield replace(concept, parents=tuple(dict.fromkeys(parents)))


Resolve = Callable[[str], Sequence[str]]
"""The ids that a parent may mean: itself if it is an id, otherwise the concepts with this label."""


def _parent_resolver(concepts: Sequence[Concept]) -> Resolve:
    ids = {concept.concept_id for concept in concepts}
    by_label: dict[str, list[str]] = {}
    for concept in concepts:
        if concept.label:
            by_label.setdefault(_key(concept.label), []).append(concept.concept_id)
    return lambda given: [given] if given in ids else by_label.get(_key(given), [])


def _split_parents(concept: Concept, given: str, resolve: Resolve, log: ProblemLog) -> list[str] | None:
    """The ids that one value of the column of parents means; None if nothing is known about it."""
    if not resolve(given):
        for separator, enough in ((";", any), (",", all)):
            parts = [part.strip() for part in given.split(separator) if part.strip()]
            if len(parts) > 1 and enough(map(resolve, parts)):
                log.add("split-parents", f"{concept.concept_id}: {given!r}")
                return [each for part in parts for each in _resolved(concept, part, resolve, log)]
        return None
    return _resolved(concept, given, resolve, log)


def _resolved(concept: Concept, given: str, resolve: Resolve, log: ProblemLog) -> list[str]:
    """The id of a parent; none if several concepts other than the child have its label."""
    found = list(resolve(given))
    if found in ([given], []):
        return [given]
    found = [each for each in found if each != concept.concept_id] or found
    if len(found) > 1:
        log.add("ambiguous-parent", f"{concept.concept_id}: {given!r} is the label of {', '.join(found[:3])}")
        return []
    log.add("parent-by-label", f"{concept.concept_id}: {given!r} is {found[0]}")
    return found


def _key(label: str) -> str:
    return " ".join(label.casefold().split())
