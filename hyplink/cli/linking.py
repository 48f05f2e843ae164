"""`hyplink link`: links the documents of files and writes the links as they are computed."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import tee
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hyplink.cli.npy_rows import WriteRows, writing_rows
from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.confidence.calibration import Uncalibrated
from hyplink.config import InputFormat, LinkFormat
from hyplink.corpus import CorpusReport, Document, InputFile, TextColumns, input_files, read_file
from hyplink.errors import InputError
from hyplink.export.formats import BINARY, link_chunks, link_format_of, write_linked_brat
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import Linker, Points
from hyplink.run import Reporter, Run, counted
from hyplink.run.outputs import output_file

_COMPRESSED = frozenset({".gz", ".xz", ".bz2", ".zip", ".zst"})


class Target(NamedTuple):
    """Where and how links are written.

    Attributes:
        output: the output file or folder; None for standard output.
        link_format: the format of the links; None for that of the output's name.
        candidates: whether tables have a row for each candidate.
        replace: whether an existing file is replaced.
    """

    output: Path | None
    link_format: LinkFormat | None
    candidates: bool
    replace: bool


def link_files(
    run: Run,
    paths: Sequence[str],
    input_format: InputFormat,
    columns: TextColumns | None,
    target: Target,
    options: LinkOptions,
    reporter: Reporter,
    points: Path | None = None,
) -> None:
    """Links the documents of files and writes the links; invalid files are reported and skipped.

    Args:
        run: the run to link with.
        paths: files, folders, or `-` for standard input.
        input_format: their format.
        columns: of tables of texts.
        target: where and how the links are written.
        options: how to link.
        reporter: receives messages.
        points: a `.npy` file to which the point of each mention is written, in the order of the links.

    Raises:
        InputError: a file could not be read (the others were linked); the format cannot be written to standard output;
            the output exists or is one of the inputs; or a minimum confidence was given and the run has no confidences.
        RunError: the run is unfinished or damaged.
        HyplinkError: the output cannot be written.
    """
    output = target.output
    if output is not None and output.suffix.lower() in _COMPRESSED:
        raise InputError(f"{output}: links are not written compressed; write {output.with_suffix('')}")
    link_format = target.link_format or link_format_of(output)
    if output is None and link_format in BINARY | {"brat"}:
        raise InputError(f"--output-format {link_format} cannot be written to standard output; give --output")
    if points is not None and (points.suffix != ".npy" or (output and points.resolve() == output.resolve())):
        raise InputError(f"--points {points}: expected a file of its own whose name ends in .npy")
    inputs = input_files(paths, input_format)
    for path in (output, points):
        check_output(path, (file for each in inputs for file in each.files()), run)
        if path is not None and path.is_file() and not target.replace:
            raise InputError(f"{path}: the file exists; choose another name, or replace it with --force")
    report = CorpusReport()
    linker, files = Linker.from_run(run), _Files(inputs, input_format, columns, report)
    start = time.perf_counter()
    regressor = linker.generator.regressor
    with nullcontext() if points is None else writing_rows(points, regressor.point_dim) as write_points:
        linked = files.linked(linker, options, write_points)
        if link_format == "brat" and output is not None:
            with write_errors_explained(output):
                write_linked_brat(output, linked, linker.ontology)
        else:
            with _writing(output) as out:
                for chunk in link_chunks(linked, link_format, linker.ontology, report, target.candidates):
                    out.write(chunk)
    seconds, notices = time.perf_counter() - start, [f"{what}: {n:,}" for what, n in report.notices.items()]
    links, documents = counted(files.n_links, "mention"), counted(files.n_documents, "document")
    reporter.line("; ".join([f"{links} linked in {documents}, {seconds:.1f} s", *notices]))
    if isinstance(linker.calibration, Uncalibrated):
        reporter.line(f"the links have no confidence: {linker.calibration.reason}")
    if files.n_bad:
        raise InputError(f"{counted(files.n_bad, 'file')} of {len(files)} skipped; see above")


class _Files:
    """The documents of files. An invalid file is reported on standard error and skipped, unless it is the only one."""

    def __init__(
        self,
        files: Sequence[InputFile],
        input_format: InputFormat,
        columns: TextColumns | None,
        report: CorpusReport,
    ) -> None:
        self._files, self._format, self._columns, self._report = files, input_format, columns, report
        self.n_documents = self.n_links = self.n_bad = 0

    def __len__(self) -> int:
        return len(self._files)

    def linked(self, linker: Linker, options: LinkOptions, write_points: WriteRows | None) -> Iterator[LinkedDocument]:
        """Each document with its links; the points of their mentions are written, if they are asked for."""
        documents, again = tee(self._documents())
        if write_points is None:
            links_of_documents = linker.link_many(documents, **options._asdict())
        else:
            links_of_documents = _points_written(linker.link_with_points(documents, options), write_points)
        for document, links in zip(again, links_of_documents, strict=True):
            self.n_links += len(links)
            yield LinkedDocument(document, links)

    def _documents(self) -> Iterator[Document]:
        for file in self._files:
            try:
                for document in read_file(file, self._format, self._report, columns=self._columns):
                    self.n_documents += 1
                    yield document
            except InputError as error:
                if len(self) == 1:
                    raise
                self.n_bad += 1
                sys.stderr.write(f"hyplink: skipped: {error}\n")


def _points_written(linked: Iterable[tuple[list[Link], Points]], write_points: WriteRows) -> Iterator[list[Link]]:
    """The links of documents, after the points of their mentions were written."""
    for links, points in linked:
        write_points(points)
        yield links


@contextmanager
def _writing(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that gets its name once it is complete."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with write_errors_explained(path), output_file(path) as temporary, temporary.open("wb") as out:
        yield out
