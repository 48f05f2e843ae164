"""PubTator: `ID|t|title`, `ID|a|abstract`, then tab-separated mentions; a blank line between documents.

Alternative ids are separated by semicolons, the parts of a composite mention by `|`. The format cannot mark a document
as annotated, so this is decided once for each file: its documents are annotated if it has at least one mention, and
plain text if it has none.

The text of a document is its title, one line feed and its abstract, which is how PubTator counts offsets. bioc's
reader is not used here: it trims the text (so that offsets slip), prints lines that it cannot read to standard
output and drops them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import Line
from hyplink.corpus.marking import check_words, in_text_order, items_in, mention_of, parts_of, text_of_parts
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError

TEXT_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """The lines of one document while they are gathered."""

    doc_id: str
    title: str
    abstract: str | None = None
    mentions: list[tuple[Line, list[str]]] = field(default_factory=list)

    def document(self, annotated: bool, report: CorpusReport) -> Document:
        text = self.title if self.abstract is None else f"{self.title}\n{self.abstract}"
        mentions = [_mention(text, line, fields, report) for line, fields in self.mentions]
        return Document(self.doc_id, text, in_text_order(mentions) if annotated else None)


def has_mentions(lines: Iterable[Line]) -> bool:
    """Whether a PubTator file has at least one mention, which makes its documents annotated ones."""
    contents = (line.content() for line in lines)
    return any(_is_mention(content.split("\t")) for content in contents if not TEXT_LINE.fullmatch(content))


def documents_of_pubtator(lines: Iterable[Line], annotated: bool, report: CorpusReport) -> Iterator[Document]:
    """The documents of a PubTator file, one at a time. Relation lines are ignored and counted.

    Args:
        lines: the file.
        annotated: whether the documents are annotated, as `has_mentions` finds.
        report: counts what is ignored.

    Raises:
        InputError: a line is none of the format's, or an offset or a word does not fit the text.
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
        raise line.error(f"abstract of {doc_id} without its title; wanted a line {doc_id}|t|… before it")
    if block.abstract is not None:
        raise line.error(f"second abstract of {doc_id}; wanted one, and a blank line between documents")
    block.abstract = text


def _add_annotation(block: _Block | None, content: str, line: Line, report: CorpusReport) -> None:
    fields = content.split("\t")
    if len(fields) < 4:
        raise line.error(f"{content[:60]!r} is no PubTator line; wanted ID|t|…, ID|a|… or tab-separated fields")
    if block is None or block.doc_id != fields[0].strip():
        raise line.error(f"annotation of {fields[0]!r} that follows no text of this id; wanted it below its ID|t| line")
    if _is_mention(fields):
        block.mentions.append((line, fields))
    elif fields[1][:1].isalpha():
        report.noticed["relation lines, passed over"] += 1
    else:
        raise line.error(f"{content[:60]!r} is no mention; wanted ID, start, end, words, type, concept id between tabs")


def _is_mention(fields: list[str]) -> bool:
    return len(fields) >= 5 and fields[1].strip().isdecimal() and fields[2].strip().isdecimal()


def _mention(text: str, line: Line, fields: list[str], report: CorpusReport) -> Mention:
    _, start, end, given, _, *ids = fields
    try:
        mention = mention_of(text, [(int(start), int(end))], parts_of(items_in(ids[0]) if ids else ()))
        check_words(mention, given, report)
    except ValueError as error:
        raise line.error(str(error)) from None
    return mention


def pubtator_lines(documents: Iterable[Document], report: CorpusReport) -> Iterator[str]:
    """The lines of a PubTator file; what the format cannot represent is counted.

    The text up to the first line feed is the title. Further line ends become spaces, so that offsets stay, and a
    discontinuous mention is written as one span from its first to its last word.

    Raises:
        InputError: the format cannot represent the id of a document.
    """
    written = CorpusReport()
    for document in documents:
        written.count(document)
        yield from _text_lines(document, report)
        yield from _mention_lines(document, report)
        yield "\n"
    n_annotated = written.n_documents - written.n_plain
    if written.n_mentions and written.n_plain:
        report.noticed[READ_BACK_AS_ANNOTATED] += written.n_plain
    elif not written.n_mentions and n_annotated:
        report.noticed["annotated documents that will be read back as plain text"] += n_annotated


def _text_lines(document: Document, report: CorpusReport) -> Iterator[str]:
    doc_id = document.doc_id
    if not doc_id or set("|\t\n\r") & set(doc_id) or doc_id != doc_id.strip():
        raise InputError(
            f"document id {doc_id!r} cannot stand in PubTator; wanted one without bars, tabs and line ends"
        )
    title, _, abstract = document.text.partition("\n")
    one_lined = [_one_line(part) for part in (title, abstract)]
    if one_lined != [title, abstract]:
        report.noticed["documents of several lines, written on one"] += 1
    yield f"{doc_id}|t|{one_lined[0]}\n"
    if "\n" in document.text:
        yield f"{doc_id}|a|{one_lined[1]}\n"


def _mention_lines(document: Document, report: CorpusReport) -> Iterator[str]:
    for mention in document.mentions or ():
        if mention.spans:
            report.noticed["discontinuous mentions, written as one span"] += 1
        words = _one_line(document.text[mention.start : mention.end]).replace("\t", " ")
        ids = text_of_parts(mention.parts) or "-"
        yield "\t".join(map(str, (document.doc_id, mention.start, mention.end, words, "Concept", ids))) + "\n"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
