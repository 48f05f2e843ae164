"""PubTator: `ID|t|title`, `ID|a|abstract`, then tab-separated mentions; a blank line between documents.

Alternative ids stand between semicolons, the parts of a composite mention between bars.

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
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

TEXT_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)


@dataclass(slots=True)
class _Block:
    """The lines of one document while they are gathered."""

    doc_id: str
    title: str
    abstract: str | None = None
    mentions: list[tuple[Line, list[str]]] = field(default_factory=list)

    def document(self, report: CorpusReport) -> Document:
        text = self.title if self.abstract is None else f"{self.title}\n{self.abstract}"
        mentions = [_mention(text, line, fields, report) for line, fields in self.mentions]
        return Document(self.doc_id, text, in_text_order(mentions))


def documents_of_pubtator(lines: Iterable[Line], report: CorpusReport) -> Iterator[Document]:
    """The documents of a PubTator file, one at a time. Relation lines are passed over and counted.

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
                    yield block.document(report)
                block = _Block(doc_id, text)
            else:
                _add_abstract(block, doc_id, text, line)
        elif content.strip():
            _add_annotation(block, content, line, report)
        elif block:
            yield block.document(report)
            block = None
    if block:
        yield block.document(report)


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
    if len(fields) >= 5 and fields[1].strip().isdecimal() and fields[2].strip().isdecimal():
        block.mentions.append((line, fields))
    elif fields[1][:1].isalpha():
        report.noticed["relation lines, passed over"] += 1
    else:
        raise line.error(f"{content[:60]!r} is no mention; wanted ID, start, end, words, type, concept id between tabs")


def _mention(text: str, line: Line, fields: list[str], report: CorpusReport) -> Mention:
    _, start, end, given, _, *ids = fields
    try:
        mention = mention_of(text, [(int(start), int(end))], parts_of(items_in(ids[0]) if ids else ()))
        check_words(mention, given, report)
    except ValueError as error:
        raise line.error(str(error)) from None
    return mention


def pubtator_lines(documents: Iterable[Document], report: CorpusReport) -> Iterator[str]:
    """The lines of a PubTator file; what the format cannot hold is counted.

    The text up to the first line feed is the title. Further line ends become spaces, so that offsets stay, and a
    discontinuous mention is written as one span from its first to its last word.

    Raises:
        InputError: the format cannot hold the id of a document.
    """
    for document in documents:
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
        for mention in document.mentions:
            if mention.spans:
                report.noticed["discontinuous mentions, written as one span"] += 1
            words = _one_line(document.text[mention.start : mention.end]).replace("\t", " ")
            fields = (doc_id, mention.start, mention.end, words, "Concept", text_of_parts(mention.parts) or "-")
            yield "\t".join(map(str, fields)) + "\n"
        yield "\n"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
