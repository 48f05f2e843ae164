"""JSON Lines, one document a line: hyplink's own annotated format, read and written.

    {"doc": "…", "text": "…", "mentions": [{"start": 10, "end": 21, "concepts": ["DOID:…"]}]}

A document with the key `mentions` is annotated, even if the list is empty. A document without the key is plain text.
`doc` may be an integer. `concepts` are alternatives; an item `A|B` is composite. A discontinuous mention also has
`spans`. A mention may have an `id`, a `lemma` and a part of speech, `pos`; `concepts` may be absent. `proposed` is what
it was linked to, and `checked` says that a reviewer confirmed it: a mention that has neither been changed nor checked
was left alone. Unknown fields are ignored and counted.

A line with the key `decision` is a state of a document under review (`hyplink review`): the last line of a document
counts, and only if anything in it was decided.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from hyplink.config import PartOfSpeech
from hyplink.corpus.annotations import annotated_mention, in_text_order, items_of, parts_from_items
from hyplink.corpus.document import Document, Mention, Span
from hyplink.corpus.lines import Line
from hyplink.corpus.report import CorpusReport


class _MentionRecord(BaseModel):
    model_config = ConfigDict(extra="allow")

    start: int
    end: int
    text: str | None = None
    concepts: list[str] = []
    spans: list[Span] | None = None
    id: str = ""
    lemma: str | None = None
    pos: PartOfSpeech | None = None
    proposed: list[str] | None = None
    checked: bool = False

    def mention(self, text: str, report: CorpusReport) -> Mention | None:
        spans = self.spans or [(self.start, self.end)]
        if (spans[0][0], spans[-1][1]) != (self.start, self.end):
            raise ValueError(f"spans {self.spans} do not reach from start {self.start} to end {self.end}")
        mention = annotated_mention(text, spans, parts_from_items(self.concepts), report, self.text)
        return mention and replace(
            mention,
            mention_id=self.id,
            lemma=self.lemma,
            part_of_speech=self.pos,
            proposed=None if self.proposed is None else parts_from_items(self.proposed),
            checked=self.checked,
        )


class _Decision(BaseModel):
    model_config = ConfigDict(extra="allow")

    n_decided: int


class _DocumentRecord(BaseModel):
    model_config = ConfigDict(extra="allow")

    doc: Annotated[str, BeforeValidator(lambda given: str(given) if type(given) is int else given)]
    text: str
    mentions: list[_MentionRecord] | None = None
    decision: _Decision | None = None


def documents_of_jsonl(lines: Iterable[Line], report: CorpusReport) -> Iterator[Document]:
    """The documents of a JSON Lines file, one at a time. Blank lines are ignored.

    Raises:
        InputError: a line is not JSON, a field is missing or of another type, or an offset does not fit the text.
    """
    reviewed = dict[str, Document | None]()
    for line in lines:
        if not line.content().strip():
            continue
        record = _record(line)
        document = _document(record, line, report)
        if record.decision is None:
            yield document
        else:
            reviewed[record.doc] = document if record.decision.n_decided else None
    yield from filter(None, reviewed.values())


def _record(line: Line) -> _DocumentRecord:
    try:
        return _DocumentRecord.model_validate_json(line.content(), strict=True)
    except ValidationError as error:
        raise line.error(_first_fault(error)) from None


def _document(record: _DocumentRecord, line: Line, report: CorpusReport) -> Document:
    _count_unknown_fields([record, *(record.mentions or ())], report)
    if record.mentions is None:
        return Document(record.doc, record.text)
    mentions: list[Mention] = []
    for number, given in enumerate(record.mentions):
        try:
            if mention := given.mention(record.text, report):
                mentions.append(mention)
        except ValueError as error:
            raise line.error(f"mentions[{number}]: {error}") from None
    return Document(record.doc, record.text, in_text_order(mentions))


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"]).lstrip(".")
    expected = 'expected {"doc": "…", "text": "…", "mentions": [{"start": 0, "end": 4, "concepts": ["ID"]}]}'
    return f"{field + ': ' if field else ''}{fault['msg']}; {expected}"


def _count_unknown_fields(records: Iterable[BaseModel], report: CorpusReport) -> None:
    for record in records:
        for name in record.model_extra or ():
            report.notices[f"unknown fields {name!r}, ignored"] += 1


def jsonl_lines(documents: Iterable[Document]) -> Iterator[str]:
    """The documents as annotated JSON Lines; `documents_of_jsonl` reads the same documents back."""
    return (json.dumps(_document_record(document), ensure_ascii=False) + "\n" for document in documents)


def _document_record(document: Document) -> dict[str, Any]:
    record: dict[str, Any] = {"doc": document.doc_id, "text": document.text}
    if document.mentions is not None:
        record["mentions"] = list(map(_mention_record, document.mentions))
    return record


def _mention_record(mention: Mention) -> dict[str, Any]:
    spans = {"spans": [list(span) for span in mention.spans]} if mention.spans else {}
    optional = {
        "id": mention.mention_id,
        "lemma": mention.lemma,
        "pos": mention.part_of_speech,
        "checked": mention.checked,
    }
    given: dict[str, Any] = {name: value for name, value in optional.items() if value}
    if mention.proposed is not None:
        given["proposed"] = items_of(mention.proposed)
    return {"start": mention.start, "end": mention.end, "concepts": items_of(mention.parts), **spans, **given}
