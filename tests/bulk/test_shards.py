"""Shards: what an interrupted run left is kept only if it is what would be written again."""

import json
from contextlib import nullcontext
from dataclasses import replace

import pytest

from hyplink.bulk.shards import MANIFEST, ShardedOutput, ShardPlan
from hyplink.corpus import CorpusReport, Document
from hyplink.errors import InputError
from hyplink.export.formats import link_writer
from hyplink.export.parts import parts_of
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Concept, Ontology
from hyplink.run.files import locked
from hyplink.run.outputs import temporary_path

WRITER = link_writer("pubtator", Ontology([Concept("A", "a")]))
PLAN = ShardPlan("hash", (("in.txt", 5),), {"top_k": 5}, "pubtator", 3)
DOCUMENTS = [Document(str(i), f"text {i}") for i in range(8)]


class KilledError(Exception):
    pass


def written(folder, *, resume=False, plan=PLAN, documents=DOCUMENTS, killed_at=None):
    """The ids of the documents that were linked."""
    linked = []

    def link(remaining):
        for document in remaining:
            if document.doc_id == killed_at:
                raise KilledError
            linked.append(document.doc_id)
            yield LinkedDocument(document, [])

    output = ShardedOutput(folder, plan, resume=resume)
    parts = parts_of(link(output.skipped(documents)), WRITER)
    list(output.write(parts, WRITER, CorpusReport()))
    return linked


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.name.startswith(("part", MANIFEST))}


def test_each_shard_has_its_documents(tmp_path):
    written(tmp_path / "out")
    found = contents(tmp_path / "out")
    assert sorted(found) == [MANIFEST, "part-00000.pubtator", "part-00001.pubtator", "part-00002.pubtator"]
    assert [text.count("|t|") for name, text in sorted(found.items()) if name != MANIFEST] == [3, 3, 2]
    _, *shards, last = map(json.loads, found[MANIFEST].splitlines())
    assert [(each["shard"], each["documents"], each["last"]) for each in shards] == [
        ("part-00000.pubtator", 3, "2"),
        ("part-00001.pubtator", 3, "5"),
        ("part-00002.pubtator", 2, "7"),
    ]
    assert last == {"finished": True}


@pytest.mark.parametrize("at", range(8))
def test_an_interrupted_run_continues_to_the_same_files(tmp_path, at):
    written(tmp_path / "whole")
    with pytest.raises(KilledError):
        written(tmp_path / "out", killed_at=str(at))
    assert written(tmp_path / "out", resume=True) == [str(i) for i in range(at // 3 * 3, 8)]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert ShardedOutput(tmp_path / "out", PLAN, resume=True).is_complete


def test_the_temporary_file_of_a_killed_process_is_removed(tmp_path):
    with pytest.raises(KilledError):
        written(tmp_path / "out", killed_at="4")
    unfinished, own = temporary_path(tmp_path / "out"), tmp_path / "out" / ".hyplink-notes"
    unfinished.touch()
    own.touch()
    written(tmp_path / "out", resume=True)
    assert own.exists()
    assert not unfinished.exists()


def test_a_run_that_was_killed_before_it_wrote_anything_is_begun_again(tmp_path):
    (tmp_path / "out").mkdir()
    with locked(tmp_path / "out"):
        pass
    assert written(tmp_path / "out", resume=True) == [str(i) for i in range(8)]


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_that_ended_before_its_first_shard_is_begun_anew_even_with_another_plan(tmp_path, resume):
    with pytest.raises(KilledError):
        written(tmp_path / "out", killed_at="1")
    other = replace(PLAN, inputs=(("other.txt", 7),))
    assert written(tmp_path / "out", plan=other, resume=resume) == [str(i) for i in range(8)]
    written(tmp_path / "whole", plan=other)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_shards_that_another_process_wrote_meanwhile_are_kept(tmp_path):
    late = ShardedOutput(tmp_path / "out", PLAN, resume=False)
    written(tmp_path / "out")
    before = contents(tmp_path / "out")
    with pytest.raises(InputError, match="another process has written to it"):
        list(late.write([], WRITER, CorpusReport()))
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("text", ["{}\n", "mine\n"])
def test_a_manifest_of_others_is_left_alone(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError, match="not empty"):
        written(tmp_path)
    assert (tmp_path / MANIFEST).read_text() == text


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_of_the_manifest_that_was_cut_off_is_written_again(tmp_path, cut):
    written(tmp_path / "whole")
    with pytest.raises(KilledError):
        written(tmp_path / "out", killed_at="7")
    manifest = tmp_path / "out" / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:-cut])
    assert written(tmp_path / "out", resume=True) == ["3", "4", "5", "6", "7"]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (replace(PLAN, run="other"), "another run"),
        (replace(PLAN, inputs=(("in.txt", 6),)), "another input"),
        (replace(PLAN, options={"top_k": 1}), "another set of options"),
        (replace(PLAN, shard_size=4), "another shard size"),
        (replace(PLAN, link_format="bioc"), "another link format"),
    ],
)
def test_shards_of_another_plan_are_not_continued(tmp_path, other, message):
    with pytest.raises(KilledError):
        written(tmp_path, killed_at="7")
    before = contents(tmp_path)
    with pytest.raises(InputError, match=message):
        written(tmp_path, resume=True, plan=other)
    assert contents(tmp_path) == before


def test_changed_documents_or_shards_are_noticed(tmp_path):
    with pytest.raises(KilledError):
        written(tmp_path, killed_at="7")
    with pytest.raises(InputError, match=r"part-00000.pubtator: was linked from other documents"):
        written(tmp_path, resume=True, documents=DOCUMENTS[1:])
    with pytest.raises(InputError, match=r"part-00001.pubtator: was linked from other documents"):
        written(tmp_path, resume=True, documents=DOCUMENTS[:4])
    (tmp_path / "part-00001.pubtator").write_text("changed")
    with pytest.raises(InputError, match=r"part-00001.pubtator: changed since"):
        written(tmp_path, resume=True)


@pytest.mark.parametrize("killed_at", [None, "7"])
def test_a_shard_that_is_missing_and_those_after_it_are_linked_again(tmp_path, killed_at):
    written(tmp_path / "whole")
    with nullcontext() if killed_at is None else pytest.raises(KilledError):
        written(tmp_path / "out", killed_at=killed_at)
    (tmp_path / "out" / "part-00001.pubtator").unlink()
    assert written(tmp_path / "out", resume=True) == ["3", "4", "5", "6", "7"]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        written(tmp_path)
    with pytest.raises(InputError, match=r"has no manifest.jsonl"):
        written(tmp_path, resume=True)
    (tmp_path / MANIFEST).write_text("no JSON\n")
    with pytest.raises(InputError, match="damaged"):
        written(tmp_path, resume=True)
