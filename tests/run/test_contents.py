"""Runs from someone else: nothing is read or written through links, nothing outside the folder is named."""

import json
import os
import shutil

import pytest

from hyplink.config import Config, FitSection
from hyplink.errors import RunError
from hyplink.run import Run
from tests.run.builder import NUMBERS, build, number_of, replace


@pytest.fixture
def run(tmp_path):
    run = Run.create(tmp_path / "run", Config())
    build(run, 1)
    return run


def _everything(folder):
    return {path: (path.lstat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "name",
    [".lock", ".lock.pid", "config.yaml", "run.json", "run.json.partial", "successor", "fit", "fit.old", "fit/one.txt"],
)
@pytest.mark.parametrize("attempt", ["open", "create"])
def test_a_symbolic_link_in_a_run_is_refused_and_nothing_is_written_through_it(run, tmp_path, name, attempt):
    target = tmp_path / "elsewhere" / "target"
    target.parent.mkdir()
    link = run.folder / name
    if link.exists():
        shutil.move(link, target)
    elif name in ("successor", "fit.old"):
        shutil.copytree(run.folder / "fit", target)
    else:
        target.write_text("precious")
    link.symlink_to(target)
    before = _everything(tmp_path)
    with pytest.raises(RunError, match="a symbolic link, and a run may not lead out of its folder") as caught:
        Run.open(run.folder) if attempt == "open" else Run.create(run.folder, Config())
    assert str(link) in str(caught.value)
    assert _everything(tmp_path) == before


def test_a_link_in_a_folder_that_is_to_become_a_run_is_refused(tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(RunError, match="a symbolic link"):
        Run.create(tmp_path / "run", Config())
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_link_that_leads_nowhere_is_refused(run):
    (run.folder / "fit.old").symlink_to("nowhere")
    with pytest.raises(RunError, match="a symbolic link"):
        Run.open(run.folder)


def test_a_pipe_in_a_run_is_refused_without_waiting_for_it(run):
    (run.folder / "config.yaml").unlink()
    os.mkfifo(run.folder / "config.yaml")
    with pytest.raises(RunError, match=r"config\.yaml: neither a file nor a folder"):
        Run.open(run.folder)


def test_a_run_may_be_named_by_a_link_to_it(run, tmp_path):
    (tmp_path / "latest").symlink_to(run.folder)
    assert number_of(Run.open(tmp_path / "latest")) == 1


@pytest.mark.parametrize("name", ["../../precious", "two/../../../precious", "/precious"])
def test_a_manifest_that_names_a_file_outside_its_stage_is_damaged(run, tmp_path, name):
    manifest = run.folder / "fit" / "manifest.json"
    values = json.loads(manifest.read_text())
    values["outputs"][name] = values["outputs"]["one.txt"]
    manifest.write_text(json.dumps(values))
    with pytest.raises(RunError, match="not a manifest"):
        Run.open(run.folder).path("fit")


@pytest.mark.parametrize("leftover", ["fit.old", "fit.partial", "successor"])
def test_reading_a_run_whose_replacement_was_interrupted_changes_nothing(run, leftover):
    shutil.copytree(run.folder, run.folder.parent / "copy")
    shutil.move(run.folder.parent / "copy" / ("" if leftover == "successor" else "fit"), run.folder / leftover)
    before = _everything(run.folder)
    opened = Run.open(run.folder)
    assert number_of(opened) == 1
    assert opened.is_fresh(NUMBERS)
    assert _everything(run.folder) == before


def test_a_run_that_is_replaced_while_it_is_read_is_read_again(tmp_path):
    run, seen = Run.create(tmp_path / "run", Config(fit=FitSection(epochs=1))), []
    build(run, 0)
    reader = Run.open(run.folder)

    def read():
        first = reader.path("fit", "one.txt").read_text()
        if not seen:
            replace(Run.open(run.folder), 7)
        seen.append((first, reader.path("fit", "two/two.txt").read_text()))
        return seen[-1]

    assert reader.snapshot(read) == ("7", "7")
    assert seen == [("0", "7"), ("7", "7")]
    assert reader.config.fit.epochs == 8


def test_an_error_while_a_run_is_replaced_is_no_error_of_the_new_run(run):
    seen = []

    def read():
        path = run.path("fit", "one.txt")
        if not seen:
            seen.append(path)
            build(Run.open(run.folder), 7)
            raise FileNotFoundError(path)
        return path.read_text()

    assert run.snapshot(read) == "7"


def test_an_error_of_a_run_that_nobody_replaces_is_raised_at_once(run):
    calls = []

    def read():
        calls.append(1)
        raise RunError("damaged")

    with pytest.raises(RunError, match="damaged"):
        run.snapshot(read)
    assert len(calls) == 1


def test_a_run_that_is_always_being_replaced_is_an_error_in_the_end(run):
    numbers = iter(range(2, 1000))
    with pytest.raises(RunError, match="another process kept replacing it"):
        run.snapshot(lambda: build(run, next(numbers)))
