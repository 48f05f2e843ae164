"""`hyplink link`: files go in one after the other, links come out as they are found."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, NamedTuple

from hyplink.config import InputFormat
from hyplink.corpus import Document, InputFile, input_files, read_file
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.calibrate import Uncalibrated
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.run import Reporter, counted, replacing

OutputFormat = Literal["jsonl", "tsv"]

TSV_COLUMNS = ("doc", "start", "end", "text", "concept", "label", "score", "distance", "confidence")


class Demands(NamedTuple):
    """What is asked of every link: how many candidates, and how much confidence, if any."""

    top_k: int
    min_confidence: float | None


def link_files(
    linker: Linker,
    paths: Sequence[str],
    input_format: InputFormat,
    output: Path | None,
    output_format: OutputFormat,
    demands: Demands,
    reporter: Reporter,
) -> None:
    """Links the documents of files and writes the links; a bad file is told of and passed over.

    Raises:
        InputError: a file could not be read, and the others were linked; or confidence is demanded where there is none.
        HyplinkError: the output cannot be written.
    """
    files = _Files(input_files(paths, input_format), input_format)
    start, n_links = time.perf_counter(), 0
    with _writing(output) as out:
        if output_format == "tsv":
            out.write("\t".join(TSV_COLUMNS) + "\n")
        for links in linker.link_many(files.documents(), *demands):
            n_links += len(links)
            out.writelines(_line(link, output_format) for link in links)
    seconds = time.perf_counter() - start
    reporter.line(f"{counted(n_links, 'mention')} linked in {counted(files.n_documents, 'document')}, {seconds:.1f} s")
    if isinstance(linker.calibration, Uncalibrated):
        reporter.line(f"the links have no confidence: {linker.calibration.reason}")
    if files.n_bad:
        raise InputError(f"{counted(files.n_bad, 'file')} of {len(files)} passed over; see above")


class _Files:
    """The documents of many files; a bad file is told of on standard error and passed over, the only one raises."""

    def __init__(self, files: Sequence[InputFile], input_format: InputFormat) -> None:
        self._files, self._format = files, input_format
        self.n_documents = self.n_bad = 0

    def __len__(self) -> int:
        return len(self._files)

    def documents(self) -> Iterator[Document]:
        for file in self._files:
            try:
                for document in read_file(file, self._format):
                    self.n_documents += 1
                    yield document
            except InputError as error:
                if len(self) == 1:
                    raise
                self.n_bad += 1
                sys.stderr.write(f"hyplink: passed over: {error}\n")


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
