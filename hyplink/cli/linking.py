"""`hyplink link`: files go in one after the other, links come out as they are found."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import tee
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hyplink.confidence.calibration import Uncalibrated
from hyplink.config import InputFormat, LinkFormat
from hyplink.corpus import CorpusReport, Document, InputFile, input_files, read_file
from hyplink.errors import HyplinkError, InputError
from hyplink.export.formats import link_format_of, link_pieces, write_linked_brat
from hyplink.export.linked import Linked
from hyplink.linking.linker import Linker
from hyplink.run import Reporter, counted, replacing


class Demands(NamedTuple):
    """What is asked of the links: how many candidates, how much confidence, mentions within mentions or not."""

    top_k: int | None
    min_confidence: float | None
    nested: bool


def link_files(
    linker: Linker,
    paths: Sequence[str],
    input_format: InputFormat,
    output: Path | None,
    output_format: LinkFormat | None,
    demands: Demands,
    reporter: Reporter,
) -> None:
    """Links the documents of files and writes the links; a bad file is told of and passed over.

    Raises:
        InputError: a file could not be read, and the others were linked; the format needs an output to be named; or
            confidence is demanded where there is none.
        HyplinkError: the output cannot be written.
    """
    link_format = output_format or link_format_of(output)
    if output is None and link_format in ("brat", "docbin"):
        raise InputError(f"--output-format {link_format} is no text for the terminal; name an --output")
    files, report = _Files(input_files(paths, input_format), input_format), CorpusReport()
    start = time.perf_counter()
    linked = files.linked(linker, demands)
    if link_format == "brat" and output is not None:
        with _telling(output):
            write_linked_brat(output, linked, linker.ontology)
    else:
        with _writing(output) as out:
            for piece in link_pieces(linked, link_format, linker.ontology, report):
                out.write(piece)
    seconds, said = time.perf_counter() - start, [f"{what}: {n:,}" for what, n in report.noticed.items()]
    links, documents = counted(files.n_links, "mention"), counted(files.n_documents, "document")
    reporter.line("; ".join([f"{links} linked in {documents}, {seconds:.1f} s", *said]))
    if isinstance(linker.calibration, Uncalibrated):
        reporter.line(f"the links have no confidence: {linker.calibration.reason}")
    if files.n_bad:
        raise InputError(f"{counted(files.n_bad, 'file')} of {len(files)} passed over; see above")


class _Files:
    """The documents of many files; a bad file is told of on standard error and passed over, the only one raises."""

    def __init__(self, files: Sequence[InputFile], input_format: InputFormat) -> None:
        self._files, self._format = files, input_format
        self.n_documents = self.n_links = self.n_bad = 0

    def __len__(self) -> int:
        return len(self._files)

    def linked(self, linker: Linker, demands: Demands) -> Iterator[Linked]:
        """Each document with its links."""
        documents, again = tee(self._documents())
        for document, links in zip(again, linker.link_many(documents, **demands._asdict()), strict=True):
            self.n_links += len(links)
            yield Linked(document, links)

    def _documents(self) -> Iterator[Document]:
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
def _writing(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name when it is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _telling(path), replacing(path) as temporary, temporary.open("wb") as out:
        yield out


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HyplinkError(f"{path}: cannot write the links: {error.strerror}") from error
