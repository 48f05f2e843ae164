"""Files as other tools and other people write them, each with its right answer: `pytest -v tests/cases`."""

import gzip
import io
import json
import os
import subprocess
import sys

import pytest

from hyplink import read_ontology
from hyplink.gold import GoldResolver
from tests.cases import flat_obo
from tests.conftest import exit_status_of

NAMES = ("asthma", "pneumonia", "cystic fibrosis", "microcephaly", "chronic bronchitis", "lung disease")
ONTOLOGY = flat_obo(NAMES, "D", "disease")
TINY = ("--set=train_ontology.dim=3", "--set=encode.dim=8", "--set=encode.epochs=2", "--set=fit.epochs=2")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A run with seven diseases."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "names.obo").write_text(ONTOLOGY, encoding="utf-8")
    ontology = f"--set=data.ontology={folder / 'names.obo'}"
    assert exit_status_of("run", folder / "run", ontology, *TINY, "--quiet") == 0
    return folder / "run"


@pytest.fixture
def hyplink(tmp_path, monkeypatch, capfd):
    """Calls hyplink in an empty folder; gives its exit status, its output and its messages."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        capfd.readouterr()
        status = exit_status_of(*words)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def write(tmp_path):
    def write_file(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write_file


@pytest.fixture
def links(hyplink, model):
    """The links that hyplink writes for a file."""

    def link(*words):
        status, out, err = hyplink("link", model, *words)
        assert status == 0, err
        return [json.loads(line) for line in out.splitlines()], err

    return link


def bioc(text, *annotations, offset=0):
    given = [
        {"id": str(i), "infons": {"identifier": "D:1"}, "text": words, "locations": [{"offset": at, "length": length}]}
        for i, (words, at, length) in enumerate(annotations)
    ]
    passage = {"offset": offset, "infons": {}, "text": text, "sentences": [], "annotations": given, "relations": []}
    return {"id": "d1", "infons": {}, "annotations": [], "relations": [], "passages": [passage]}


def collection(document):
    head = {"source": "x", "date": "", "key": "", "infons": {}, "version": "1.0", "bioctype": "BioCCollection"}
    return json.dumps({**head, "documents": [document]})


def test_10_words_with_soft_hyphens_other_hyphens_and_line_breaks_are_found(links, write):
    write("a.txt", "Cystic fibro\u00adsis. Cystic fibro-\nsis. Micro\u2010cephaly. Cystic fibro\u200bsis.\n")
    found, _ = links("a.txt")
    assert [each["label"] for each in found] == [*["cystic fibrosis"] * 2, "microcephaly", "cystic fibrosis"]
    assert found[1]["text"] == "Cystic fibro-\nsis"


@pytest.mark.parametrize("words", [("convert", "a.json", "o.jsonl"), ("link", "a.json", "-o", "o.html")])
def test_28_half_of_a_surrogate_pair_is_one_line_that_names_the_file(hyplink, write, model, words):
    write("a.json", collection(bioc("asthma ?", ("asthma", 0, 6))).replace("?", "\\ud83d"))
    command, *rest = words
    status, _, err = hyplink(command, *([model] if command == "link" else []), *rest)
    assert status == 2
    assert err.splitlines()[-1].startswith("hyplink: a.json: cannot be read as BioC: a \\u escape is malformed or half")
    assert not os.path.exists(words[-1])  # noqa: PTH110


def test_29_annotations_whose_words_were_normalised_are_read_and_counted(hyplink, write):
    text = "SARS\u2010CoV\u20102 and TNF-α in asthma"
    write("a.json", collection(bioc(text, ("SARS CoV 2", 0, 10), ("TNF-a", 15, 5), ("asthma", 24, 6))))
    status, out, _ = hyplink("info", "a.json")
    assert status == 0
    assert "1 document, 3 mentions; mention texts that were normalised, offsets accepted: 2" in out


def test_30_an_annotation_without_characters_is_passed_over_and_counted(hyplink, write):
    write("a.json", collection(bioc("asthma here", ("", 9, 0), ("asthma", 10, 6), offset=10)))
    status, out, _ = hyplink("info", "a.json")
    assert status == 0
    assert "1 document, 1 mention; annotations without characters, passed over: 1" in out


@pytest.mark.parametrize("wrapped", [lambda each: {"PubTator3": [each]}, lambda each: [each]])
def test_31_bioc_in_the_wrapper_of_pubtator_3_or_a_bare_list_is_read(links, hyplink, write, wrapped):
    write("a.json", json.dumps(wrapped(bioc("asthma here", ("asthma", 0, 6)))))
    assert "1 document, 1 mention" in hyplink("info", "a.json")[1]
    assert [each["concept"] for each in links("a.json", "--input-format", "bioc")[0]] == ["D:1"]


def test_32_an_empty_cell_in_a_column_of_strings_is_passed_over_and_counted(hyplink, write, model):
    write("terms.csv", "id,mention\n1,asthma\n2,\n3,pneumonia\n")
    status, _, err = hyplink("link", model, "terms.csv", "-o", "terms.sssom.tsv")
    assert status == 0
    assert "rows without a mention, passed over: 1" in err
    with open("terms.sssom.tsv", encoding="utf-8") as file:  # noqa: PTH123
        assert sum("D:" in line and not line.startswith("#") for line in file) == 2


def test_33_offsets_do_not_shift_where_case_folding_changes_the_length(links, write):
    write("terms.csv", "mention,context\nasthma,Die Straße: Asthma.\nasthma,İzmir Asthma.\n")
    assert [(each["start"], each["text"]) for each in links("terms.csv")[0]] == [(12, "Asthma"), (6, "Asthma")]


@pytest.mark.parametrize(("name", "content"), [("NOTE.TXT", "asthma"), ("TERMS.CSV", "mention\nasthma\n")])
def test_35_suffixes_in_upper_case_are_read_as_in_lower_case(links, write, name, content):
    write(name, content)
    assert [each["concept"] for each in links(name)[0]] == ["D:1"]


def test_36_hidden_files_of_macos_are_not_part_of_a_corpus(hyplink, write):
    write("corpus/a.txt", "asthma here\n")
    write("corpus/a.ann", "T1\tID 0 6\tasthma\nN1\tReference T1 D:1\tasthma\n")
    write("corpus/._a.txt", b"\0\5\x16\7Mac OS X")
    write("corpus/._a.ann", b"\0\5\x16\7Mac OS X")
    write("corpus/__MACOSX/a.txt", b"\0\5\x16\7Mac OS X")
    status, _, err = hyplink("convert", "corpus", "out.jsonl")
    assert status == 0
    assert "1 document, 1 mention" in err


def test_39_an_id_replaced_by_a_merged_one_resolves_to_the_concept_it_was_merged_into(write, tmp_path):
    obsolete = "[Term]\nid: D:50\nname: old\nis_obsolete: true\nreplaced_by: D:90\n"
    write("a.obo", ONTOLOGY.replace("name: asthma\n", "name: asthma\nalt_id: D:90\n") + obsolete)
    assert GoldResolver(read_ontology(tmp_path / "a.obo")).concepts_of("D:50") == {"D:1"}


def test_41_the_iri_of_a_concept_resolves_to_it_in_annotated_text(write, tmp_path):
    write("a.obo", ONTOLOGY)
    resolver = GoldResolver(read_ontology(tmp_path / "a.obo"))
    assert resolver.concepts_of("http://purl.obolibrary.org/obo/D_1") == {"D:1"}
    assert resolver.concepts_of("http://purl.obolibrary.org/obo/E_1") == set()


def test_43_columns_that_are_not_read_and_other_separators_are_reported(hyplink, write):
    write("c.csv", 'id,label,synonyms,parent\nB1,bicycle,bike; cycle,\nB2,tandem,"two-seater, double",B1\n')
    status, out, _ = hyplink("info", "c.csv")
    assert status == 0
    assert "columns that were passed over: 1 ('parent'; set data.columns to {parents: parent} to read it)" in out
    assert "columns without a `|` whose cells were separated at `;` instead: 1 ('synonyms', 1 of 2 cells)" in out
    assert "cells contain commas, not separated; write `|` between values: 1 ('synonyms', 1 of 2 cells" in out
    assert "WARNING: no concept has a parent" in out


def test_46_a_line_of_obo_may_continue_after_a_backslash(hyplink, write):
    write("c.obo", ONTOLOGY + '[Term]\nid: D:9\nname: other\nis_a: D:0\ndef: "long \\\ncontinued" []\n')
    status, out, _ = hyplink("info", "c.obo")
    assert status == 0
    assert "definitions: 1" in out


def test_47_carriage_returns_alone_are_line_ends(hyplink, write):
    write("c.obo", ONTOLOGY.replace("\n", "\r"))
    status, out, _ = hyplink("info", "c.obo")
    assert status == 0
    assert "concepts: 7, and 0 obsolete" in out


def hyplink_process(*words, **options):
    return subprocess.run([sys.executable, "-m", "hyplink", *map(str, words)], check=False, **options)


def test_output_in_an_encoding_that_lacks_a_character_is_escaped(write, tmp_path):
    write("a.obo", ONTOLOGY.replace("name: disease", "name: 病"))
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    ended = hyplink_process("info", "a.obo", cwd=tmp_path, env=environment, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"roots: 1: D:0 (\\u75c5)" in ended.stdout


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_a_closed_standard_stream_is_no_traceback(write, tmp_path, model, descriptor):
    write("a.txt", "asthma")
    others = {1: "stderr", 2: "stdout", 0: "stdout"}[descriptor]
    ended = hyplink_process(
        *("link", model, "a.txt"),
        cwd=tmp_path,
        preexec_fn=lambda: os.close(descriptor),
        **{others: subprocess.PIPE},
        text=True,
    )
    assert ended.returncode == 0
    assert "Traceback" not in (ended.stdout or "") + (ended.stderr or "")
    assert descriptor == 1 or json.loads(ended.stdout)["concept"] == "D:1"


def test_a_file_name_that_is_not_utf8_is_written_with_escapes(hyplink, model, tmp_path):
    os.makedirs("f")  # noqa: PTH103
    try:
        with open(b"f/caf\xe9.txt", "wb") as file:  # noqa: PTH123
            file.write(b"asthma")
    except OSError:
        pytest.skip("the file system accepts names in UTF-8 alone")
    status, out, _ = hyplink("link", model, "f")
    assert status == 0
    assert json.loads(out)["doc"] == "caf\\xe9"
    assert hyplink("info", os.fsdecode(b"f/caf\xe9.txt"))[0] == 0
    status, _, err = hyplink("info", os.fsdecode(b"f/no\xe9.txt"))
    assert status == 2
    assert err.startswith("hyplink: f/no\\udce9.txt: cannot be read: No such file")


def test_a_file_that_unpacks_to_far_more_than_text_is_refused_with_the_setting_that_allows_it(
    hyplink, write, monkeypatch
):
    monkeypatch.setenv("HYPLINK_MAX_UNPACKED_MB", "1")
    write("a.obo.gz", gzip.compress((ONTOLOGY + "!" * 2**21).encode()))
    status, _, err = hyplink("info", "a.obo.gz")
    assert status == 2
    assert "a.obo.gz: unpacks to more than 1 MB; if it is sound, set HYPLINK_MAX_UNPACKED_MB to a larger number" in err
    monkeypatch.setenv("HYPLINK_MAX_UNPACKED_MB", "3")
    assert hyplink("info", "a.obo.gz")[0] == 0
