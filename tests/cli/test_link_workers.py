"""`hyplink link --workers` and `--shard-size`: the same links as from one process in one file."""

import json
import os
import random
import signal
import time
from importlib.util import find_spec

import pytest

from hyplink.linking.linker import Linker
from tests.conftest import CELL, exit_status_of

WORDS = ["photoreceptor cell", "retinal cone cell", "olfactory receptor cell", "neuron", "nothing", "ganglion cell"]


@pytest.fixture
def notes(tmp_path):
    chosen = random.Random(0)
    rows = [{"doc": str(i), "text": " and ".join(chosen.choices(WORDS, k=5))} for i in range(300)]
    (tmp_path / "notes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "notes.jsonl"


@pytest.mark.parametrize("words", [[], ["--top-k", "2", "--output-format", "tsv"], ["--nested"]])
def test_workers_write_the_same_links(hyplink, tiny_run, notes, words):
    one, three = (hyplink("link", tiny_run, notes, CELL / "dev", *words, "--workers", n) for n in (1, 3))
    assert (one.status, three.status) == (0, 0)
    assert one.out == three.out
    assert one.out.count("\n") > 300


def test_shards_together_are_the_single_file(hyplink, tiny_run, notes, tmp_path):
    whole = hyplink("link", tiny_run, notes)
    words = ["link", tiny_run, notes, "-o", tmp_path / "out", "--shard-size", "77", "--workers", "2"]
    answer = hyplink(*words)
    assert (answer.status, answer.out) == (0, "")
    assert f"4 shards in {tmp_path / 'out'}" in answer.err
    parts = sorted((tmp_path / "out").glob("part-*.jsonl"))
    assert "".join(part.read_text() for part in parts) == whole.out
    assert "not empty" in hyplink(*words).err
    again = hyplink(*words, "--resume")
    assert (again.status, again.err) == (0, f"{tmp_path / 'out'}: all 4 shards are finished\n")


def test_a_killed_run_continues_to_the_same_shards(tiny_run, notes, tmp_path):
    def link(folder, *words):
        return exit_status_of(
            "link", tiny_run, notes, "-o", folder, "--shard-size", "20", "--workers", "2", "-q", *words
        )

    assert link(tmp_path / "whole") == 0
    times = random.Random(1)
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os._exit(link(tmp_path / "out", "--resume"))
        time.sleep(times.uniform(0.0, 1.0))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert link(tmp_path / "out", "--resume") == 0
    contents = [
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if not path.name.startswith(".")}
        for name in ("whole", "out")
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shard-size", "5"], "--shard-size needs --output"),
        (["--resume"], "--resume needs --shard-size"),
        (["-o", "x", "--shard-size", "5", "--output-format", "brat"], "cannot be written in shards"),
        (["--points", "p.npy", "--workers", "2"], "--points needs a single process"),
        (["--workers", "1000000"], "--workers 1000000: more than"),
    ],
)
def test_options_that_do_not_go_together(hyplink, tiny_run, notes, words, message):
    answer = hyplink("link", tiny_run, notes, *words)
    assert answer.status == 2
    assert message in answer.err
    assert answer.err.count("\n") == 1


@pytest.fixture
def deadly(monkeypatch, tmp_path):
    """A file of three documents, of which the second ends the process that links it."""

    def killing(linker, documents, **options):
        if any("deadly" in each.text for each in documents):
            os.kill(os.getpid(), signal.SIGKILL)
        return link_many(linker, documents, **options)

    link_many = Linker.link_many
    monkeypatch.setattr(Linker, "link_many", killing)
    rows = [{"doc": f"d\n{i}", "text": f"photoreceptor cell {word}"} for i, word in enumerate(["", "deadly", ""])]
    (tmp_path / "deadly.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "deadly.jsonl"


def test_the_exit_status_tells_that_a_document_has_no_links(hyplink, tiny_run, deadly):
    answer = hyplink("link", tiny_run, deadly, "--workers", "2", "-q")
    assert (answer.status, answer.out.count("\n")) == (2, 2)
    assert answer.err == (
        "hyplink: d 1: ended its process; it has no links\nhyplink: 1 document without links; see above\n"
    )


def test_continuing_shards_tells_again_that_a_document_has_no_links(hyplink, tiny_run, deadly, tmp_path):
    words = ["link", tiny_run, deadly, "--workers", "2", "-q", "-o", tmp_path / "out", "--shard-size", "2"]
    whole = hyplink(*words)
    assert (whole.status, whole.err.splitlines()[-1]) == (2, "hyplink: 1 document without links; see above")
    told = "hyplink: 1 document of earlier shards without links or not written\n"
    finished = hyplink(*words, "--resume")
    assert (finished.status, finished.err) == (2, told)
    manifest = tmp_path / "out" / "manifest.jsonl"
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[:2]))  # the first shard is finished
    continued = hyplink(*words, "--resume")
    assert (continued.status, continued.err) == (2, told)


@pytest.mark.parametrize("words", [["-o", "{}/out.pubtator"], ["-o", "{}/out", "--shard-size", "2"]])
def test_a_document_that_the_format_cannot_represent_is_reported_and_the_others_are_written(
    hyplink, tiny_run, tmp_path, words
):
    ids = ["a", "b\nc", "d"]
    rows = "".join(json.dumps({"doc": doc_id, "text": "photoreceptor cell"}) + "\n" for doc_id in ids)
    (tmp_path / "in.jsonl").write_text(rows)
    words = [word.format(tmp_path) for word in words]
    answer = hyplink("link", tiny_run, tmp_path / "in.jsonl", "-q", *words, "--output-format", "pubtator")
    told, last = answer.err.splitlines()
    assert told.startswith(
        "hyplink: document 'b\\nc' is not written: document id 'b\\nc' cannot be written in PubTator"
    )
    assert (answer.status, last) == (2, "hyplink: 1 document not written; see above")
    written = [tmp_path / "out.pubtator"] if "--shard-size" not in words else sorted((tmp_path / "out").glob("part-*"))
    assert [line[0] for path in written for line in path.read_text().splitlines() if "|t|" in line] == ["a", "d"]


def test_a_list_names_the_inputs(hyplink, tiny_run, notes, tmp_path):
    (tmp_path / "list").write_text(f"{notes}\n\n{CELL / 'dev'}\n")
    assert (
        hyplink("link", tiny_run, "--files-from", tmp_path / "list").out
        == hyplink("link", tiny_run, notes, CELL / "dev").out
    )
    missing = hyplink("link", tiny_run, "--files-from", tmp_path / "none").err
    assert missing == f"hyplink: {tmp_path / 'none'}: cannot be read as a list of paths: No such file or directory\n"
    (tmp_path / "empty").write_text("\n")
    empty = hyplink("link", tiny_run, "--files-from", tmp_path / "empty")
    assert (empty.status, empty.out, empty.err.count("\n")) == (2, "", 1)
    assert f"{tmp_path / 'empty'}: the list of paths is empty" in empty.err
    forgotten = hyplink("link", notes)
    assert (forgotten.status, forgotten.out) == (2, "")
    assert f"{notes} is a file; name a run first, as in `hyplink link runs/my {notes.name}`" in forgotten.err
    assert "nothing to link" in hyplink("link", tiny_run).err


def test_with_a_text_column_the_tables_of_a_folder_are_read(hyplink, tiny_run, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(f"key,note\n{name},photoreceptor cell\n")
    (folder / "readme.txt").write_text("no table")
    words = ["link", tiny_run, folder, "--text-column", "note", "--id-column", "key"]
    answer = hyplink(*words)
    assert [json.loads(line)["doc"] for line in answer.out.splitlines()] == ["a.csv", "b.csv"]
    assert answer.status == 0
    written = hyplink(*words, "-o", folder / "links.csv")
    assert (written.status, written.out) == (2, "")
    assert "it would be read as a document of the input folder" in written.err


def test_standard_input_may_be_the_list_of_inputs(hyplink, tiny_run, notes):
    words = ["link", tiny_run, "--files-from", "-"]
    assert hyplink(*words, stdin=f"{notes}\n".encode()).out == hyplink("link", tiny_run, notes).out
    assert "standard input: the list of paths is empty" in hyplink(*words).err
    both = hyplink(*words, "-", stdin=f"{notes}\n".encode())
    assert (both.status, both.out) == (2, "")
    assert "standard input cannot be both the list of --files-from and a text" in both.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--address", "auto"], "--address needs --engine ray"),
        (["-", "--engine", "ray"], "--engine ray does not read standard input"),
        (["--engine", "ray", "--points", "p.npy"], "--points needs a single process"),
    ],
)
def test_options_of_a_cluster_that_do_not_go_together(hyplink, tiny_run, notes, words, message):
    answer = hyplink("link", tiny_run, notes, *words)
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert message in answer.err


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_a_cluster_without_ray_is_an_error_in_one_line(hyplink, tiny_run, notes):
    answer = hyplink("link", tiny_run, notes, "--engine", "ray")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == 'hyplink: --engine ray needs Ray, which is missing: pip install "hyplink[ray]"\n'


def test_addresses_are_read_like_the_files_that_they_name(hyplink, tiny_run, notes, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.jsonl").write_text('{"doc": "b", "text": "A photoreceptor cell."}\n')
    (tmp_path / "folder" / "none.pdf").write_text("nothing")
    whole = hyplink("link", tiny_run, notes, tmp_path / "folder")
    for folder in ("folder", "folder/*.jsonl", "folder/b.jsonl"):
        by_address = hyplink("link", tiny_run, f"file://{notes}", f"file://{tmp_path / folder}")
        assert (by_address.status, by_address.out) == (0, whole.out)
    assert "mentions linked in 301 documents" in by_address.err


def test_what_is_wrong_with_an_address_is_told_in_one_line(hyplink, tiny_run, tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"doc": "a", "text": "x"}\n{"doc"\n')
    (tmp_path / "empty").mkdir()
    for address, message in [
        (f"file://{tmp_path}/none.jsonl", "no such file"),
        (f"file://{tmp_path}/empty", "no such file, or none in this folder that ends in"),
        ("nothing://x/y", "cannot be read: Protocol not known: nothing"),
    ]:
        answer = hyplink("link", tiny_run, address)
        assert (answer.status, answer.out) == (2, "")
        assert answer.err.startswith(f"hyplink: {address}: {message}")
        assert answer.err.count("\n") == 1
    address = f"file://{tmp_path}/bad.jsonl"
    assert f"hyplink: {address}:2: " in hyplink("link", tiny_run, address).err
