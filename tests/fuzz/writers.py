"""Writers, of documents, links and ontologies with odd ids, names and texts.

An input is text whose control characters U+001C to U+001F separate files, documents, mentions and ids. Bytes that are
not UTF-8 become U+FFFD, as no reader lets surrogates pass.
"""

import shutil
from pathlib import Path
from typing import cast, get_args

from hyplink.cli.outputs import write_errors_explained
from hyplink.config import LinkFormat, StreamedFormat, TableFormat, WrittenOntologyFormat
from hyplink.corpus import CorpusReport, Document, Mention, corpus_chunks, read_documents, write_brat
from hyplink.corpus.annotations import in_text_order, mention_at, parts_from_items
from hyplink.errors import HyplinkError
from hyplink.export.formats import AnnotatedText
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.mentions.match import Match
from hyplink.ontology import Concept, Ontology, Synonym, read_ontology, text_of_ontology
from tests.export.written import file_of
from tests.fuzz.harness import Harness, words
from tests.fuzz.samples import small_ontology

DOCUMENTS = (
    "d1\x1eBreast and ovarian cancer of the nerve.\x1e0 6 19 25\x1fX:1\x1fX:2\x1e33 38\x1fhttp://a.b/c#d\x1e33 38"
    "\x1da/b\x1eline one\nline \u00df\U0001f600 two\x1e0 4\x1fX:2\x1d\u00e9\x1etext"
).encode()
CONCEPTS = (
    b"X:1\x1ftissue\x1f\x1fwhat cells make\x1fM:1\x1eX:2\x1fnerve\x1fX:1\x1fdef\x1f\x1fnerves\x1ffibre"
    b"\x1ehttp://a.b/c#d\x1foptic nerve\x1fX:2\x1f\x1f\x1fOptic nerve"
)

MOST = 50
"""Documents of an input, of which spaCy takes some milliseconds for each; and fields of a concept."""

LONGEST_FIELD = 2_000
"""Characters of a field of a concept: a cell of a table holds several, and no more than 131,072 characters."""

TOKENS = (
    *words(
        r"\n \t , ; : | < > & ' \" \\ // .. . ../x a/b / # ? %2F {} [] X: :1 _: http://a.b/ https://x/y#z - "
        r"-None None null D1|D2 D1+D2"
    ),
    *(
        b"\x1c",
        b"\x1d",
        b"\x1e",
        b"\x1f",
        b"\x00",
        b"\x7f",
        b"\x0b",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"\xef\xbf\xbf",
        b" ",
        b"\r",
    ),
    *(
        b"|t|",
        b"|a|",
        b"0 1",
        b"CON",
        b".txt",
        b"~",
        b"$(x)",
        b"<script>",
        b"]]>",
        b"-->",
        b"'''",
        b'"""',
        b"@en",
        b"EXACT []",
    ),
)


def documents_of(data: bytes) -> list[Document]:
    """The documents that an input describes. Their spans lie inside the text, as readers ensure."""
    documents = []
    for block in data.decode("utf-8", "replace").split("\x1d")[:MOST]:
        doc_id, text, *rest = [*block.split("\x1e"), "", ""][: max(2, block.count("\x1e") + 1)]
        mentions = [_mention(text, each.split("\x1f")) for each in rest if text.strip()]
        found = in_text_order([each for each in mentions if each])
        documents.append(Document(doc_id, text, found if rest else None))
    return documents


def _mention(text: str, fields: list[str]) -> Mention | None:
    numbers = [int(each) % (len(text) + 1) for each in fields[0].split() if each.isdecimal() and len(each) < 99]
    cuts = sorted(set(numbers))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    try:
        parts = parts_from_items(fields[1:])
    except ValueError:
        parts = ()
    return mention_at(text, spans, parts) if spans else None


def ontology_of(data: bytes) -> Ontology:
    """The ontology that an input describes."""
    concepts = []
    for block in data.decode("utf-8", "replace").split("\x1e"):
        fields = [each[:LONGEST_FIELD] for each in block.split("\x1f")[:MOST]]
        concept_id, label, parents, definition, references, *synonyms = [*fields, *[""] * 5]
        concepts.append(
            Concept(
                concept_id.strip() or "X:0",
                label.strip(),
                tuple(Synonym(each, "BROAD" if i % 2 else "EXACT") for i, each in enumerate(synonyms) if each.strip()),
                definition.strip() or None,
                parents=tuple(parents.split(",")) if parents else (),
                cross_references=tuple(references.split(",")) if references else (),
            )
        )
    return Ontology(concepts, source="x.obo")


def linked(document: Document) -> LinkedDocument:
    """A document whose mentions are linked to their first concepts."""
    links = []
    for number, each in enumerate(document.mentions or ()):
        ids = [concept_id for part in each.parts for concept_id in part]
        answer = Candidate(ids[0], each.text, -0.5, 0.25 * number) if ids else None
        links.append(
            Link(
                *(document.doc_id, each.start, each.end, each.spans, each.text, number == 1, number == 2, answer),
                *(3 if answer else None, 0.75 if number % 2 else None, "names" if number % 2 else None),
                *("X:1" if number == 3 else None, (answer,) if answer else (), next(iter(Match)) if number else None),
            )
        )
    return LinkedDocument(document, links)


def _documents_harness(corpus_format: StreamedFormat) -> Harness:
    suffix = {"bioc": "xml", "bioc-json": "json", "docbin": "spacy", "mentions": "tsv"}.get(
        corpus_format, corpus_format
    )

    def write(path: Path) -> object:
        documents = documents_of(path.read_bytes())
        content = b"".join(corpus_chunks(documents, corpus_format, {"X:1": "one\ttwo\n"}, CorpusReport()))
        _read_again(path.with_name(f"out.{suffix}"), content)

    return Harness(f"write-{corpus_format}", "in", write, lambda: [DOCUMENTS], TOKENS)


def _read_again(path: Path, content: bytes) -> None:
    """Reads documents that were written."""
    path.write_bytes(content)
    if content.strip():
        read = list(_unless_repeated(path))
        assert all(isinstance(each.doc_id, str) for each in read)


def _unless_repeated(path: Path) -> list[Document]:
    try:
        return list(read_documents([path]))
    except HyplinkError as error:
        if "a second, different text" in str(error):
            return []
        raise AssertionError(f"what was written cannot be read: {_without_folder(error)}") from error


def _without_folder(error: HyplinkError) -> str:
    """The message without the path of the file, which differs each time."""
    return str(error).rpartition(": ")[2]


def _write_brat(path: Path) -> object:
    folder = path.with_name("brat")
    shutil.rmtree(folder, ignore_errors=True)
    before = set(path.parent.iterdir())
    try:
        with write_errors_explained(folder):
            write_brat(folder, documents_of(path.read_bytes()), {}, CorpusReport())
    finally:
        assert set(path.parent.iterdir()) <= before | {folder}, "files outside the folder"


def _links_harness(link_format: LinkFormat) -> Harness:
    def write(path: Path) -> object:
        documents = [linked(each) for each in documents_of(path.read_bytes())]
        if link_format == "brat":
            folder = path.with_name("links")
            shutil.rmtree(folder, ignore_errors=True)
            with write_errors_explained(folder):
                AnnotatedText("brat", small_ontology()).write_brat(
                    folder, (each.annotated() for each in documents), CorpusReport()
                )
        else:
            content = file_of(documents, link_format, small_ontology())
            if link_format in ("jsonl", *get_args(TableFormat)):
                _read_again(path.with_name(f"out.{link_format}"), content)

    return Harness(f"link-{link_format}", "in", write, lambda: [DOCUMENTS], TOKENS)


def _ontology_harness(ontology_format: WrittenOntologyFormat, suffix: str) -> Harness:
    def write(path: Path) -> object:
        ontology = ontology_of(path.read_bytes())
        out = path.with_name(f"out{suffix}")
        out.write_text(text_of_ontology(ontology, out), encoding="utf-8", newline="")
        if len(ontology) > 1:
            try:
                read = read_ontology(out)
            except HyplinkError as error:
                raise AssertionError(f"what was written cannot be read: {_without_folder(error)}") from error
            assert len(read) == len(ontology), f"{len(ontology)} concepts written, {len(read)} read"

    return Harness(f"write-{ontology_format}{suffix}", "in", write, lambda: [CONCEPTS], TOKENS)


HARNESSES = (
    *(_documents_harness(cast(StreamedFormat, each)) for each in get_args(StreamedFormat)),
    Harness("write-brat", "in", _write_brat, lambda: [DOCUMENTS], TOKENS),
    *(_links_harness(cast(LinkFormat, each)) for each in get_args(LinkFormat)),
    _ontology_harness("obo", ".obo"),
    _ontology_harness("obographs", ".json"),
    _ontology_harness("skos", ".ttl"),
    _ontology_harness("table", ".tsv"),
    _ontology_harness("table", ".csv"),
)
