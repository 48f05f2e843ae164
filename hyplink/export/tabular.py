"""Links one a line: as JSON, which holds all that is known of them, and as a table for the eye."""

import json
from collections.abc import Iterable, Iterator

from hyplink.export.linked import Linked

TSV_COLUMNS = ("doc", "start", "end", "text", "concept", "label", "score", "distance", "confidence")


def jsonl_lines(linked: Iterable[Linked]) -> Iterator[str]:
    """Each link as one line of JSON."""
    for each in linked:
        for link in each.links:
            yield json.dumps(link.as_json(), ensure_ascii=False) + "\n"


def tsv_lines(linked: Iterable[Linked]) -> Iterator[str]:
    """A header, then each link as one line of cells between tabs."""
    yield "\t".join(TSV_COLUMNS) + "\n"
    for each in linked:
        for link in each.links:
            fields = link.as_json()
            yield "\t".join(_cell(fields[column]) for column in TSV_COLUMNS) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else " ".join(str(value).split())
