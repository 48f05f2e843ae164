"""Reads documents in any of the formats, from one file or from several files and folders."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from hyplink.config import InputFormat
from hyplink.corpus.document import Document
from hyplink.corpus.files import STDIN, SUFFIXES, InputFile, endings_of, format_of, input_files
from hyplink.corpus.formats.archives import Member, is_archive, members_of
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
from hyplink.corpus.lines import Line, decode_lines, read_bytes, read_errors_explained, read_lines
from hyplink.corpus.remote import local_copy
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.sheets import SHEETS, is_workbook


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
        for member in members_of(file.path, endings_of(input_format, in_archive=True)):
            try:
                yield from _documents_of_member(f"{file.path}:{member.name}", member, input_format, report)
            except InputError as error:
                if report.skip is None:
                    raise
                report.skip(error)
        return
    lines = decode_lines(stream, "standard input") if stream else read_lines(file.path)
    yield from _documents_of_lines(
        file.path, file.doc_id, lines, input_format, report, columns, in_folder=file.in_folder
    )


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


def _documents_of_member(
    name: str, member: Member, input_format: InputFormat, report: CorpusReport
) -> Iterator[Document]:
    """The documents of a file of an archive, which errors call `name`."""
    lines = decode_lines(member.stream, name)
    with read_errors_explained(name):
        yield from _documents_of_lines(
            Path(member.name), member.doc_id, lines, input_format, report, None, in_folder=True
        )


def _documents_of_lines(
    path: Path,
    doc_id: str,
    lines: Iterator[Line],
    input_format: InputFormat,
    report: CorpusReport,
    columns: TextColumns | None,
    *,
    in_folder: bool,
) -> Iterator[Document]:
    """The documents of the lines of a file, a stream or a member of an archive."""
    blank, first = _first_line(lines)
    if first is None:
        raise InputError.at(path, None, "the file is empty; expected a document")
    between, second = _first_line(lines) if first.content().lstrip().startswith("<?xml") else ([], None)
    lines = chain(between, [second] if second else [], lines)
    detected = format_of(path, first, second) if input_format == "auto" and not columns else input_format
    if columns or detected == "mentions":
        table = table_of_lines(first, lines, _delimiter(first, columns), report)
        yield from _documents_of_table(table, doc_id, report, columns)
        return
    lines = chain(blank, [first], lines)
    if detected == "jsonl" and is_link_line(first) and in_folder:
        report.notices[f"files of links in a folder, such as {path.name}, passed over"] += 1
    elif detected == "jsonl" and is_link_line(first):
        yield from documents_of_mentions(table_of_link_lines(first.path, lines), doc_id, report)
    elif detected == "pubtator":
        yield from _pubtator_documents(lines, path, report)
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


def _pubtator_documents(lines: Iterator[Line], path: Path, report: CorpusReport) -> Iterator[Document]:
    """The documents of a PubTator file. For `has_mentions`, a file is read twice; a stream is kept in memory."""
    if path == STDIN or not path.is_file():  # a named pipe is not a file that can be read twice
        kept = list(lines)
        return documents_of_pubtator(kept, has_mentions(kept), report)
    return documents_of_pubtator(lines, has_mentions(read_lines(path)), report)


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
