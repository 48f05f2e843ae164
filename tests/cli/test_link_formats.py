"""Links in the formats of other tools, read back by hyplink. Other tests read them with bioc and spaCy."""

import json

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
    assert metadata["curie_map"] == {"CL": "http://purl.obolibrary.org/obo/CL_"}
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {
            "subject_label": text,
            "subject_type": "rdfs literal",
            "predicate_id": "skos:exactMatch",
            "object_id": "CL:0000210",
            "object_label": "photoreceptor cell",
            "mapping_justification": "semapv:CompositeMatching",
            "confidence": "",
        }
        for text in ("photoreceptor cells", "PRC")
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
