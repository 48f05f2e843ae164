"""Links as JSON Lines, which `hyplink link` writes, as a table of links.

{"doc": "…", "start": 10, "end": 21, "text": "…", "concept": "DOID:…", …}
"""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ValidationError

from hyplink.corpus.formats.table_rows import Row, Table
from hyplink.corpus.lines import Line
from hyplink.errors import InputError


class _Link(BaseModel):
    doc: str
    start: int
    text: str
    concept: str | None
    proposed: str | None = None
    checked: bool | str | None = None


def is_link_line(line: Line) -> bool:
    """Whether a line is a link, and not a document."""
    try:
        _Link.model_validate_json(line.content(), strict=True)
    except ValidationError:
        return False
    return True


def table_of_link_lines(path: str, lines: Iterable[Line]) -> Table:
    """The links of a file as rows. Blank lines are ignored.

    Raises:
        InputError: a line is not a link (file and line), while the rows are read.
    """
    return Table(path, ("doc", "start", "text", "concept", "proposed", "checked"), _rows(lines))


def _rows(lines: Iterable[Line]) -> Iterator[tuple[int, Row]]:
    for line in lines:
        if not line.content().strip():
            continue
        try:
            link = _Link.model_validate_json(line.content(), strict=True)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            field = ".".join(map(str, fault["loc"]))
            raise _not_a_link(line, f"{field}: {fault['msg']}" if field else fault["msg"]) from None
        yield line.number, _cells(link)


def _cells(link: _Link) -> Row:
    cells = {"doc": link.doc, "text": link.text, "start": "", "concept": link.concept or ""}
    if "proposed" in link.model_fields_set:
        cells |= {"proposed": link.proposed or "", "checked": "yes" if link.checked else ""}
    return cells


def _not_a_link(line: Line, fault: str) -> InputError:
    return line.error(f'{fault}; expected a link as in the first line: {{"doc": "…", "start": 0, "text": "…", …}}')
