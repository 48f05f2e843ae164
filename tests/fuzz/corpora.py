"""Readers of annotated and plain text."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from hyplink.config import InputFormat
from hyplink.corpus import CorpusReport, corpus_chunks, read_documents
from hyplink.export.sheets import parquet_bytes, workbook_bytes
from tests.fuzz.harness import Harness, words
from tests.fuzz.ontologies import JSON, XML
from tests.fuzz.samples import PLAIN, real_pubtator, small_documents

WSD = b"""<?xml version="1.0" encoding="UTF-8" ?>
<corpus lang="en" source="tiny">
<text id="d0"><sentence id="d0.s0"><wf>``</wf>
<instance id="d0.s0.t0" lemma="river_bank" pos="NOUN">River banks</instance><wf>do</wf><wf>n't</wf>
<instance id="d0.s0.t1" lemma="move" pos="VERB">move</instance><wf>R&amp;D</wf><wf>.</wf></sentence></text>
<text id="d1"><sentence id="d1.s0"><wf>No</wf></sentence></text>
</corpus>
"""
GOLD = b"d0.s0.t0 bank%1:17:01:: bank%1:17:00::\nd0.s0.t1 some(a)%2:38:01::\n\n"

JSONL = b"""{"doc": "a", "text": "A nerve of the eye.", "mentions": [{"start": 2, "end": 7, "concepts": ["X:1"]}]}
{"doc": "b", "text": "plain"}
{"doc": "c", "start": 0, "end": 5, "spans": [[0, 2], [3, 5]], "text": "nerve", "concept": null, "candidates": []}
"""

MENTIONS = b"""doc\tmention\tcontext\tconcepts\tstart\tend
a\tnerve\tA nerve of the eye.\tX:1\t2\t7
b\teye\t"An ""eye"" of it"\tX:1|X:2\t\t
"""

PUBTATOR3 = json.dumps(
    {
        "PubTator3": [
            {
                "_id": "1|None",
                "id": "1",
                "infons": {},
                "passages": [
                    {
                        "infons": {"type": "title"},
                        "offset": 0,
                        "text": "Nerve of the eye",
                        "annotations": [
                            {
                                "id": "2",
                                "infons": {"identifier": "MESH:D1", "type": "Disease", "normalized_id": None},
                                "text": "Nerve",
                                "locations": [{"offset": 0, "length": 5}],
                            }
                        ],
                        "sentences": [],
                        "relations": [],
                    }
                ],
                "pmid": 1,
                "relations": [["x"]],
            }
        ]
    }
).encode()

BIOC = words(
    r'"offset":1000000000000 "length":-1 "locations":[] "passages":{} "annotations" "infons":null '
    r"<offset>999999999999</offset> "
    r"<location\soffset='1'\slength='-1'/> <annotation\sid='1'> <text>x</text> <infon\skey='identifier'>D1</infon> "
    r"<sentence>"
)


def _reading(input_format: InputFormat = "auto") -> Callable[[Path], object]:
    def read(path: Path) -> object:
        report = CorpusReport()
        documents = list(read_documents([path], input_format, report))
        for document in documents:  # readers promise offsets inside the text
            document.text.encode()
            document.doc_id.encode()
            for mention in document.mentions or ():
                assert 0 <= mention.start <= mention.end <= len(document.text), mention
        return report.sentence

    return read


def _written(corpus_format: str, plain: bool = False) -> list[bytes]:
    documents = small_documents() + ([PLAIN] if plain else [])
    return [b"".join(corpus_chunks(documents, corpus_format, {"X:1": "one"}, CorpusReport()))]


def _brat(name: str) -> bytes:
    text = "Breast and ovarian cancer of the nerve.\n"
    annotations = (
        "T1\tConcept 0 6;19 25\tBreast cancer\nN1\tReference T1 X:1\tcancer\nT2\tConcept 33 38\tnerve\n"
        "N2\tReference T2 X:2|X:3\tnerve\n#1\tAnnotatorNotes T1\tx\nE1\tA:T1\n*\tEquiv T1 T2\n"
    )
    return {"a.txt": text, "a.ann": annotations}[name].encode()


def _brat_harness(name: str, other: str, tokens: str) -> Harness:
    def read(path: Path) -> object:
        return _reading()(path.with_name("a.txt"))

    return Harness(f"corpus-brat-{name}", name, read, lambda: [_brat(name)], words(tokens), {other: _brat(other)})


def _docbins() -> list[bytes]:
    """DocBins, compressed as spaCy writes them."""
    return _written("docbin", plain=True)


def _unpacked_docbins() -> list[bytes]:
    import zlib

    return [zlib.decompress(each) for each in _docbins()]


def _read_unpacked_docbin(path: Path) -> object:
    """Mutations of compressed bytes are nearly always refused at once, so what was compressed is mutated too."""
    import zlib

    path.write_bytes(zlib.compress(path.read_bytes()))
    return _reading()(path)


SHEET = "xl/worksheets/sheet1.xml"


def _workbooks() -> list[bytes]:
    """Workbooks of links, whose texts stand in their sheet."""
    rows = [
        ["doc", "start", "text", "concept", "context"],
        ["d", 4, "nerve", "X:2", "The nerve."],
        ["e", 0, "x", "", ""],
    ]
    return [workbook_bytes(rows)]


def _sheets() -> list[bytes]:
    return [zipfile.ZipFile(io.BytesIO(each)).read(SHEET) for each in _workbooks()]


def _read_sheet(path: Path) -> object:
    """Mutations of compressed bytes are nearly always refused at once, so the sheet in the archive is mutated too."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(_workbooks()[0])) as whole, zipfile.ZipFile(path, "w") as changed:
        for each in whole.infolist():
            changed.writestr(each.filename, content if each.filename == SHEET else whole.read(each))
    return _reading()(path)


def _parquets() -> list[bytes]:
    return [parquet_bytes([["doc", "start", "text", "concept", "other"], ["d", 4, "nerve", "X:2", "x"]])]


def _plain(path: Path) -> object:
    try:
        return _reading("text")(path)
    finally:
        _reading()(path)


HARNESSES = (
    Harness(
        "corpus-pubtator",
        "a.pubtator",
        _reading(),
        lambda: [real_pubtator(2), *_written("pubtator")],
        words(r"|t| |a| \t \n \n\n 1|t|x D1|D2 D1+D2 CID -1 1\t0\t5\tx\tDisease\tD1"),
    ),
    _brat_harness("a.ann", "a.txt", r"T1 N1 \t \n ; Concept Reference\sT1\sX:1 R1 # * 0\s6;7 -1 T"),
    _brat_harness("a.txt", "a.ann", r"\n \r\n \r \s \t x"),
    Harness("corpus-bioc-xml", "a.xml", _reading(), lambda: _written("bioc"), (*XML, *BIOC)),
    Harness("corpus-bioc-json", "a.json", _reading(), lambda: _written("bioc-json"), (*JSON, *BIOC)),
    Harness("corpus-pubtator3", "a.json", _reading(), lambda: [PUBTATOR3], (*JSON, *BIOC)),
    Harness(
        "corpus-jsonl",
        "a.jsonl",
        _reading(),
        lambda: [JSONL, *_written("jsonl", plain=True)],
        (*JSON, *words('"doc":null "spans":[[0,1]] "concepts":[] "mentions":[] "text":"x" "start":-1')),
    ),
    Harness("corpus-docbin", "a.spacy", _reading(), _docbins, words("a b")),
    Harness(
        "corpus-docbin-content",
        "a.spacy",
        _read_unpacked_docbin,
        _unpacked_docbins,
        (b"\x80", b"\x90", b"\xc0", b"\xa1a", b"\xcf"),
    ),
    Harness("corpus-workbook", "a.xlsx", _reading(), _workbooks, words("PK xl/ .xml")),
    Harness("corpus-sheet", "a.xlsx", _read_sheet, _sheets, (*XML, *words('<c <row t="n" t="s" t="e" r="A1"'))),
    Harness("corpus-parquet", "a.parquet", _reading(), _parquets, words("PAR1 a")),
    Harness(
        "corpus-wsd-data",
        "a.data.xml",
        _reading(),
        lambda: [WSD],
        (*XML, *words("<wf>x</wf> <instance> id='d0.s0.t0' pos='NOUN'")),
        {"a.gold.key.txt": GOLD},
    ),
    Harness(
        "corpus-wsd-gold",
        "a.gold.key.txt",
        _reading(),
        lambda: [GOLD],
        words(r"\s \n d0.s0.t0 (a)%1 :: %"),
        {"a.data.xml": WSD},
    ),
    Harness(
        "corpus-mentions",
        "a.tsv",
        _reading(),
        lambda: [MENTIONS, *_written("mentions")],
        words(r"\t \n , \" | mention doc start context concepts -1 spans 0-1;2-3"),
    ),
    Harness(
        "corpus-plain",
        "a.txt",
        _plain,
        lambda: [b"A nerve of the eye.\nNo tumour.\r\n", real_pubtator(1)],
        (*JSON, *XML),
    ),
)
