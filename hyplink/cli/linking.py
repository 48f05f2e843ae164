"""`hyplink link`: links the documents of files and writes the links as they are computed."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import tee
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from hyplink.bulk.links import DocumentLinker, parts_of_documents, parts_of_workers
from hyplink.bulk.on_ray import Cluster, LinkedBlocks, Model, parts_of_cluster
from hyplink.bulk.progress import with_progress
from hyplink.bulk.shards import ShardedOutput, ShardPlan
from hyplink.cli.link_inputs import LinkInputs, Source
from hyplink.cli.npy_rows import WriteRows, writing_rows
from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.confidence.calibration import Uncalibrated
from hyplink.config import LinkFormat
from hyplink.corpus import CorpusReport, Document, InputFile, check_sheet, input_files
from hyplink.corpus.files import STDIN
from hyplink.errors import InputError
from hyplink.export.formats import BINARY, AnnotatedText, link_format_of, link_writer
from hyplink.export.parts import LinkWriter, Part, chunks_of_parts, contents_of_parts, parts_of
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import Linker, Points
from hyplink.run import Reporter, Run, counted, model_id
from hyplink.run.outputs import output_file

_READ_IN_FOLDERS: frozenset[LinkFormat] = frozenset({"pubtator", "bioc", "bioc-json", "docbin", "brat"})
"""Formats of links whose files in a folder are read as documents; lines of links are passed over, tables not sought."""

_TABLES: frozenset[LinkFormat] = frozenset({"tsv", "csv", "xlsx", "parquet", "sssom"})
"""Formats of links whose files in a folder of tables of texts would be read as such tables."""

Engine = Literal["local", "ray"]
"""What runs the processes that link."""

WORKERS_ALLOWED, WORKERS_PER_CORE = 16, 4
"""More workers on this machine are refused than the first number or, on many cores, the second for each core."""

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
    """Which processes link.

    Attributes:
        workers: how many; None: one or, on a cluster, as many as it has cores.
        seconds: the most that a document may take in one of several processes.
        engine: processes of this machine, or workers of a Ray cluster.
        address: of the cluster; None: that of the environment, or else one is started on this machine.
    """

    workers: int | None = None
    seconds: float = 60.0
    engine: Engine = "local"
    address: str | None = None

    @property
    def is_one_process(self) -> bool:
        """Whether this process links."""
        return self.engine == "local" and self.workers in (None, 1)


ONE_PROCESS = Parallel()


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
        InputError: a file could not be read, or a document not be linked or written (the others were); the format
            cannot be written to standard output; the output exists or is one of the inputs; or a minimum confidence was
            given and the run has no confidences.
        RunError: the run is unfinished or damaged.
        HyplinkError: the output cannot be written.
    """
    _check_engine(source, parallel)
    of_tables = source.columns is not None and source.input_format == "auto"
    inputs = input_files(source.paths, "mentions" if of_tables else source.input_format)  # tables of folders too
    check_sheet(inputs, source.sheet)
    _check_points(target, points, parallel)
    _check_outputs(target, points, inputs, run)
    link_format = _format_of(target)
    _check_not_in_input_folder(target.output, link_format, source)
    report = CorpusReport()
    files = LinkInputs(inputs, source, report)
    shards = _shards(run, files, target, link_format, options)
    files.continue_shards(shards)
    if shards is not None and shards.is_complete:
        reporter.line(f"{target.output}: all {counted(len(shards.finished), 'shard')} are finished")
        files.check_complete()
        return
    linker = Linker.from_run(run)
    start = time.perf_counter()
    regressor = linker.generator.regressor
    with nullcontext() if points is None else writing_rows(points, regressor.point_dim) as write_points:
        writer = link_writer(link_format, linker.ontology, target.candidates)
        if parallel.engine == "ray":
            model = Model(str(run.folder.absolute()), run.follow_references, options, link_format, target.candidates)
            parts = _parts_of_cluster(model, files, parallel, target.shard_size)
        else:
            parts = _parts(linker, files.documents(), options, writer, parallel, target.shard_size, write_points)
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
    files.check_complete()


def _check_outputs(target: Target, points: Path | None, inputs: Sequence[InputFile], run: Run) -> None:
    """Raises an InputError if an output is an input, is in the run, or exists and is not to be replaced."""
    for path in (target.output, points):
        check_output(path, (file for each in inputs for file in each.files()), run)
        if path is not None and path.is_file() and not target.replace:
            raise InputError(f"{path}: the file exists; choose another name, or replace it with --force")


def _shards(
    run: Run, files: LinkInputs, target: Target, link_format: LinkFormat, options: LinkOptions
) -> ShardedOutput | None:
    """The shards that the links are written to; None if they go to a single output."""
    if target.output is None or target.shard_size is None:
        return None
    given = options._asdict() | {"candidates": target.candidates} | files.source._asdict()
    del given["paths"]  # the files themselves are in the plan
    plan = ShardPlan(model_id(run), tuple(files.sizes.items()), given, link_format, target.shard_size)
    return ShardedOutput(target.output, plan, resume=target.resume)


def _write(parts: Iterable[Part], target: Target, writer: LinkWriter[Any], report: CorpusReport) -> None:
    """Writes links to a single output as they are computed."""
    if isinstance(writer, AnnotatedText) and writer.corpus_format == "brat" and target.output is not None:
        with write_errors_explained(target.output):
            writer.write_brat(target.output, contents_of_parts(parts, report), report)
        return
    with _writing(target.output) as out:
        for chunk in chunks_of_parts(parts, writer, report):
            out.write(chunk)


def _summary(files: LinkInputs, shards: ShardedOutput | None, report: CorpusReport, seconds: float) -> str:
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


def _check_not_in_input_folder(output: Path | None, link_format: LinkFormat, source: Source) -> None:
    """Raises an InputError if the output would be a document of an input folder when the folder is read again."""
    read_in_folders = _READ_IN_FOLDERS if source.columns is None else _TABLES
    if output is None or link_format not in read_in_folders:
        return
    place = output.resolve()
    for folder in (each for each in map(Path, source.paths) if each.is_dir()):
        if place.is_relative_to(folder.resolve()):
            raise InputError(
                f"{output}: it would be read as a document of the input folder {folder} next time; write it elsewhere"
            )


def _check_engine(source: Source, parallel: Parallel) -> None:
    """Raises an InputError if there are too many workers, or the options of a cluster do not go with others."""
    most = max(WORKERS_ALLOWED, WORKERS_PER_CORE * (os.cpu_count() or 1))
    if parallel.engine == "local" and (parallel.workers or 1) > most:
        raise InputError(
            f"--workers {parallel.workers}: more than {most} make linking slower on this machine of "
            f"{counted(os.cpu_count() or 1, 'core')}; choose one for each core"
        )
    if parallel.address is not None and parallel.engine != "ray":
        raise InputError("--address needs --engine ray, which links on that cluster")
    if parallel.engine == "ray" and str(STDIN) in source.paths:
        raise InputError("--engine ray does not read standard input; name a file")


def _check_points(target: Target, points: Path | None, parallel: Parallel) -> None:
    """Raises an InputError if points cannot be written to this file, or with these options."""
    output = target.output
    if points is not None and (points.suffix != ".npy" or (output and points.resolve() == output.resolve())):
        raise InputError(f"--points {points}: expected a file of its own whose name ends in .npy")
    if points is not None and not (parallel.is_one_process and target.shard_size is None):
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
    if parallel.is_one_process:
        return parts_of_documents(of_documents, documents, shard_size)
    n_workers, seconds = parallel.workers or 1, parallel.seconds
    return parts_of_workers(of_documents, documents, n_workers, seconds, shard_size)


def _parts_of_cluster(model: Model, files: LinkInputs, parallel: Parallel, shard_size: int | None) -> Iterator[Part]:
    """What is written of each document, from workers of a Ray cluster."""
    cluster = Cluster(parallel.address, parallel.workers, parallel.seconds)
    for each in parts_of_cluster(model, files.elsewhere(), cluster, shard_size):
        if isinstance(each, LinkInputs):
            files.add(each)
        elif isinstance(each, LinkedBlocks):
            files.set_share(each.share)
            yield from each.parts


def _points_written(linked: Iterable[tuple[list[Link], Points]], write_points: WriteRows) -> Iterator[list[Link]]:
    """The links of documents, after the points of their mentions were written."""
    for links, points in linked:
        write_points(points)
        yield links


@contextmanager
def _writing(path: Path | None) -> Iterator["_Whole"]:
    """Standard output, or a file that gets its name once it is complete."""
    if path is None:
        yield _Whole(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with write_errors_explained(path), output_file(path) as temporary, temporary.open("wb") as out:
        yield _Whole(out)


class _Whole:
    """Writes all that it is given: the bare file that standard output is with PYTHONUNBUFFERED may write a part."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        """Writes all bytes."""
        left = memoryview(data)
        while left:
            left = left[self._stream.write(left) :]
