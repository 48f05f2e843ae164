"""Outputs of commands: what they may not overwrite, and what they write through."""

import io
import os
import resource
import stat
import subprocess
import sys
import threading

import pytest

from hyplink.cli import linking

TEXT = "Cone cells and rod cells are photoreceptor cells of the retina.\n"
CHEBI_LIKE = "format-version: 1.2\n\n[Term]\nid: A:1\nname: root\n\n[Term]\nid: A:2\nname: leaf\nis_a: A:1\n"


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(TEXT)
    return path


def test_link_keeps_an_input_that_is_named_as_the_output(hyplink, tiny_run, note):
    answer = hyplink("link", tiny_run, note, "-o", note)
    assert answer.status == 2
    assert "note.txt: it is one of the inputs" in answer.err
    assert answer.err.count("\n") == 1
    assert note.read_text() == TEXT


def test_a_dash_is_no_output(hyplink, tiny_run, note, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (("init", "-"), ("link", tiny_run, note, "-o", "-")):
        answer = hyplink(*arguments)
        assert answer.status == 2
        assert "-: an output needs the name of a file" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_link_keeps_the_annotations_beside_an_input(hyplink, tiny_run, note):
    annotations = note.with_suffix(".ann")
    annotations.write_text("T1\tCell 0 10\tCone cells\n")
    answer = hyplink("link", tiny_run, note, "-o", annotations)
    assert "it is one of the inputs" in answer.err
    assert annotations.read_text().startswith("T1")


def test_link_to_brat_keeps_a_folder_that_holds_an_input(hyplink, tiny_run, note):
    answer = hyplink("link", tiny_run, note, "-o", note.parent, "--output-format", "brat")
    assert "is in this folder" in answer.err
    assert [path.name for path in note.parent.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("words", [["o.pubtator"], ["o.xml"], ["o.spacy"], ["o", "--output-format", "brat"]])
def test_links_that_would_be_read_as_documents_of_the_input_folder_are_written_elsewhere(
    hyplink, tiny_run, note, tmp_path, words
):
    folder = tmp_path / "notes"
    folder.mkdir()
    note.rename(folder / "note.txt")
    output = folder / "found" / words[0]
    answer = hyplink("link", tiny_run, folder, "-o", output, *words[1:])
    assert answer.status == 2
    assert f"{output}: it would be read as a document of the input folder {folder} next time" in answer.err
    assert [path.name for path in folder.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("name", ["links.jsonl", "links.csv", "links.tsv", "links.html", "links.xlsx"])
def test_links_in_the_input_folder_are_not_read_again(hyplink, tiny_run, note, tmp_path, name):
    folder = tmp_path / "notes"
    folder.mkdir()
    note.rename(folder / "note.txt")
    first = hyplink("link", tiny_run, folder).out
    assert hyplink("link", tiny_run, folder, "-o", folder / name).status == 0
    assert (folder / name).exists()
    assert hyplink("link", tiny_run, folder).out == first != ""


@pytest.mark.parametrize("name", ["config.yaml", "run.json", ".lock", "fit/manifest.json", "fit/new.jsonl"])
@pytest.mark.parametrize("words", [("link", "RUN", "NOTE", "-o"), ("plot", "RUN", "--force", "-o")])
def test_no_output_replaces_a_file_of_the_run(hyplink, run, note, name, words):
    output = run / name if words[0] == "link" else run / "fit" / "disk.html"
    before = output.read_bytes() if output.exists() else None
    answer = hyplink(*({"RUN": run, "NOTE": note}.get(word, word) for word in words), output)
    assert "keeps its own files there" in answer.err
    assert (output.read_bytes() if output.exists() else None) == before


def test_an_output_may_lie_in_the_run_beside_its_own_files(hyplink, run, note):
    assert hyplink("link", run, note, "-o", run / "links.jsonl").status == 0
    assert hyplink("plot", run, "-o", run / "disk.html").status == 0


def test_convert_keeps_an_ontology_that_is_named_as_the_output(hyplink, tmp_path):
    ontology, config = tmp_path / "a.obo", tmp_path / "a.yaml"
    ontology.write_text(CHEBI_LIKE)
    config.write_text(f"data: {{ontology: {ontology}}}\n")
    for source in (ontology, config):
        answer = hyplink("convert", source, ontology)
        assert "it is one of the inputs" in answer.err
        assert ontology.read_text() == CHEBI_LIKE
    answer = hyplink("init", ontology, "--force", "--set", f"data.ontology={ontology}")
    assert "it is one of the inputs" in answer.err


def test_convert_keeps_annotated_text_that_is_named_as_the_output(hyplink, tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text('{"doc": "a", "text": "skin", "mentions": []}\n')
    before = source.read_bytes()
    assert "it is one of the inputs" in hyplink("convert", source, source).err
    assert source.read_bytes() == before


def test_evaluate_keeps_data_that_are_named_as_an_output(hyplink, tiny_run, tmp_path):
    data = tmp_path / "test.jsonl"
    data.write_text('{"doc": "a", "text": "rod cell", "mentions": []}\n')
    before = data.read_bytes()
    for option in ("--json", "--report"):
        answer = hyplink("evaluate", tiny_run, "--data", data, option, data)
        assert "it is one of the inputs" in answer.err
    assert data.read_bytes() == before


def test_links_are_written_through_a_pipe(hyplink, tiny_run, note, tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    answer = hyplink("link", tiny_run, note, "-o", pipe)
    reader.join()
    assert answer.status == 0
    assert read == [hyplink("link", tiny_run, note).out]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_export_keeps_a_folder_of_the_user_beside_it(hyplink, tiny_run, tmp_path):
    (tmp_path / "m.partial").mkdir()
    (tmp_path / "m.partial" / "mine").write_text("precious")
    assert hyplink("export", tiny_run, tmp_path / "m").status == 0
    assert (tmp_path / "m.partial" / "mine").read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} == {"m", "m.partial"}


def test_an_export_does_not_go_through_a_link_that_leads_nowhere(hyplink, tiny_run, tmp_path):
    (tmp_path / "m").symlink_to("elsewhere")
    assert "already exists" in hyplink("export", tiny_run, tmp_path / "m").err
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def _on_a_full_disk(n_bytes, *words):
    """The exit status and messages of hyplink if it can write no more than so many bytes to a file."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))  # noqa: E731
    command = [sys.executable, "-B", "-m", "hyplink", *map(str, words)]
    ended = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("link", "RUN", "NOTE", "-o", "OUT"), "OUT"),
        (("link", "RUN", "NOTE", "-o", "OUT", "--output-format", "brat"), "OUT"),
        (("link", "RUN", "NOTE", "-o", "OUT", "--output-format", "docbin"), "OUT"),
        (("export", "RUN", "OUT"), "OUT/"),
        (("init", "OUT"), "OUT"),
        (("fit", "RUN", "--set", "fit.epochs=2", "--quiet"), "fit failed"),
    ],
)
def test_a_full_disk_is_named_as_the_reason_and_leaves_nothing(run, note, tmp_path, words, place):
    note.write_text(TEXT * 20)
    names = {"RUN": run, "NOTE": note, "OUT": tmp_path / "out"}
    limit = 5000 if "fit" in words else 1000  # the run's configuration is written first
    status, messages = _on_a_full_disk(limit, *(names.get(word, word) for word in words))
    *_, message = messages.splitlines()
    assert status == 1
    assert "Traceback" not in messages
    assert message.startswith(f"hyplink: {place.replace('OUT', str(tmp_path / 'out'))}")
    assert "File too large" in message
    assert {path.name for path in tmp_path.iterdir()} == {"run", "note.txt"}
    assert not list(run.glob("*.partial"))


def test_other_users_can_use_a_run_and_an_export(hyplink, run, tmp_path):
    (run / "fit" / "regressor.safetensors").chmod(0o600)  # as earlier versions wrote it
    assert hyplink("export", run, tmp_path / "model").status == 0
    for folder in (run / "encode", run / "train-ontology", tmp_path / "model"):
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {
            stat.S_IMODE((run / "run.json").stat().st_mode)
        }


def test_a_stream_that_writes_parts_gets_all():
    class Short(io.RawIOBase):
        def __init__(self):
            self.parts = []

        def write(self, data):
            self.parts.append(bytes(data[:3]))
            return min(3, len(data))

    stream = Short()
    linking._Whole(stream).write(b"abcdefgh")
    assert stream.parts == [b"abc", b"def", b"gh"]
