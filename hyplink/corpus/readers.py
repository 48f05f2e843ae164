"""Reads documents in any of the formats, from one file or from several files and folders."""

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hyplink.config import InputFormat
from hyplink.corpus.document import Document
from hyplink.corpus.files import STDIN, SUFFIXES, InputFile, endings_of, format_of, input_files
from hyplink.corpus.formats.archives import ArchiveError, is_archive, members_of
from hyplink.corpus.formats.bioc import documents_of_bioc
from hyplink.corpus.formats.brat import is_brat_pair, read_brat
from hyplink.corpus.formats.docbin import documents_of_docbin
from hyplink.corpus.formats.jsonl import documents_of_jsonl
from hyplink.corpus.formats.link_lines import is_link_line, table_of_link_lines
from hyplink.corpus.formats.mentions import delimiter_of, documents_of_mentions
from hyplink.corpus.formats.plain import document_of_text
from hyplink.corpus.formats.pubmed import documents_of_pubmed
from hyplink.corpus.formats.pubtator import documents_of_pubtator, has_mentions
from hyplink.corpus.formats.table_rows import DELIMITERS, Table, header_cells, table_of_lines, table_of_sheet
from hyplink.corpus.formats.texts import TextColumns, documents_of_texts
from hyplink.corpus.formats.wsd import documents_of_wsd, is_wsd
from hyplink.corpus.lines import Line, read_bytes, read_lines, read_stream
from hyplink.corpus.remote import local_copy
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.sheets import SHEETS, is_workbook

STDIN_NAME = "standard input"


def read_documents(
    paths: Sequence[Path | str] | Path | str,
    input_format: InputFormat = "auto",
    report: CorpusReport | None = None,
    columns: TextColumns | None = None,
    sheet: str | None = None,
) -> Iterator[Document]:
    """The documents of files and folders, one at a time. Repeated documents are skipped and counted.

    Args:
        paths: files, folders, or `-` for standard input; a single one needs no list.
        input_format: the format; `auto` detects it for each file by its name, its first line and the files beside it.
        report: updated while the documents are read.
        columns: of tables of texts; other files are read as without them.
        sheet: the name of the sheet of workbooks; None for the first one. Other files are read as without it.

    Raises:
        InputError: a file is missing, empty or malformed, two texts have the same document id, or a sheet is named and
            no file is a workbook.
    """
    report = CorpusReport() if report is None else report
    digests: dict[str, bytes] = {}
    files = input_files([paths] if isinstance(paths, Path | str) else paths, input_format)
    check_sheet(files, sheet)
    for file in files:
        of_table = columns if file.path.suffix.lower() in SUFFIXES["mentions"] else None
        for document in read_file(file, input_format, report, columns=of_table, sheet=sheet):
            digest = hashlib.blake2b(document.text.encode(), digest_size=16).digest()
            if document.doc_id not in digests:
                digests[document.doc_id] = digest
                report.count(document)
                yield document
            elif digests[document.doc_id] == digest:
                report.notices["repeated documents, skipped"] += 1
            else:
                raise InputError.at(
                    file.path,
                    None,
                    f"a second, different text with the id {document.doc_id!r}; expected one text for each id",
                )


def check_sheet(files: Sequence[InputFile], sheet: str | None) -> None:
    """Raises an InputError if a sheet is named and no file is a workbook."""
    if sheet is not None and not any(is_workbook(each.path) for each in files):
        raise InputError(f"the sheet {sheet!r} was chosen, and no input is a workbook (.xlsx); leave the sheet out")


def read_file(
    file: InputFile,
    input_format: InputFormat = "auto",
    report: CorpusReport | None = None,
    stdin: BinaryIO | None = None,
    columns: TextColumns | None = None,
    sheet: str | None = None,
) -> Iterator[Document]:
    """The documents of one file, one at a time.

    Args:
        file: an element of `input_files`.
        input_format: the format; `auto` detects it by the file's name, its first line and the files beside it.
        report: counts in `notices` what the reader ignores or tolerates; the documents are not counted.
        stdin: read instead of the standard input of the process.
        columns: of a table of texts; a table without them is one of mentions.
        sheet: the name of the sheet of a workbook; None for the first one.

    Raises:
        InputError: the file is missing, empty or malformed, or its format cannot be detected.
    """
    report = CorpusReport() if report is None else report
    if file.address is not None:
        yield from _documents_of_address(file, file.address, input_format, report, columns, sheet)
        return
    if file.path.suffix.lower() in SHEETS:
        yield from _documents_of_table(table_of_sheet(file.path, report, sheet), file.doc_id, report, columns)
        return
    if input_format == "brat" or (input_format == "auto" and is_brat_pair(file.path)):
        yield read_brat(file.path, file.doc_id, report)
        return
    if input_format == "wsd" or (input_format == "auto" and is_wsd(file.path)):
        yield from documents_of_wsd(file.path, report)
        return
    stream = (stdin or sys.stdin.buffer) if file.path == STDIN else None
    if input_format == "docbin" or (input_format == "auto" and file.path.suffix.lower() in SUFFIXES["docbin"]):
        yield from documents_of_docbin(stream.read() if stream else read_bytes(file.path), str(file.path), file.doc_id)
        return
    if stream is None and is_archive(file.path):
        yield from _documents_of_archive(file.path, input_format, report)
        return
    lines = read_lines(file.path) if stream is None else read_stream(stream, STDIN_NAME, _size_of(stream))
    again = partial(read_lines, file.path) if stream is None and file.path.is_file() else None
    name = str(file.path) if stream is None else STDIN_NAME
    text = _TextFile(file.path, name, file.doc_id, lines, again, file.in_folder)
    yield from _documents_of_text(text, input_format, report, columns)


def _documents_of_address(
    file: InputFile,
    address: str,
    input_format: InputFormat,
    report: CorpusReport,
    columns: TextColumns | None,
    sheet: str | None,
) -> Iterator[Document]:
    """The documents of a file that is copied to this machine meanwhile; errors name its address."""
    with local_copy(address) as path:
        copied = replace(file, path=path, address=None)
        try:
            yield from read_file(copied, input_format, report, columns=columns, sheet=sheet)
        except InputError as error:
            raise InputError(str(error).replace(str(path), address)) from error


def _size_of(stream: BinaryIO) -> int:
    """The number of bytes of a stream that is a file; 0 if it is a pipe."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:  # a stream in memory
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _documents_of_archive(path: Path, input_format: InputFormat, report: CorpusReport) -> Iterator[Document]:
    """The documents of the files of an archive, of which invalid ones are passed over if `report` says so."""
    for member in members_of(path, endings_of(input_format, in_archive=True)):
        name, n_documents = f"{path}:{member.name}", 0
        lines = read_stream(member.stream, name, member.size)
        text = _TextFile(Path(member.name), name, member.doc_id, lines, None, in_folder=True)
        try:
            for document in _documents_of_text(text, input_format, report, None):
                yield document
                n_documents += 1
        except ArchiveError:
            raise
        except InputError as error:
            if report.skip is None:
                raise
            report.skip(error, n_documents)


class _TextFile(NamedTuple):
    """Lines of a file, a stream or a member of an archive.

    Attributes:
        path: tells the format by its name.
        name: what errors call it.
        doc_id: the id of its document in formats without ids of their own.
        lines: its lines.
        again: reads the lines a second time; None for a stream.
        in_folder: as for `InputFile`.
    """

    path: Path
    name: str
    doc_id: str
    lines: Iterator[Line]
    again: Callable[[], Iterator[Line]] | None
    in_folder: bool


def _documents_of_text(
    text: _TextFile, input_format: InputFormat, report: CorpusReport, columns: TextColumns | None
) -> Iterator[Document]:
    path, doc_id, lines = text.path, text.doc_id, text.lines
    blank, first = _first_line(lines)
    if first is None:
        raise InputError.at(text.name, None, "the file is empty; expected a document")
    between, second = _first_line(lines) if first.content().lstrip().startswith("<?xml") else ([], None)
    lines = chain(between, [second] if second else [], lines)
    detected = format_of(path, first, second) if input_format == "auto" and not columns else input_format
    if columns or detected == "mentions":
        table = table_of_lines(first, lines, _delimiter(first, columns), report)
        yield from _documents_of_table(table, doc_id, report, columns)
        return
    lines = chain(blank, [first], lines)
    if detected == "jsonl" and is_link_line(first) and text.in_folder:
        report.notices[f"files of links in a folder, such as {path.name}, passed over"] += 1
    elif detected == "jsonl" and is_link_line(first):
        yield from documents_of_mentions(table_of_link_lines(first.path, lines), doc_id, report)
    elif detected == "pubtator":
        yield from _pubtator_documents(lines, text.again, report)
    else:
        yield from _documents(detected, lines, doc_id, report)


def _documents_of_table(
    table: Table, doc_id: str, report: CorpusReport, columns: TextColumns | None
) -> Iterator[Document]:
    return (
        documents_of_texts(table, doc_id, columns, report) if columns else documents_of_mentions(table, doc_id, report)
    )


def _delimiter(header: Line, columns: TextColumns | None) -> str:
    """The delimiter with which the header has the columns that are read, or else the most columns."""
    content = header.content()
    wanted = columns and columns.text.strip().lower()
    with_column = (each for each in DELIMITERS if wanted in [name.lower() for name in header_cells(content, each)])
    found = next(with_column, None) if wanted else delimiter_of(content)
    return found or max(DELIMITERS, key=content.count)


def _pubtator_documents(
    lines: Iterator[Line], again: Callable[[], Iterator[Line]] | None, report: CorpusReport
) -> Iterator[Document]:
    """The documents of a PubTator file. For `has_mentions`, a file is read twice; a stream is kept in memory."""
    if again is None:
        kept = list(lines)
        return documents_of_pubtator(kept, has_mentions(kept), report)
    return documents_of_pubtator(lines, has_mentions(again()), report)


def _documents(detected: InputFormat, lines: Iterable[Line], doc_id: str, report: CorpusReport) -> Iterable[Document]:
    match detected:
        case "bioc":
            return documents_of_bioc(lines, report)
        case "jsonl":
            return documents_of_jsonl(lines, report)
        case "pubmed":
            return documents_of_pubmed(lines, doc_id, report)
        case _:
            return [document_of_text(lines, doc_id)]


def _first_line(lines: Iterator[Line]) -> tuple[list[Line], Line | None]:
    """The blank lines at the beginning, and the first line that is not blank."""
    blank: list[Line] = []
    for line in lines:
        if line.content().strip():
            return blank, line
        blank.append(line)
    return blank, None
