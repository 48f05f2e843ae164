"""Runs the commands of a page's `console` blocks and replaces the output below each by what it prints now.

Usage: python scripts/renew_docs.py docs/tutorial.md …

The pages are run one after the other in a new folder, with the repository's configs/ and data/ in it. An output that
ends in a line `…` is cut to as many lines as it has now. Tab-separated cells are aligned in columns.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from pathlib import Path

from doc_blocks import PROMPT, ROOT, blocks_of

CUT = "…"


def main() -> None:
    """Reads the command line, renews the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="+", help="Markdown files")
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        for name in ("configs", "data"):
            (Path(folder) / name).symlink_to(ROOT / name)
        for page in pages:
            page.write_text(renewed(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


def renewed(text: str, folder: Path) -> str:
    """The page with new outputs of its commands, which are run in a folder, in order."""
    pieces, end = [], 0
    for block in blocks_of(text):
        if block.title:
            (folder / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            start, stop = block.span
            lines = (line for entry in entries_of(block.text) for line in renewed_entry(entry, folder))
            pieces += [text[end:start], *(f"{line}\n" for line in lines)]
            end = stop
    return "".join([*pieces, text[end:]])


def entries_of(block: str) -> Iterator[list[str]]:
    """The lines of a block, a list for each command: first the command with its continuation lines, then the output."""
    entry: list[str] = []
    for line in block.splitlines():
        if line.startswith(PROMPT) and entry:
            yield entry
            entry = []
        entry.append(line)
    yield entry


def renewed_entry(entry: list[str], folder: Path) -> list[str]:
    """The lines of a command and of what it prints now."""
    n_command = next(i for i, line in enumerate(entry, start=1) if not line.endswith("\\"))
    command, before = entry[:n_command], entry[n_command:]
    now = output_of("\n".join(command).removeprefix(PROMPT), folder)
    is_cut = before[-1:] == [CUT] and len(now) >= len(before)
    return [*command, *(now[: len(before) - 1] if is_cut else now), *([CUT] if is_cut else [])]


def output_of(command: str, folder: Path) -> list[str]:
    """The lines that a command prints on its two streams.

    Raises:
        CalledProcessError: it fails.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=True,
    )
    parts = groupby(ended.stdout.strip("\n").splitlines(), lambda line: "\t" in line)
    return [line for _, part in parts for line in in_line(part)]


def in_line(rows: Iterable[str]) -> Iterator[str]:
    """Rows of tab-separated cells, aligned in columns as wide as their widest cell."""
    cells = [row.split("\t") for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*cells, fillvalue="")]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()


if __name__ == "__main__":
    main()
