"""Links one per line: JSON Lines with every field, and TSV with the main columns."""

import json
from collections.abc import Iterable, Iterator

from hyplink.export.linked_document import LinkedDocument

TSV_COLUMNS = ("doc", "start", "end", "text", "concept", "label", "score", "distance", "confidence")


def jsonl_lines(linked: Iterable[LinkedDocument]) -> Iterator[str]:
    """Each link as one line of JSON."""
    for each in linked:
        for link in each.links:
            yield json.dumps(link.as_json(), ensure_ascii=False) + "\n"


def tsv_lines(linked: Iterable[LinkedDocument]) -> Iterator[str]:
    """A header, then each link as one line of tab-separated cells."""
    yield "\t".join(TSV_COLUMNS) + "\n"
    for each in linked:
        for link in each.links:
            fields = link.as_json()
            yield "\t".join(_cell(fields[column]) for column in TSV_COLUMNS) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else " ".join(str(value).split())
