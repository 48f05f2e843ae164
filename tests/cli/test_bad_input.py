"""Invalid input of every kind: an error of one line, a non-zero exit status, and no loss of data."""

import gzip
import json
import resource
import subprocess
import sys

import fasttext
import pytest

from tests.conftest import CELL, TINY

ARTICLE = CELL / "dev" / "17608565.txt"
HEADER = "format-version: 1.2\n\n"
TERM = "[Term]\nid: A:1\nname: skin\n\n[Term]\nid: A:2\nname: red skin\nis_a: A:1\n"
PUBTATOR = "1|t|A rod\n1|a|and a cone\n1\t2\t5\trod\tCell\tCL:0000604\n"
SMALL = ("--set=train_ontology.dim=2", "--set=encode.dim=4", "--set=fit.epochs=1", "--set=fit.hidden=0")


def refused(answer, *parts, status=2):
    """Checks that a command failed with an error of one line, and returns the line."""
    assert answer.status == status, answer.err
    line = answer.err.splitlines()[-1]
    assert line.startswith("hyplink: ")
    assert "Traceback" not in answer.err
    for part in parts:
        assert str(part) in line
    return line


@pytest.fixture
def train(hyplink, tmp_path):
    """Runs all stages with the tiny configuration and other settings."""
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")

    def call(**settings):
        words = [f"--set=data.{key}={value}" for key, value in settings.items()]
        return hyplink("run", tmp_path / "run", "--config", tmp_path / "tiny.yaml", *words, *SMALL)

    return call


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_missing_configuration(hyplink, tmp_path):
    refused(hyplink("run", tmp_path / "run", "--config", tmp_path / "no.yaml"), tmp_path / "no.yaml", "No such file")
    assert not (tmp_path / "run").exists()


def test_a_configuration_without_an_ontology(hyplink, tmp_path):
    refused(hyplink("run", tmp_path / "run"), "data.ontology")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["empty"]),
        ("fit: {epoch: 3}\n", ["epoch", "did you mean `epochs`?"]),
        ("train-ontology: {dim: 3}\n", ["did you mean `train_ontology`?"]),
        ("fit: {epochs: 0}\n", ["fit.epochs", "greater than or equal to 1"]),
        ("research: {space: round}\n", ["research.space", "'round'"]),
        ("fit: {epochs: [\n", [":", "invalid YAML"]),
        (b"fit: {epochs: \xff}\n", ["not UTF-8"]),
    ],
)
def test_an_invalid_configuration(hyplink, written, tmp_path, content, parts):
    path = written("my.yaml", content)
    refused(hyplink("run", tmp_path / "run", "--config", path), path, *parts)


@pytest.mark.parametrize("words", [["fit.epoch=3"], ["fit=3"], ["fit.epochs=many"], ["fit.epochs=-1"], ["ft.epochs=1"]])
def test_an_invalid_setting_on_the_command_line(hyplink, tiny_config, tmp_path, words):
    refused(hyplink("run", tmp_path / "run", "--config", tiny_config, "--set", *words), words[0].split("=")[0][:3])


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("o.obo", "", ["empty"]),
        ("o.obo", HEADER, ["[Term]"]),
        ("o.obo", HEADER + "[Term]\nid: A:1\nname: skin\n", ["one concept"]),
        ("o.obo", HEADER + TERM + "[Term]\nname: no id\n", ["o.obo:"]),
        ("o.obo", HEADER + TERM.replace("is_a: A:1", "is_a A:1"), ["o.obo:10:"]),
        ("o.obo", (HEADER + TERM).encode() + b"name: \xff\n", ["o.obo:11:", "UTF-8"]),
        ("o.obo.gz", gzip.compress((HEADER + TERM).encode(), mtime=0)[:-20], ["o.obo.gz"]),
        ("o.tsv", "A:1\tA:2\tA:3\tA:4\nB\n", ["o.tsv:"]),
        ("o.csv", b"PK\x03\x04\x14\0\0\0", ["o.csv: a zip archive"]),
        ("o.csv", "id,label\n1,skin\n".encode("utf-16"), ["o.csv: text in UTF-16; save the file as UTF-8"]),
        ("o.obo", b"\x7fELF\x02\xff\0\0", ["o.obo: a binary file; expected text"]),
        ("o.ttl", "@prefix x: <urn:x> .\nx:a x:b .\n", ["o.ttl:2: not turtle: "]),
        ("o.omn", "Prefix: ex: <urn:x>\n", ["Manchester", "Turtle"]),
    ],
)
def test_an_invalid_ontology(train, written, name, content, parts):
    path = written(name, content)
    refused(train(ontology=path, roots="[]"), path, *parts)


def test_a_missing_ontology(train, tmp_path):
    refused(train(ontology=tmp_path / "no.obo"), tmp_path / "no.obo")


def test_unknown_roots(train):
    refused(train(roots="CL:9999999"), "CL:9999999")


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("t.pubtator", "", ["empty"]),
        ("t.pubtator", PUBTATOR + "1\t2\tfive\trod\tCell\tCL:0000604\n", ["t.pubtator:4:"]),
        ("t.pubtator", PUBTATOR + "1\t90\t95\trod\tCell\tCL:0000604\n", ["t.pubtator:4:"]),
        ("t.pubtator", PUBTATOR + "1\t2\t5\tcar\tCell\tCL:0000604\n", ["t.pubtator:4:", "car"]),
        ("t.pubtator", PUBTATOR.encode() + b"\xe9\n", ["t.pubtator:4:", "UTF-8"]),
        ("t.jsonl", '{"doc": "1", "text": "rod", "mentions": [{"start": 0, "end": 4}]}\n', ["t.jsonl:1:"]),
        ("t.jsonl", '{"doc": "1", "text": "rod"}\n{"doc": "2"}\n', ["t.jsonl:2:"]),
        ("t.jsonl", '{"doc": "1", "text": \n', ["t.jsonl:1:"]),
        ("t.bin", "\x00\x01\n", ["t.bin:1:", "format"]),
    ],
)
def test_invalid_annotated_text(train, written, name, content, parts):
    refused(train(train=written(name, content)), *parts)


@pytest.mark.parametrize(
    ("annotations", "line"),
    [
        ("T1\tCell 2 90\trod\n", 1),
        ("T1\tCell 2 5\trod\nN1 what\n", 2),
        ("T1\tCell 2\trod\n", 1),
        ("T1\tC 2 5\tcar\n", 1),
    ],
)
def test_invalid_brat(train, written, annotations, line):
    written("b.ann", annotations)
    refused(train(train=written("b.txt", "a rod")), f"b.ann:{line}:")


def test_a_folder_without_text(train, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(train(train=tmp_path / "empty"), tmp_path / "empty")


def test_documents_in_both_train_and_dev(train):
    refused(train(train=ARTICLE), "1 document of data.dev in data.train or data.unlabelled too", "17608565")


def test_a_classifier_instead_of_word_vectors(train, written, tmp_path):
    corpus = written("c.txt", "__label__a red skin\n__label__b dry skin\n" * 5)
    # fastText leaves memory that its threads do not fill uninitialised: ten threads fill 4 words × 10 numbers
    model = fasttext.train_supervised(str(corpus), dim=10, epoch=1, thread=10, verbose=0)
    model.save_model(str(tmp_path / "classifier.bin"))
    refused(_with_vectors(train, tmp_path, "classifier.bin"), "classifier.bin: a fastText classifier")
    assert (tmp_path / "run/train-ontology/manifest.json").is_file()


def _with_vectors(train, folder, name):
    (folder / "tiny.yaml").write_text(TINY.replace("encode: {", f"encode: {{vectors: {folder / name}, "))
    return train()


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("v.vec", "2 3\nrod 1 2 3\ncone 1 2\n", ["v.vec:3:"]),
        ("v.vec", "rod 1 2 3\ncone 1 two 3\n", ["v.vec:2:"]),
        ("v.vec", b"rod 1 2 3\n\xff 1 2 3\n", ["v.vec:2:", "UTF-8"]),
        ("v.vec", "", ["v.vec", "empty"]),
        ("v.bin", "this is no model", ["v.bin", "fastText"]),
    ],
)
def test_invalid_word_vectors(train, written, tmp_path, name, content, parts):
    written(name, content)
    refused(_with_vectors(train, tmp_path, name), *parts)


def test_a_missing_run_and_a_folder_or_file_that_is_not_a_run(hyplink, tmp_path):
    refused(hyplink("link", tmp_path / "no", ARTICLE), tmp_path / "no", "no such run")
    refused(hyplink("info", tmp_path), "not a hyplink run")
    (tmp_path / "file").touch()
    refused(hyplink("run", tmp_path / "file"), "this is a file")


def test_an_unfinished_run_is_an_error_that_names_the_command_to_run(hyplink, tmp_path, tiny_config):
    hyplink("train-ontology", tmp_path / "run", "--config", tiny_config)
    refused(hyplink("link", tmp_path / "run", ARTICLE), "encode has not been run", f"hyplink encode {tmp_path / 'run'}")
    refused(hyplink("fit", tmp_path / "run"), "hyplink encode")


def test_a_run_of_a_newer_format(hyplink, run):
    (run / "run.json").write_text(json.dumps({"format": 99, "hyplink": "9.9"}))
    for command in (("link", run, ARTICLE), ("run", run), ("info", run), ("evaluate", run)):
        refused(hyplink(*command), "format 99", "hyplink 9.9")


@pytest.mark.parametrize(
    "name",
    ["fit/regressor.safetensors", "fit/regressor.json", "fit/points.npy", "encode/encoder.json",
     "encode/vectors.safetensors", "train-ontology/ontology/tables.safetensors", "fit/manifest.json"],
)  # fmt: skip
def test_a_damaged_file_is_named_and_the_next_run_writes_it_again(hyplink, run, name):
    whole = (run / name).read_bytes()
    (run / name).write_bytes(whole[: len(whole) // 2])
    refused(hyplink("link", run, ARTICLE), name)
    assert hyplink("run", run).status == 0
    assert hyplink("link", run, ARTICLE).status == 0


@pytest.mark.parametrize("command", [("info",), ("evaluate",), ("link", ARTICLE)])
def test_standard_output_on_a_full_disk(tiny_run, command):
    name, *rest = command
    words = [sys.executable, "-m", "hyplink", name, str(tiny_run), *map(str, rest)]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "hyplink: No space left on device"
    assert "Traceback" not in ended.stderr


def test_a_disk_that_becomes_full_during_a_stage_keeps_the_finished_stage(run):
    before = (run / "encode/vectors.safetensors").read_bytes()
    ended = subprocess.run(
        [sys.executable, "-m", "hyplink", "encode", str(run), "--force"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("hyplink: ")
    assert "full" in ended.stderr.splitlines()[-1]
    assert (run / "encode/vectors.safetensors").read_bytes() == before
    assert not (run / "encode.partial").exists()


def test_an_output_that_cannot_be_written(hyplink, tiny_run, tmp_path):
    refused(hyplink("link", tiny_run, ARTICLE, "-o", tmp_path / "no" / "out"), tmp_path / "no" / "out", status=1)
    refused(hyplink("evaluate", tiny_run, "--json", tmp_path / "no" / "out"), tmp_path / "no" / "out", status=1)
    refused(hyplink("init", tmp_path / "no" / "my.yaml"), tmp_path / "no" / "my.yaml", status=1)


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_an_invalid_file_among_others_is_reported_and_skipped(hyplink, tiny_run, written, quiet):
    good, bad = written("good.txt", "a photoreceptor cell"), written("bad.txt", b"a rod \xff")
    answer = hyplink("link", tiny_run, good, bad, good.with_name("none.txt"), good, *quiet)
    assert [json.loads(line)["text"] for line in answer.out.splitlines()] == ["photoreceptor cell"]
    assert f"hyplink: skipped: {bad}:1: byte 0xff is not UTF-8" in answer.err
    assert "none.txt" in answer.err
    refused(answer, "2 files of 3 skipped")


@pytest.mark.parametrize(("n", "before"), [(1, "the document before it is"), (2, "the 2 documents before it are")])
def test_of_a_file_that_is_invalid_in_the_middle_the_documents_before_are_linked(hyplink, tiny_run, written, n, before):
    lines = "".join(f'{{"doc": "{i}", "text": "photoreceptor cell"}}\n' for i in range(n))
    bad = written("bad.jsonl", lines + "{\n")
    answer = hyplink("link", tiny_run, bad, written("good.txt", "nothing"))
    assert [json.loads(line)["doc"] for line in answer.out.splitlines()] == list("012"[:n])
    [told] = [line for line in answer.err.splitlines() if "skipped in part" in line]
    assert told.startswith(f"hyplink: skipped in part: {bad}:{n + 1}: ")
    assert told.endswith(f"; {before} linked")
    refused(answer, "1 file of 2 skipped")


def test_an_invalid_file_without_others_is_an_error(hyplink, tiny_run, written):
    refused(hyplink("link", tiny_run, written("bad.txt", "")), "bad.txt", "empty")
    refused(hyplink("link", tiny_run, "-", stdin=b"\xff"), "standard input:1:", "UTF-8")


def test_evaluating_on_text_without_mentions(hyplink, tiny_run, written):
    refused(hyplink("evaluate", tiny_run, "--data", written("plain.txt", "a rod")), "no annotated mentions")


@pytest.mark.parametrize("words", [["link"], ["nonsense"], ["link", "r", "f", "--top-k", "0"], ["fit", "r", "--fast"]])
def test_invalid_commands_and_options(hyplink, words):
    answer = hyplink(*words)
    assert answer.status == 2
    assert "Traceback" not in answer.err
