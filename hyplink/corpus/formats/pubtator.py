"""PubTator: `ID|t|title`, `ID|a|abstract`, then tab-separated mentions; a blank line between documents.

Alternative ids are separated by `;`, the parts of a composite mention by `|`. The format cannot mark a document as
annotated, so this is decided once for each file: its documents are annotated if it has at least one mention, and plain
text if it has none.

The text of a document is its title, one line feed and its abstract, which is how PubTator counts offsets. bioc's
PubTator reader is not used, because it strips the text (which shifts offsets) and drops malformed lines after printing
them to standard output.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hyplink.corpus.annotations import annotated_mention, in_text_order, parts_from_text, text_of_parts
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import BOM, Line
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError

TEXT_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """The lines of one document, as far as they have been read."""

    doc_id: str
    title: str
    abstract: str | None = None
    mentions: list[tuple[Line, list[str]]] = field(default_factory=list)

    def document(self, annotated: bool, report: CorpusReport) -> Document:
        text = self.title if self.abstract is None else f"{self.title}\n{self.abstract}"
        found = (_mention(text, line, fields, report) for line, fields in self.mentions)
        mentions = [mention for mention in found if mention]
        return Document(self.doc_id, text, in_text_order(mentions) if annotated else None)


def has_mentions(lines: Iterable[Line]) -> bool:
    """Whether a PubTator file has at least one mention, which makes all its documents annotated."""
    contents = (line.content() for line in lines)
    return any(_is_mention(content.split("\t")) for content in contents if not TEXT_LINE.fullmatch(content))


def documents_of_pubtator(lines: Iterable[Line], annotated: bool, report: CorpusReport) -> Iterator[Document]:
    """The documents of a PubTator file, one at a time. Relation lines are ignored and counted.

    Args:
        lines: the lines of the file.
        annotated: whether the documents are annotated; see `has_mentions`.
        report: counts what is ignored.

    Raises:
        InputError: a line is malformed, or an offset or the text of a mention does not fit the document.
    """
    block: _Block | None = None
    for line in lines:
        content = line.content()
        if text_line := TEXT_LINE.fullmatch(content):
            doc_id, kind, text = text_line.groups()
            if kind == "t":
                if block:
                    yield block.document(annotated, report)
                block = _Block(doc_id, text)
            else:
                _add_abstract(block, doc_id, text, line)
        elif content.strip():
            _add_annotation(block, content, line, report)
        elif block:
            yield block.document(annotated, report)
            block = None
    if block:
        yield block.document(annotated, report)


def _add_abstract(block: _Block | None, doc_id: str, text: str, line: Line) -> None:
    if block is None or block.doc_id != doc_id:
        raise line.error(f"abstract of {doc_id} without its title; expected a line {doc_id}|t|… before it")
    if block.abstract is not None:
        raise line.error(f"second abstract of {doc_id}; expected one, and a blank line between documents")
    block.abstract = text


def _add_annotation(block: _Block | None, content: str, line: Line, report: CorpusReport) -> None:
    fields = content.split("\t")
    if len(fields) < 4:
        raise line.error(f"{content[:60]!r} is not a PubTator line; expected ID|t|…, ID|a|… or tab-separated fields")
    if block is None or block.doc_id != fields[0].strip():
        raise line.error(f"annotation of {fields[0]!r} without a text of this id; expected it below its ID|t| line")
    if _is_mention(fields):
        block.mentions.append((line, fields))
    elif fields[1][:1].isalpha():
        report.notices["relation lines, ignored"] += 1
    else:
        raise line.error(f"{content[:60]!r} is not a mention; expected ID, start, end, text, type, concept id by tabs")


def _is_mention(fields: list[str]) -> bool:
    return len(fields) >= 5 and fields[1].strip().isdecimal() and fields[2].strip().isdecimal()


def _mention(text: str, line: Line, fields: list[str], report: CorpusReport) -> Mention | None:
    _, start, end, given, _, *ids = fields
    try:
        return annotated_mention(text, [(int(start), int(end))], parts_from_text(ids[0]) if ids else (), report, given)
    except ValueError as error:
        raise line.error(str(error)) from None


def pubtator_lines(documents: Iterable[Document], report: CorpusReport) -> Iterator[str]:
    """The lines of a PubTator file. What the format cannot represent is counted.

    The text up to the first line feed is the title. Further line ends become spaces, which keeps the offsets, and a
    discontinuous mention is written as one span from its first to its last character.

    Raises:
        InputError: the format cannot represent the id of a document or of a concept, and `report` does not pass the
            document over.
    """
    written = CorpusReport()
    for document in documents:
        try:
            lines = [*_text_lines(document, report), *_mention_lines(document, report), "\n"]
        except InputError as error:
            report.pass_over(document, error)
            continue
        written.count(document)
        yield from lines
    n_annotated = written.n_documents - written.n_plain
    if written.n_mentions and written.n_plain:
        report.notices[READ_BACK_AS_ANNOTATED] += written.n_plain
    elif not written.n_mentions and n_annotated:
        report.notices["annotated documents that will be read back as plain text"] += n_annotated


def _text_lines(document: Document, report: CorpusReport) -> Iterator[str]:
    doc_id = document.doc_id
    if not doc_id or set("|\t\n\r") & set(doc_id) or doc_id != doc_id.strip() or doc_id.startswith(BOM):
        raise InputError(
            f"document id {doc_id!r} cannot be written in PubTator; expected one without |, tabs and line ends"
        )
    title, _, abstract = document.text.partition("\n")
    single_lines = [_on_one_line(part) for part in (title, abstract)]
    if single_lines != [title, abstract]:
        report.notices["documents whose line ends were replaced by spaces"] += 1
    yield f"{doc_id}|t|{single_lines[0]}\n"
    if "\n" in document.text:
        yield f"{doc_id}|a|{single_lines[1]}\n"


def _mention_lines(document: Document, report: CorpusReport) -> Iterator[str]:
    for mention in document.mentions or ():
        if mention.spans:
            report.notices["discontinuous mentions, written as one span"] += 1
        text = _on_one_line(document.text[mention.start : mention.end]).replace("\t", " ")
        ids = text_of_parts(mention.parts) or "-"
        yield "\t".join(map(str, (document.doc_id, mention.start, mention.end, text, "Concept", ids))) + "\n"


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
