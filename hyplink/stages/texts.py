"""The texts of a run, and what their annotations suffice to train."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hyplink.candidates.decisions import is_corrected
from hyplink.candidates.examples import Example, texts_of
from hyplink.config import DataSettings, InputFormat
from hyplink.corpus import CorpusReport, Document, TextColumns, read_documents
from hyplink.corpus.annotations import text_of_parts
from hyplink.corpus.files import SUFFIXES
from hyplink.encoders.vector_files import text_lines
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.reading.sheets import is_workbook
from hyplink.run import Reporter, counted
from hyplink.run.mode import MIN_DOCUMENTS, MIN_MENTIONS, Mode

CORRECTIONS_SHOWN = 10
"""Corrections to no known concept that are listed."""

TABLES = SUFFIXES["mentions"]
"""Suffixes of tables."""


@dataclass(frozen=True)
class Texts:
    """The documents of each split.

    Attributes:
        train: annotated, or links that may have been corrected.
        dev: annotated.
        unlabelled: text without concept ids.
    """

    train: list[Document]
    dev: list[Document]
    unlabelled: list[Document]

    @classmethod
    def read(cls, data: DataSettings, reporter: Reporter) -> "Texts":
        """The documents that settings name.

        Raises:
            InputError: a text cannot be read, or a document of dev is in another split too.
        """
        train = _read("train", data.train, data.input_format, reporter, data.train_sheet)
        dev = _read("dev", data.dev, data.input_format, reporter, data.dev_sheet)
        unlabelled = _read("unlabelled", data.unlabelled, "auto", reporter, data.text_sheet, text_columns(data))
        _refuse_shared_documents([*train, *unlabelled], dev)
        _report_links(train, reporter)
        return cls(train, dev, unlabelled)

    @cached_property
    def decided(self) -> list[Document]:
        """The training documents without the mentions whose links were left as they were: nobody may have read them."""
        return [document.with_decided_mentions() for document in self.train]

    @cached_property
    def reviewed(self) -> list[Document]:
        """The training documents that annotators have read: all but links of which none was corrected or checked."""
        return [each for each in self.train if not each.mentions or any(mention.decided for mention in each.mentions)]

    def text_of(self, split: str) -> dict[str, str]:
        """The text of each document of a split by its id; names have none."""
        return texts_of(getattr(self, split, ()))


def text_columns(data: DataSettings) -> TextColumns | None:
    """The columns of tables of texts.

    Raises:
        InputError: there is a column of ids without one of texts.
    """
    if data.text_column is None and data.id_column is not None:
        raise InputError("data.id_column needs data.text_column, the column of the texts")
    return None if data.text_column is None else TextColumns(data.text_column, data.id_column)


def plain_lines(data: DataSettings) -> Iterator[str]:
    """The lines of the plain texts, and of the texts of tables.

    Raises:
        InputError: a file is missing, empty, damaged or not UTF-8, or a table lacks the column.
    """
    columns = text_columns(data)
    for path in data.texts:
        if columns and path.suffix.lower() in TABLES:
            sheet = data.text_sheet if is_workbook(path) else None
            texts = (each.text for each in read_documents([path], "auto", columns=columns, sheet=sheet))
            yield from (line for text in texts for line in text.splitlines())
        else:
            yield from text_lines([path])


def decided_mode(train: Sequence[Example], is_lexicon: bool, reporter: Reporter) -> Mode:
    """The mode of the run, from the mentions that annotators decided; says what these are used for."""
    documents = [each.doc for each in train if len(each.gold) == 1 and each.gold[0]]
    n_documents = len(set(documents))
    mode = Mode.decide(n_documents=n_documents, n_mentions=len(documents), is_lexicon=is_lexicon)
    if documents:
        n_corrected = sum(len(each.gold) == 1 and is_corrected(each) for each in train)
        used = counted(len(documents), "annotated mention")
        used += f" ({counted(n_corrected, 'correction')})" if n_corrected else ""
        needed = f"at least {MIN_MENTIONS} in {MIN_DOCUMENTS} documents are needed to train on them"
        names = f"encode: {used} of known concepts in {counted(n_documents, 'document')} used as names"
        trained = f"encode: ranking, confidence and mention detection are trained on {used}"
        reporter.line(f"{names}; {needed}" if mode.names_only else trained)
    return mode


def report_gold(split: str, examples: Sequence[Example], reporter: Reporter) -> None:
    """Says how many mentions have no id that leads to a concept."""
    if examples:
        lost = sum(not any(example.gold) for example in examples)
        reporter.line(
            f"{split}: of {counted(len(examples), 'mention')}, {lost:,} without an id that leads to a concept"
        )


def report_unknown_corrections(train: Sequence[Document], resolver: GoldResolver, reporter: Reporter) -> None:
    """Names the corrected links whose new concept the ontology lacks, with what to do."""
    corrected = [(document.doc_id, each) for document in train for each in document.mentions or () if each.corrected]
    lost = [(doc_id, each) for doc_id, each in corrected if each.parts and not resolver.concepts_in(each.parts)]
    if lost:
        shown = "; ".join(
            f"{text_of_parts(each.parts)!r} of {each.text!r} in document {doc_id!r}"
            for doc_id, each in lost[:CORRECTIONS_SHOWN]
        )
        more = "; …" if len(lost) > CORRECTIONS_SHOWN else ""
        reporter.line(
            f"train: {counted(len(lost), 'correction')} to no known concept, {shown}{more}; write the id of a concept, "
            "or a label that only one concept has"
        )


def _report_links(train: Sequence[Document], reporter: Reporter) -> None:
    """Says how many links were corrected, checked and left as they were, if any are among the mentions."""
    links = [each for document in train for each in document.mentions or () if each.proposed is not None]
    if links:
        n_corrected = sum(each.corrected for each in links)
        n_checked = sum(each.checked and not each.corrected for each in links)
        n_left = len(links) - n_corrected - n_checked
        left = f", {n_left:,} left as linked, of which nothing is learned" if n_left else ""
        hint = "; a column 'checked' with a mark in their rows says that they are right" if n_left else ""
        reporter.line(f"train: {counted(n_corrected, 'corrected link')}, {n_checked:,} checked{left}{hint}")


def _read(
    split: str,
    paths: Sequence[Path],
    input_format: InputFormat,
    reporter: Reporter,
    sheet: str | None,
    columns: TextColumns | None = None,
) -> list[Document]:
    if not paths:
        return []
    report = CorpusReport()
    documents = list(read_documents(paths, input_format, report, columns, sheet))
    reporter.line(f"{split}: {report.sentence}")
    return documents


def _refuse_shared_documents(learned: Iterable[Document], dev: Iterable[Document]) -> None:
    shared = {document.doc_id for document in learned} & {document.doc_id for document in dev}
    if shared:
        raise InputError(
            f"{counted(len(shared), 'document')} of data.dev in data.train or data.unlabelled too, for example "
            f"{min(shared)!r}; a model must be judged on documents that it has not seen"
        )
