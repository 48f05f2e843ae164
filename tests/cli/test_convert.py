import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from hyplink.corpus import read_documents
from hyplink.ontology import read_ontology
from tests.conftest import CELL

ANIMALS = Path(__file__).parents[1] / "ontology" / "animals.obo"
ABSTRACTS = CELL.parent / "disease" / "ncbi_dev.pubtator"


@pytest.fixture
def few(tmp_path):
    """The first abstracts of a corpus."""
    blocks = ABSTRACTS.read_text(encoding="utf-8").split("\n\n")[:5]
    (tmp_path / "few.pubtator").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return tmp_path / "few.pubtator"


def test_an_ontology_survives_conversion_through_every_format(hyplink, tmp_path):
    for step, following in ((ANIMALS, "a.ttl"), ("a.ttl", "a.json"), ("a.json", "a.tsv"), ("a.tsv", "a.obo")):
        answer = hyplink("convert", tmp_path / step, tmp_path / following)
        assert answer.status == 0
        assert f"{following}: 10 concepts, 1 obsolete" in answer.err
    start, end = (read_ontology(path) for path in (ANIMALS, tmp_path / "a.obo"))
    for concept_id, concept in start.concepts.items():
        assert set(end.concepts[concept_id].names()) == set(concept.names())
        assert set(end.concepts[concept_id].parents) == set(concept.parents)


def test_the_sheet_of_a_workbook_is_converted(hyplink, tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["notes"])
    concepts = workbook.create_sheet("concepts")
    for row in (["id", "label", "parent"], ["a", "animal", ""], ["b", "dog", "a"], ["c", "cat", "a"]):
        concepts.append(row)
    workbook.save(tmp_path / "all.xlsx")
    answer = hyplink("convert", tmp_path / "all.xlsx", tmp_path / "a.obo", "--from", "table", "--sheet", "concepts")
    assert (answer.status, "a.obo: 3 concepts" in answer.err) == (0, True), answer.err
    answer = hyplink("convert", ANIMALS, tmp_path / "b.obo", "--sheet", "concepts")
    assert "the sheet 'concepts' was chosen, and animals.obo is no workbook" in answer.err
    assert answer.status == 2


def test_repaired_problems_are_reported(hyplink, tmp_path):
    answer = hyplink("convert", CELL / "cl.obo.gz", tmp_path / "cl.obo")
    assert "reference lists that do not follow the OBO syntax, ignored: 2" in answer.err
    assert "cl.obo: 2,068 concepts, 96 obsolete" in answer.err


def test_annotated_text_survives_conversion_through_every_format(hyplink, few, tmp_path):
    steps = [
        few,
        *(tmp_path / name for name in ("a.xml", "a.spacy", "brat", "a.tsv", "a.json", "a.jsonl", "a.pubtator")),
    ]
    for step, following in pairwise(steps):
        answer = hyplink("convert", step, following)
        assert answer.status == 0
        assert "5 documents" in answer.err
    start, end = (sorted(read_documents([path]), key=lambda each: each.doc_id) for path in (few, steps[-1]))
    assert start == end


def test_formats_can_be_given_if_the_names_do_not_show_them(hyplink, tmp_path):
    assert hyplink("convert", CELL / "cl.obo.gz", tmp_path / "out", "--from", "obo", "--to", "table").status == 0
    assert hyplink("convert", tmp_path / "out", tmp_path / "cl.obo", "--from", "table").status == 0
    assert hyplink("convert", ABSTRACTS, tmp_path / "a", "--from", "pubtator", "--to", "jsonl").status == 0
    assert len((tmp_path / "a").read_text(encoding="utf-8").splitlines()) == 100


def test_a_configuration_can_be_given_for_the_ontology_that_it_names(hyplink, tmp_path):
    (tmp_path / "codes.csv").write_text("Code,Title,Up\n1,skin,\n2,red skin,1\n")
    (tmp_path / "my.yaml").write_text("data: {ontology: codes.csv, columns: {id: Code, label: Title, parents: Up}}\n")
    assert hyplink("convert", tmp_path / "my.yaml", tmp_path / "o.json").status == 0
    assert [node["lbl"] for node in json.loads((tmp_path / "o.json").read_text())["graphs"][0]["nodes"]] == [
        "skin",
        "red skin",
    ]
    described = hyplink("info", tmp_path / "my.yaml").out
    assert "concepts: 2, and 0 obsolete\nhierarchy: 1 is-a edge, depth 1, 0.5 on average\n" in described


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((CELL / "cl.obo.gz", "o.docx"), "cannot tell the ontology format from this name; expected .obo, .json"),
        ((ABSTRACTS, "o.docx"), "unknown format of annotated text; name the file .pubtator"),
        (
            (CELL / "cl.obo.gz", "o.obo", "--to", "brat"),
            "is an ontology; --to must be one of obo, obographs, skos, table",
        ),
        ((ABSTRACTS, "o.xml", "--to", "obo"), "is annotated text; --to obo is an ontology format"),
        (("none.obo", "o.json"), "none.obo: cannot be read: No such file"),
        ((ABSTRACTS, "no/o.xml"), "cannot be written: No such file"),
        ((ABSTRACTS, "o.xml", "--to", "word"), "word"),
    ],
)
def test_an_impossible_conversion_is_an_error_of_one_line(hyplink, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    answer = hyplink("convert", *words)
    assert answer.status in (1, 2)
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_info_describes_an_ontology_before_training(hyplink):
    lines = hyplink("info", CELL / "cl.obo.gz").out.splitlines()
    assert lines[:5] == [
        "ontology cl.obo.gz, no release given",
        "concepts: 2,068, and 96 obsolete",
        "hierarchy: 2,869 is-a edges, depth 12, 5.5 on average",
        "roots: 1: CL:0000000 (cell)",
        "names: 4,138: 2,068 labels, 1,698 exact, 208 related, 137 broad, 31 narrow synonyms",
    ]
    assert any("reference lists that do not follow the OBO syntax" in line for line in lines)


def test_info_omits_synonyms_if_there_are_none(hyplink, tmp_path):
    (tmp_path / "o.csv").write_text("id,label,parents\n1,skin,\n2,red skin,1\n", encoding="utf-8")
    assert "\nnames: 2: 2 labels\n" in hyplink("info", tmp_path / "o.csv").out


def test_info_of_an_ontology_imports_no_slow_library(tmp_path):
    (tmp_path / "o.csv").write_text("id,label,parents\n1,skin,\n2,red skin,1\n", encoding="utf-8")
    (tmp_path / "o.yaml").write_text("data: {ontology: o.csv}\n", encoding="utf-8")
    program = "import sys; from hyplink.cli import main\nmain()"
    for path in ("o.csv", "o.yaml"):
        watched = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {program}"
        ended = subprocess.run(
            [sys.executable, "-c", watched, "info", tmp_path / path], capture_output=True, text=True, check=True
        )
        assert "concepts: 2," in ended.stdout
        assert not {"torch", "sklearn", "numba", "scipy"} & set(ended.stderr.split())


def test_info_describes_annotated_text(hyplink):
    assert hyplink("info", ABSTRACTS).out == "ncbi_dev.pubtator: 100 documents, 787 mentions (30 composite)\n"


def test_info_distinguishes_a_run_from_a_file(hyplink, tiny_run, tmp_path):
    assert hyplink("info", tiny_run).out.startswith(f"run {tiny_run}\n")
    assert "not a hyplink run" in hyplink("info", tmp_path).err
    assert "cannot be read: No such file" in hyplink("info", tmp_path / "no.obo").err
