"""`hyplink link`: links the documents of files and writes the links as they are computed."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property
from itertools import tee
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hyplink.bulk.links import DocumentLinker, parts_of_documents, parts_of_workers
from hyplink.bulk.progress import with_progress
from hyplink.bulk.shards import ShardedOutput, ShardPlan, identity_of
from hyplink.cli.npy_rows import WriteRows, writing_rows
from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.confidence.calibration import Uncalibrated
from hyplink.config import InputFormat, LinkFormat
from hyplink.corpus import CorpusReport, Document, InputFile, TextColumns, check_sheet, input_files, read_file
from hyplink.errors import InputError
from hyplink.export.formats import BINARY, AnnotatedText, link_format_of, link_writer
from hyplink.export.parts import LinkWriter, Part, chunks_of_parts, contents_of_parts, parts_of
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import Linker, Points
from hyplink.run import Reporter, Run, counted
from hyplink.run.outputs import output_file

_READ_IN_FOLDERS: frozenset[LinkFormat] = frozenset({"pubtator", "bioc", "bioc-json", "docbin", "brat"})
"""Formats of links whose files in a folder are read as documents; lines of links are passed over, tables not sought."""

_COMPRESSED = frozenset({".gz", ".xz", ".bz2", ".zip", ".zst"})


class Target(NamedTuple):
    """Where and how links are written.

    Attributes:
        output: the output file or folder; None for standard output.
        link_format: the format of the links; None for that of the output's name.
        candidates: whether tables have a row for each candidate.
        replace: whether an existing file is replaced.
        shard_size: documents in a shard, if the output is a folder of shards; None for a single output.
        resume: whether the shards of an interrupted run are kept.
    """

    output: Path | None
    link_format: LinkFormat | None
    candidates: bool
    replace: bool
    shard_size: int | None = None
    resume: bool = False


class Parallel(NamedTuple):
    """How many processes link, and how long a document may take in one of them, in seconds."""

    workers: int = 1
    seconds: float = 60.0


ONE_PROCESS = Parallel()


class Source(NamedTuple):
    """What is linked.

    Attributes:
        paths: files, folders, or `-` for standard input.
        input_format: their format.
        columns: of tables of texts.
        sheet: of workbooks; None for the first one.
    """

    paths: Sequence[str]
    input_format: InputFormat = "auto"
    columns: TextColumns | None = None
    sheet: str | None = None


def link_files(
    run: Run,
    source: Source,
    target: Target,
    options: LinkOptions,
    reporter: Reporter,
    points: Path | None = None,
    parallel: Parallel = ONE_PROCESS,
) -> None:
    """Links the documents of files and writes the links; invalid files are reported and skipped.

    Args:
        run: the run to link with.
        source: the files, and how they are read.
        target: where and how the links are written.
        options: how to link.
        reporter: receives messages.
        points: a `.npy` file to which the point of each mention is written, in the order of the links.
        parallel: how many processes link.

    Raises:
        InputError: a file could not be read (the others were linked); the format cannot be written to standard output;
            the output exists or is one of the inputs; or a minimum confidence was given and the run has no confidences.
        RunError: the run is unfinished or damaged.
        HyplinkError: the output cannot be written.
    """
    inputs = input_files(source.paths, source.input_format)
    check_sheet(inputs, source.sheet)
    _check_points(target, points, parallel)
    _check_outputs(target, points, inputs, run)
    link_format = _format_of(target)
    _check_not_in_input_folder(target.output, link_format, source.paths)
    report = CorpusReport()
    files = _Files(inputs, source, report)
    shards = _shards(run, files, target, link_format, options)
    if shards is not None and shards.is_complete:
        reporter.line(f"{target.output}: all {counted(len(shards.finished), 'shard')} are finished")
        return
    linker = Linker.from_run(run)
    start = time.perf_counter()
    regressor = linker.generator.regressor
    with nullcontext() if points is None else writing_rows(points, regressor.point_dim) as write_points:
        documents = files.documents() if shards is None else shards.skipped(files.documents())
        writer = link_writer(link_format, linker.ontology, target.candidates)
        parts = _parts(linker, documents, options, writer, parallel, target.shard_size, write_points)
        parts = with_progress(files.counted(parts), files.share, reporter.line)
        if shards is None:
            _write(parts, target, writer, report)
        else:
            with write_errors_explained(shards.folder):
                for _ in shards.write(parts, writer, report):
                    pass
    reporter.line(_summary(files, shards, report, time.perf_counter() - start))
    if isinstance(linker.calibration, Uncalibrated):
        reporter.line(f"the links have no confidence: {linker.calibration.reason}")
    if files.n_bad_members:
        raise InputError(f"{counted(files.n_bad + files.n_bad_members, 'file')} skipped; see above")
    if files.n_bad:
        raise InputError(f"{counted(files.n_bad, 'file')} of {len(files)} skipped; see above")


def _check_outputs(target: Target, points: Path | None, inputs: Sequence[InputFile], run: Run) -> None:
    """Raises an InputError if an output is an input, is in the run, or exists and is not to be replaced."""
    for path in (target.output, points):
        check_output(path, (file for each in inputs for file in each.files()), run)
        if path is not None and path.is_file() and not target.replace:
            raise InputError(f"{path}: the file exists; choose another name, or replace it with --force")


def _shards(
    run: Run, files: "_Files", target: Target, link_format: LinkFormat, options: LinkOptions
) -> ShardedOutput | None:
    """The shards that the links are written to; None if they go to a single output."""
    if target.output is None or target.shard_size is None:
        return None
    given = options._asdict() | {"candidates": target.candidates} | files.source._asdict()
    del given["paths"]  # the files themselves are in the plan
    plan = ShardPlan(identity_of(run), tuple(files.sizes.items()), given, link_format, target.shard_size)
    return ShardedOutput(target.output, plan, resume=target.resume)


def _write(parts: Iterable[Part], target: Target, writer: LinkWriter[Any], report: CorpusReport) -> None:
    """Writes links to a single output as they are computed."""
    if isinstance(writer, AnnotatedText) and writer.corpus_format == "brat" and target.output is not None:
        with write_errors_explained(target.output):
            writer.write_brat(target.output, contents_of_parts(parts, report))
        return
    with _writing(target.output) as out:
        for chunk in chunks_of_parts(parts, writer, report):
            out.write(chunk)


def _summary(files: "_Files", shards: ShardedOutput | None, report: CorpusReport, seconds: float) -> str:
    """What was linked, in one line."""
    links, documents = counted(files.n_links, "mention"), counted(files.n_documents, "document")
    in_shards = [] if shards is None else [f"{counted(len(shards.finished), 'shard')} in {shards.folder}"]
    notices = [f"{what}: {n:,}" for what, n in report.notices.items()]
    return "; ".join([f"{links} linked in {documents}, {seconds:.1f} s", *in_shards, *notices])


def _format_of(target: Target) -> LinkFormat:
    """The format of the links.

    Raises:
        InputError: the output's name implies none, or the options do not go together.
    """
    output = target.output
    if output is not None and output.suffix.lower() in _COMPRESSED:
        raise InputError(f"{output}: links are not written compressed; write {output.with_suffix('')}")
    link_format = target.link_format or link_format_of(output if target.shard_size is None else None)
    if output is None and target.shard_size is not None:
        raise InputError("--shard-size needs --output, the folder of the shards")
    if target.resume and target.shard_size is None:
        raise InputError("--resume needs --shard-size: only shards can be continued")
    if target.shard_size is not None and link_format == "brat":
        raise InputError("--output-format brat writes files for each document; it cannot be written in shards")
    if output is None and link_format in BINARY | {"brat"}:
        raise InputError(f"--output-format {link_format} cannot be written to standard output; give --output")
    return link_format


def _check_not_in_input_folder(output: Path | None, link_format: LinkFormat, paths: Sequence[str]) -> None:
    """Raises an InputError if the output would be a document of an input folder when the folder is read again."""
    if output is None or link_format not in _READ_IN_FOLDERS:
        return
    place = output.resolve()
    for folder in (each for each in map(Path, paths) if each.is_dir()):
        if place.is_relative_to(folder.resolve()):
            raise InputError(
                f"{output}: it would be read as a document of the input folder {folder} next time; write it elsewhere"
            )


def _check_points(target: Target, points: Path | None, parallel: Parallel) -> None:
    """Raises an InputError if points cannot be written to this file, or with these options."""
    output = target.output
    if points is not None and (points.suffix != ".npy" or (output and points.resolve() == output.resolve())):
        raise InputError(f"--points {points}: expected a file of its own whose name ends in .npy")
    if points is not None and (parallel.workers > 1 or target.shard_size is not None):
        raise InputError("--points needs a single process and a single output, without --workers and --shard-size")


def _parts(
    linker: Linker,
    documents: Iterable[Document],
    options: LinkOptions,
    writer: LinkWriter[Any],
    parallel: Parallel,
    shard_size: int | None,
    write_points: WriteRows | None,
) -> Iterator[Part]:
    """What is written of each document; the points of its mentions are written, if they are asked for."""
    if write_points is not None:
        first, second = tee(documents)
        links = _points_written(linker.link_with_points(first, options), write_points)
        return parts_of(map(LinkedDocument, second, links), writer)
    of_documents = DocumentLinker(linker, options, writer)
    if parallel.workers > 1:
        return parts_of_workers(of_documents, documents, *parallel, _report_given_up, shard_size)
    return parts_of_documents(of_documents, documents, shard_size)


def _report_given_up(doc_id: str, reason: str) -> None:
    sys.stderr.write(f"hyplink: {doc_id}: {reason}; it has no links\n")


class _Files:
    """The documents of files. An invalid file is reported on standard error and skipped, unless it is the only one.

    Of an archive, the invalid files are reported and skipped.
    """

    def __init__(self, files: Sequence[InputFile], source: Source, report: CorpusReport) -> None:
        self.source = source
        self._files, self._report = files, report
        self.n_documents = self.n_links = self.n_bad = self.n_bad_members = self._n_read = 0
        report.skip = self._skip_member

    def __len__(self) -> int:
        return len(self._files)

    def _skip_member(self, error: InputError) -> None:
        self.n_bad_members += 1
        sys.stderr.write(f"hyplink: skipped: {error}\n")

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of bytes of each file; -1 for standard input and what is no file."""
        return {str(each.path): each.path.stat().st_size if each.path.is_file() else -1 for each in self._files}

    def share(self) -> float | None:
        """The share of the input that was read; None if it is not known, as of standard input."""
        total = sum(self.sizes.values())
        return min(1.0, self._n_read / total) if total > 0 and min(self.sizes.values()) >= 0 else None

    def counted(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts unchanged, whose documents and links are counted."""
        for each in parts:
            self.n_documents += 1
            self.n_links += each.n_links
            yield each

    def documents(self) -> Iterator[Document]:
        """The documents of all files; invalid files are reported and skipped."""
        n_before, (_, input_format, columns, sheet) = 0, self.source
        for file in self._files:
            try:
                for document in read_file(file, input_format, self._report, columns=columns, sheet=sheet):
                    self._n_read += len(document.text)
                    yield document
            except InputError as error:
                if len(self) == 1:
                    raise
                self.n_bad += 1
                sys.stderr.write(f"hyplink: skipped: {error}\n")
            n_before += max(0, self.sizes[str(file.path)])
            self._n_read = n_before


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
