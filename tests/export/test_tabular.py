"""Tables of links, which are read back as annotated text."""

import csv
import io

import openpyxl
import pyarrow.parquet
import pytest

from hyplink.candidates.matched_names import LazyName, MatchedName
from hyplink.corpus import CorpusReport, Document, Mention, read_documents
from hyplink.errors import InputError
from hyplink.export import sheets
from hyplink.linking.contexts import LONGEST, Contexts
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.mentions.match import Match
from hyplink.ontology import Concept, Ontology
from tests.export.written import file_of

ONTOLOGY = Ontology([Concept("A:1", "skin"), Concept("A:2", "hair", parents=("A:1",))])


class Names:
    """A name for each concept, that tells which concept and which words it was looked for with."""

    def best(self, words, concept_id):
        return MatchedName(f"{words} of {concept_id}", "NARROW" if concept_id == "A:2" else "ANNOTATED")


CANDIDATES = (
    Candidate("A:2", "hair", -0.25, 1.5, LazyName(Names(), "thin", "A:2")),
    Candidate("A:1", "skin", -1.5, 0.25, LazyName(Names(), "thin", "A:1")),
)
FORMATS = ("tsv", "csv", "xlsx", "parquet")


def link(doc, text, start, end, answer=CANDIDATES[0], spans=None):
    words = " ".join(text[first:last] for first, last in spans or [(start, end)])
    confidence = None if answer is None else 0.75
    return Link(
        doc, start, end, spans, words, True, False, answer, 1, confidence, "names", None, CANDIDATES, Match.EXACT
    )


def content(linked, link_format, candidates=False):
    return file_of(linked, link_format, ONTOLOGY, candidates=candidates)


def written(tmp_path, linked, link_format):
    path = tmp_path / f"links.{link_format}"
    path.write_bytes(content(linked, link_format))
    return path


def rows(linked, candidates=False):
    return list(csv.DictReader(io.StringIO(content(linked, "csv", candidates).decode())))


def plain(doc_id="d", text="Thin hair\nand red skin.", columns=()):
    links = [link(doc_id, text, 5, 9), link(doc_id, text, 14, 22, None)]
    return LinkedDocument(Document(doc_id, text, columns=columns), links)


@pytest.mark.parametrize("link_format", FORMATS)
def test_a_table_is_read_back_as_annotated_text_with_the_contexts_of_its_mentions(tmp_path, link_format):
    text = 'Thin "hair", =1+1 and red or dry skin.\r\nNothing here.\nBald\tskin  folds'
    spans = ((22, 25), (33, 37))
    links = [link("d", text, 6, 10), link("d", text, 22, 37, None, spans), link("d", text, 59, 70)]
    path = written(tmp_path, [LinkedDocument(Document("d", text), links), plain("e")], link_format)
    read = {each.doc_id: each for each in read_documents([path])}
    assert read["d"].text == 'Thin "hair", =1+1 and red or dry skin.\nBald skin  folds'.replace(
        " skin ", "\tskin " if link_format in ("xlsx", "parquet") else " skin "
    )
    assert [(m.text, m.parts, m.spans) for m in read["d"].mentions] == [
        ("hair", (("A:2",),), None),
        ("red skin", (), spans),
        ("skin  folds", (("A:2",),), None),
    ]
    assert [m.text for m in read["e"].mentions] == ["hair", "red skin"]


def test_links_as_json_lines_are_read_back_as_mentions_alone(tmp_path):
    path = written(tmp_path, [plain("d"), plain("e")], "jsonl")
    assert list(read_documents([path])) == [
        Document(
            doc_id,
            "hair\nred skin",
            (Mention(0, 4, "hair", (("A:2",),)), Mention(5, 13, "red skin", ())),
        )
        for doc_id in ("d", "e")
    ]


def test_a_json_line_that_is_no_link_among_links_is_an_error_with_its_line(tmp_path):
    path = written(tmp_path, [plain()], "jsonl")
    path.write_text(path.read_text() + '{"doc": "d", "text": "x"}\n')
    with pytest.raises(InputError, match=r"links\.jsonl:3: start: Field required; expected a link"):
        list(read_documents([path]))


def test_rows_of_a_document_may_stand_apart_and_in_any_order(tmp_path):
    lines = content([plain("d"), plain("e")], "csv").decode().splitlines(keepends=True)
    path = tmp_path / "links.csv"
    path.write_text("".join([lines[0], lines[4], lines[1], lines[3], lines[2]]))
    found = {each.doc_id: [(m.text, m.parts) for m in each.mentions] for each in read_documents([path])}
    assert found == {
        "e": [("red skin", ()), ("hair", (("A:2",),))],
        "d": [("hair", (("A:2",),)), ("red skin", ())],
    }


def test_each_candidate_has_a_row_with_its_rank_and_the_first_has_the_confidence():
    found = [(row["text"], row["rank"], row["concept"], row["confidence"]) for row in rows([plain()], candidates=True)]
    assert found == [
        ("hair", "1", "A:2", "0.7500"),
        ("hair", "2", "A:1", ""),
        ("red skin", "1", "", ""),
        ("red skin", "2", "A:2", ""),
        ("red skin", "3", "A:1", ""),
    ]


def test_each_row_has_the_matched_name_of_its_own_concept():
    columns = ("concept", "label", "matched_name", "scope")
    hair, skin = ("A:2", "hair", "thin of A:2", "NARROW"), ("A:1", "skin", "thin of A:1", "ANNOTATED")
    nil = ("", "", "", "")
    assert [tuple(row[name] for name in columns) for row in rows([plain()])] == [hair, nil]
    candidates = [tuple(row[name] for name in columns) for row in rows([plain()], candidates=True)]
    assert candidates == [hair, skin, nil, hair, skin]


def test_of_each_mention_the_candidate_with_the_lowest_rank_is_read_back(tmp_path):
    path = tmp_path / "links.csv"
    lines = content([plain()], "csv", candidates=True).decode().splitlines(keepends=True)
    for kept, concepts in (
        ([0, 1, 2, 3, 4, 5], [(("A:2",),), ()]),
        ([0, 2, 1, 5, 4], [(("A:2",),), (("A:2",),)]),  # a reviewer deleted what is wrong, and sorted the rows
        ([0, 2, 5], [(("A:1",),), (("A:1",),)]),
    ):
        path.write_text("".join(lines[i] for i in kept))
        [document] = read_documents([path])
        assert [(m.text, m.parts) for m in document.mentions] == list(zip(["hair", "red skin"], concepts, strict=True))


def test_the_other_cells_of_a_documents_row_come_first_in_its_rows_under_names_of_their_own():
    found = rows([plain("d", columns=(("Kind", "x"), ("Label", "own"))), plain("e", columns=(("Kind", "y"),))])
    assert [(row["doc"], row["Kind"], row["input_Label"], row["label"]) for row in found] == [
        ("d", "x", "own", "hair"),
        ("d", "x", "own", ""),
        ("e", "y", "", "hair"),
        ("e", "y", "", ""),
    ]
    assert next(iter(found[0])) == "Kind"


@pytest.mark.parametrize("candidates", [False, True])
def test_columns_of_the_input_are_never_read_back_as_those_of_links(tmp_path, candidates):
    columns = tuple((name, "7") for name in ("rank", "mention", "concepts", "text", "start", "context_start", "Doc"))
    path = tmp_path / "links.csv"
    path.write_bytes(content([plain(columns=columns)], "csv", candidates))
    [document] = read_documents([path])
    assert [(m.text, m.parts) for m in document.mentions] == [("hair", (("A:2",),)), ("red skin", ())]


def test_each_given_mention_has_the_other_cells_of_its_own_row():
    text = "Thin hair\nand red skin."
    mentions = (Mention(5, 9, "hair", columns=(("n", "1"),)), Mention(14, 22, "red skin", columns=(("n", "2"),)))
    linked = LinkedDocument(Document("d", text, mentions), plain().links)
    assert [(row["n"], row["text"]) for row in rows([linked])] == [("1", "hair"), ("2", "red skin")]


def test_cells_of_columns_that_the_first_document_lacks_are_counted():
    report = CorpusReport()
    linked = [plain("d"), plain("e", columns=(("Kind", "x"),))]
    assert "Kind" not in file_of(linked, "csv", ONTOLOGY, report).decode()
    assert report.notices == {"cells of column 'Kind', which the first input lacks, left out": 2}


def test_a_table_without_links_is_its_header():
    assert content([], "tsv").decode().split("\t")[:4] == ["doc", "start", "end", "text"]
    assert pyarrow.parquet.read_table(io.BytesIO(content([], "parquet"))).num_rows == 0


def test_a_sheet_has_numbers_as_numbers_and_no_formulas():
    linked = [LinkedDocument(Document("=1+1", "hair\x01s"), [link("=1+1", "hair\x01s", 0, 6)])]
    sheet = openpyxl.load_workbook(io.BytesIO(content(linked, "xlsx"))).active
    cells = dict(zip(*sheet.iter_rows(), strict=True))
    by_name = {name.value: cell for name, cell in cells.items()}
    assert (by_name["doc"].value, by_name["doc"].data_type) == ("=1+1", "s")
    assert by_name["text"].value == "hair s"
    assert (by_name["confidence"].value, by_name["negated"].value) == (0.75, True)


def test_a_parquet_file_has_typed_columns():
    schema = pyarrow.parquet.read_schema(io.BytesIO(content([plain()], "parquet")))
    assert {name: str(schema.field(name).type) for name in ("doc", "start", "score", "negated")} == {
        "doc": "string",
        "start": "int64",
        "score": "double",
        "negated": "bool",
    }


def test_more_links_than_a_sheet_holds_are_an_error(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    with pytest.raises(InputError, match=r"a sheet holds 2 rows and there are more links; write \.parquet or \.csv"):
        content([plain()], "xlsx")


def test_a_context_is_a_line_or_some_sentences_of_a_long_one():
    sentence = "The skin is red. "
    text = f"A title.\n{sentence * 200}\nThe end."
    contexts = Contexts(text)
    spans = {contexts.span(at, at + 4) for at in range(len(text)) if text.startswith("skin", at)}
    pieces = [text[start:end] for start, end in sorted(spans)]
    assert " ".join(pieces) == (sentence * 200).strip()
    assert all(len(piece) <= LONGEST and piece.endswith(".") for piece in pieces)
    assert text[slice(*contexts.span(2, 7))] == "A title."
    start = text.index("The end.") - 4
    assert text[slice(*contexts.span(start, start + 7))].endswith("The end.")  # a mention that crosses a line end


@pytest.mark.parametrize("line", ["患者有糖尿病和高血压。", "患者有糖尿病和高血压，", "asthma/", "患"])
def test_a_text_without_spaces_is_divided_too(line):
    text = line * (20_000 // len(line))
    contexts, middle = Contexts(text), len(text) // 2
    pieces = [contexts.span(at, at + 1) for at in range(len(text))]
    assert max(end - start for start, end in pieces) <= 4 * LONGEST
    assert "".join(text[start:end] for start, end in dict.fromkeys(pieces)) == text
    assert contexts.span(middle, middle + 3 * LONGEST)[1] >= middle + 3 * LONGEST
