"""`hyplink link`: files go in one after the other, links come out as they are found."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from hyplink.config import InputFormat
from hyplink.corpus import Document, InputFile, input_files, read_file
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.run import Reporter, replacing

OutputFormat = Literal["jsonl", "tsv"]

TSV_COLUMNS = ("doc", "start", "end", "text", "concept", "label", "score", "distance", "confidence")


def link_files(
    linker: Linker,
    paths: Sequence[str],
    input_format: InputFormat,
    output: Path | None,
    output_format: OutputFormat,
    top_k: int,
    reporter: Reporter,
) -> int:
    """Links the documents of files and writes the links; gives the number of files that had to be passed over.

    Raises:
        InputError: a path does not exist.
        HyplinkError: the output cannot be written.
    """
    files = _Files(list(input_files(paths, input_format)), input_format, reporter)
    start, n_links = time.perf_counter(), 0
    with _writing(output) as out:
        if output_format == "tsv":
            out.write("\t".join(TSV_COLUMNS) + "\n")
        for links in linker.link_many(files.documents(), top_k):
            n_links += len(links)
            out.writelines(_line(link, output_format) for link in links)
    seconds = time.perf_counter() - start
    reporter.line(
        f"{n_links:,} mentions linked in {files.n_documents:,} documents, {seconds:.1f} s"
        + (f"; {files.n_bad} files passed over" if files.n_bad else "")
    )
    return files.n_bad


class _Files:
    """The documents of many files; a bad file is reported and passed over."""

    def __init__(self, files: list[InputFile], input_format: InputFormat, reporter: Reporter) -> None:
        self._files, self._format, self._reporter = files, input_format, reporter
        self.n_documents = self.n_bad = 0

    def documents(self) -> Iterator[Document]:
        for file in self._files:
            try:
                for document in read_file(file, self._format):
                    self.n_documents += 1
                    yield document
            except InputError as error:
                self.n_bad += 1
                self._reporter.line(f"passed over: {error}")


@contextmanager
def _writing(path: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a file that takes its name when it is whole."""
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise HyplinkError(f"{path}: cannot write the links: {error.strerror}") from error


def _line(link: Link, output_format: OutputFormat) -> str:
    fields = link.as_json()
    if output_format == "jsonl":
        return json.dumps(fields, ensure_ascii=False) + "\n"
    return "\t".join(_cell(fields[column]) for column in TSV_COLUMNS) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else " ".join(str(value).split())
