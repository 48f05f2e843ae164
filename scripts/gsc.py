"""The GSC+ corpus of phenotypes (Lobo et al., "Identifying human phenotype terms", 2017) as annotated documents.

A document is a line with its id, a line with its text, and a line for each mention: start, end, words, concept id.
Blank lines stand between documents.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hyplink.errors import InputError


def write_gsc_as_jsonl(source: Path, target: Path) -> None:
    """Writes the documents of a GSC+ file as the JSON Lines that hyplink reads; leaves an up-to-date file unchanged.

    Raises:
        InputError: the file is not a GSC+ file.
    """
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in _documents(source))
    if not target.exists() or target.read_text(encoding="utf-8") != lines:
        target.write_text(lines, encoding="utf-8")


def _documents(source: Path) -> Iterator[dict[str, Any]]:
    line_number = 1
    for block in source.read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
        doc_id, text, *rows = block.split("\n")
        mentions = [_mention(row, source, line_number + 2 + i) for i, row in enumerate(rows)]
        yield {"doc": doc_id, "text": text, "mentions": mentions}
        line_number += block.count("\n") + 2


def _mention(row: str, source: Path, line_number: int) -> dict[str, Any]:
    try:
        start, end, words, concept = row.split("\t")
        return {"start": int(start), "end": int(end), "text": words, "concepts": [concept.strip()]}
    except ValueError as error:
        raise InputError.at(source, line_number, f"{row!r} is no row of start, end, words, concept id") from error
