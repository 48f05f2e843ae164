"""`hyplink convert`: converts an ontology or annotated text to another format."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast, get_args

from hyplink.cli.inputs import CONFIGURATIONS, kind_of, ontology_of
from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.config import CorpusFormat, InputFormat, OntologyFormat, WrittenOntologyFormat, read_config
from hyplink.corpus import CorpusReport, corpus_chunks, corpus_format_of, input_files, read_documents, write_brat
from hyplink.errors import InputError
from hyplink.ontology import text_of_ontology
from hyplink.run import Reporter, counted
from hyplink.run.outputs import output_file


def convert_file(
    source: Path,
    target: Path,
    from_format: str | None,
    to_format: str | None,
    sheet: str | None,
    reporter: Reporter,
    *,
    replace: bool,
) -> None:
    """Reads `source` and writes `target`; reports repaired problems and information that the new format cannot hold.

    Raises:
        InputError: the input has an unknown format or is malformed; the output's format is not one for this input; or
            the output is the input, or exists and is not to be replaced.
        HyplinkError: the output cannot be written.
    """
    with write_errors_explained(target):
        if kind_of(source, from_format, sheet) == "corpus":
            _convert_corpus(source, target, from_format, to_format, sheet, reporter, replace=replace)
        else:
            _convert_ontology(source, target, from_format, to_format, sheet, reporter, replace=replace)


def _check_target(target: Path, inputs: Iterable[Path], *, replace: bool) -> None:
    """Raises an InputError if the output is an input, or a file that is not to be replaced."""
    check_output(target, inputs)
    if target.is_file() and not replace:
        raise InputError(f"{target}: the file exists; choose another name, or replace it with --force")


def _convert_ontology(
    source: Path,
    target: Path,
    from_format: str | None,
    to_format: str | None,
    sheet: str | None,
    reporter: Reporter,
    *,
    replace: bool,
) -> None:
    if to_format not in (None, *get_args(WrittenOntologyFormat)):
        raise InputError(f"{source} is an ontology; --to must be one of {', '.join(get_args(WrittenOntologyFormat))}")
    _check_target(target, [source, *_files_named_in(source)], replace=replace)
    ontology = ontology_of(source, cast(OntologyFormat | None, from_format), sheet)
    text = text_of_ontology(ontology, target, cast(WrittenOntologyFormat | None, to_format))
    with output_file(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
    for problem in ontology.problems:
        reporter.line(problem.sentence)
    reporter.line(f"{target}: {counted(len(ontology), 'concept')}, {len(ontology.obsolete):,} obsolete")


def _files_named_in(source: Path) -> list[Path]:
    """The ontology that a configuration names; nothing for an ontology."""
    ontology = read_config(source).data.ontology if source.suffix in CONFIGURATIONS else None
    return [ontology] if ontology else []


def _convert_corpus(
    source: Path,
    target: Path,
    from_format: str | None,
    to_format: str | None,
    sheet: str | None,
    reporter: Reporter,
    *,
    replace: bool,
) -> None:
    if to_format not in (None, *get_args(CorpusFormat)):
        raise InputError(f"{source} is annotated text; --to {to_format} is an ontology format")
    written_format = cast(CorpusFormat | None, to_format) or corpus_format_of(target)
    if written_format is None:
        raise InputError(
            f"{target}: unknown format of annotated text; name the file .pubtator, .xml (BioC), .json (BioC), .jsonl, "
            ".spacy or .tsv, name a folder (BRAT), or give --to"
        )
    read, written = CorpusReport(), CorpusReport()
    input_format = cast(InputFormat, from_format or "auto")
    inputs = (path for each in input_files([source], input_format) for path in each.files())
    _check_target(target, inputs, replace=replace)
    documents = read_documents([source], input_format, read, sheet=sheet)
    if written_format == "brat":
        write_brat(target, documents, {}, written)
    else:
        with output_file(target) as temporary, temporary.open("wb") as out:
            for chunk in corpus_chunks(documents, written_format, {}, written):
                out.write(chunk)
    notices = [f"{what}: {n:,}" for what, n in written.notices.items()]
    reporter.line("; ".join([f"{target}: {read.sentence}", *notices]))
