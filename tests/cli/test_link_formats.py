"""Links in the formats of other tools, read back by hyplink. Other tests read them with bioc and spaCy."""

import csv
import json
from datetime import UTC, datetime

import openpyxl
import pytest
import yaml

from hyplink.corpus import read_documents

TEXT = "The photoreceptor cells of the fly & <bee>.\nA photoreceptor cell (PRC) is lost; the PRC dies."


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def links(hyplink, tiny_run, note):
    return [json.loads(line) for line in hyplink("link", tiny_run, note).out.splitlines()]


@pytest.mark.parametrize("name", ["o.pubtator", "o.xml", "o.spacy", "brat", "o.json"])
def test_annotated_formats_hold_every_link_with_its_span(hyplink, tiny_run, note, links, tmp_path, name):
    named = {"brat": ["--output-format", "brat"], "o.json": ["--output-format", "bioc-json"]}.get(name, [])
    answer = hyplink("link", tiny_run, note, "-o", tmp_path / name, *named)
    assert answer.status == 0
    (document,) = read_documents([tmp_path / name])
    assert document.text == TEXT
    found = [(m.start, m.end, m.text, m.parts) for m in document.mentions]
    assert found == [(each["start"], each["end"], each["text"], ((each["concept"],),)) for each in links]


def test_brat_has_the_label_of_the_concept_next_to_its_id(hyplink, tiny_run, note, tmp_path):
    hyplink("link", tiny_run, note, "-o", tmp_path / "brat", "--output-format", "brat")
    lines = (tmp_path / "brat" / "note.ann").read_text().splitlines()
    assert lines[:2] == ["T1\tConcept 4 23\tphotoreceptor cells", "N1\tReference T1 CL:0000210\tphotoreceptor cell"]


def test_mentions_in_a_table_are_written_as_sssom(hyplink, tiny_run, tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text("Mention,context\nphotoreceptor cells,\nPRC,A photoreceptor cell (PRC).\n")
    answer = hyplink("link", tiny_run, table, "-o", tmp_path / "o.sssom.tsv")
    assert answer.status == 0
    lines = (tmp_path / "o.sssom.tsv").read_text().splitlines()
    metadata = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    header, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    assert {"mapping_set_id", "license", "curie_map"} <= metadata.keys()
    assert {"predicate_id", "object_id", "mapping_justification", "subject_label", "subject_type"} <= set(header)
    assert metadata["curie_map"] == {
        "CL": "http://purl.obolibrary.org/obo/CL_",
        "mention": "urn:hyplink:mention:",
        "ontology": "urn:hyplink:ontology:",
    }
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {
            "subject_id": f"mention:{doc}",
            "subject_label": text,
            "subject_type": "rdfs literal",
            "predicate_id": predicate,
            "object_id": "CL:0000210",
            "object_label": "photoreceptor cell",
            "mapping_justification": justification,
            "object_source": "ontology:cl.obo.gz",
            "object_source_version": "",
            "mapping_date": datetime.now(UTC).date().isoformat(),
            "confidence": "",
            "match_string": "photoreceptor cell",
            "object_match_field": "rdfs:label",
        }
        for doc, text, predicate, justification in (
            ("terms%3A2_0-19", "photoreceptor cells", "skos:exactMatch", "semapv:LexicalMatching"),
            ("terms%3A3_22-25", "PRC", "skos:closeMatch", "semapv:CompositeMatching"),
        )
    ]


@pytest.mark.parametrize("name", ["brat", "docbin"])
def test_a_binary_format_needs_an_output_file(hyplink, tiny_run, note, name):
    answer = hyplink("link", tiny_run, note, "--output-format", name)
    assert answer.status == 2
    assert f"--output-format {name} cannot be written to standard output; give --output" in answer.err


def test_information_that_a_format_cannot_hold_is_reported(hyplink, tiny_run, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("A rod.\n\nA photoreceptor cell.\n")
    answer = hyplink("link", tiny_run, note, "-o", tmp_path / "o.pubtator")
    assert "documents whose line ends were replaced by spaces: 1" in answer.err


@pytest.fixture
def spreadsheet(tmp_path):
    """A workbook of texts with ids and another column."""
    path = tmp_path / "notes.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["Case", "Note", "Ward"])
    for row in ([7, "A photoreceptor cell.", "=A1"], [8, None, "x"], [9, "No photoreceptor cell.", ""]):
        workbook.active.append(row)
    workbook.save(path)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_texts_of_a_column_are_linked_and_the_other_columns_carried_through(
    hyplink, tiny_run, spreadsheet, tmp_path, suffix
):
    out = tmp_path / f"links{suffix}"
    answer = hyplink("link", tiny_run, spreadsheet, "--text-column", "note", "--id-column", "Case", "-o", out)
    assert answer.status == 0
    assert "rows without a text: 1" in answer.err
    [first, second] = read_documents([out])  # the row of the empty text is passed over
    assert [first.doc_id, second.doc_id] == ["7", "9"]
    assert first.text == "A photoreceptor cell."
    assert first.mentions[0].parts == (("CL:0000210",),)
    assert "Ward" in dict(first.mentions[0].columns)


def test_the_exact_heading_is_read_and_a_text_without_mentions_keeps_its_row(hyplink, tiny_run, tmp_path):
    (tmp_path / "n.csv").write_text("note ,Note,note\nx,y,A photoreceptor cell.\nx,y,Fine weather.\n", encoding="utf-8")
    answer = hyplink("link", tiny_run, tmp_path / "n.csv", "--text-column", "Note", "--output-format", "csv")
    assert [row["context"] for row in csv.DictReader(answer.out.splitlines())] == ["y", "y"]
    answer = hyplink("link", tiny_run, tmp_path / "n.csv", "--text-column", "note.2", "--output-format", "csv")
    rows = list(csv.DictReader(answer.out.splitlines()))
    assert [(row["concept"], row["context"]) for row in rows] == [
        ("CL:0000210", "A photoreceptor cell."),
        ("", "Fine weather."),
    ]
    assert [(row["note"], row["Note"]) for row in rows] == [("x", "y")] * 2
    assert "columns with the heading 'note' of another one, read as 'note.2': 1" in answer.err


def test_a_column_that_the_table_lacks_is_an_error_that_shows_its_headings(hyplink, tiny_run, spreadsheet):
    answer = hyplink("link", tiny_run, spreadsheet, "--text-column", "text")
    assert answer.status == 2
    assert "notes.xlsx:1: no column 'text'; the table has 'Case', 'Note', 'Ward'" in answer.err
    assert "--id-column needs --text-column" in hyplink("link", tiny_run, spreadsheet, "--id-column", "Case").err


def test_another_sheet_of_a_workbook_is_chosen_by_its_name(hyplink, tiny_run, spreadsheet):
    workbook = openpyxl.load_workbook(spreadsheet)
    other = workbook.create_sheet("2024")
    other.append(["Note"])
    other.append(["Two photoreceptor cells."])
    workbook.save(spreadsheet)
    words = ("link", tiny_run, spreadsheet, "--text-column", "note")
    answer = hyplink(*words, "--sheet", "2024")
    assert [json.loads(line)["doc"] for line in answer.out.splitlines()] == ["notes:2"]
    assert "sheets of notes.xlsx beside the first ('2024') passed over, choose one with --sheet" in hyplink(*words).err
    answer = hyplink(*words, "--sheet", "2025")
    assert (answer.status, answer.out) == (2, "")
    assert "no sheet '2025'; the workbook has 'Sheet', '2024'" in answer.err


def test_evaluate_and_audit_read_the_sheet_that_they_are_told(hyplink, run, spreadsheet):
    workbook = openpyxl.load_workbook(spreadsheet)
    gold = workbook.create_sheet("gold")
    gold.append(["doc", "mention", "concept", "context"])
    gold.append(["a", "photoreceptor cell", "CL:0000210", "A photoreceptor cell."])
    workbook.save(spreadsheet)
    answer = hyplink("evaluate", run, "--data", spreadsheet, "--sheet", "gold")
    assert (answer.status, "1 document, 1 mention" in answer.err) == (0, True), answer.err
    assert "--sheet requires --data" in hyplink("evaluate", run, "--sheet", "gold").err
    answer = hyplink("audit", run, spreadsheet, "--sheet", "gold", "--gold", "--port", "0")
    assert (answer.status, "1 link to check" in answer.err) == (0, True), answer.err
    answer = hyplink("audit", run, spreadsheet, "--text-column", "note", "--gold")
    assert "are plain text, without annotations" in answer.err


def test_an_existing_output_is_replaced_only_with_force(hyplink, tiny_run, note, tmp_path):
    out = tmp_path / "links.csv"
    out.write_text("corrected\n")
    answer = hyplink("link", tiny_run, note, "-o", out)
    assert answer.status == 2
    assert "links.csv: the file exists; choose another name, or replace it with --force" in answer.err
    assert out.read_text() == "corrected\n"
    assert hyplink("link", tiny_run, note, "-o", out, "--force").status == 0
    assert out.read_text().startswith("doc,start")


def test_top_k_gives_tables_a_row_for_each_candidate(hyplink, tiny_run, note):
    one = hyplink("link", tiny_run, note, "--output-format", "csv").out.splitlines()
    three = hyplink("link", tiny_run, note, "--output-format", "csv", "--top-k", 3, "--search-all").out.splitlines()
    assert len(three) - 1 == 3 * (len(one) - 1)
    assert three[0].startswith("rank,doc")


def test_an_ontology_is_read_from_a_workbook(hyplink, tmp_path):
    workbook = openpyxl.Workbook()
    for row in (["id", "label", "parents"], [1, "skin", None], [2, "red skin", 1], [3, "dry skin", "skin"]):
        workbook.active.append(row)
    workbook.save(tmp_path / "o.xlsx")
    answer = hyplink("info", tmp_path / "o.xlsx")
    assert answer.status == 0
    assert "3" in answer.out
    (tmp_path / "o.xlsx").write_bytes((tmp_path / "o.xlsx").read_bytes()[:900])
    answer = hyplink("info", tmp_path / "o.xlsx")
    assert answer.status == 2
    assert "o.xlsx: is not an Excel workbook (.xlsx), or is damaged" in answer.err
