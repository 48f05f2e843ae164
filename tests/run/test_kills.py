import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hyplink.config import Config
from hyplink.run import Run
from tests.run.builder import NUMBERS, build, number_of

ROOT = Path(__file__).parents[2]


def _build_and_kill(folder, seconds):
    """The number of the last build that the program reported before it was killed."""
    command = [sys.executable, "-m", "tests.run.builder", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        first = program.stdout.readline()
        time.sleep(seconds)
        program.kill()
        return int((first + program.stdout.read()).splitlines()[-1])


def test_kills_at_ten_random_times_leave_the_finished_stage(tmp_path):
    times = random.Random(0)
    for _ in range(10):
        reported = _build_and_kill(tmp_path / "run", times.uniform(0, 0.05))
        run = Run.open(tmp_path / "run")
        assert number_of(run) in (reported, reported + 1)
        with run.locked():
            assert number_of(run) in (reported, reported + 1)
        assert not list(run.folder.glob("*.old"))
    build(run, 12345)
    assert number_of(run) == 12345
    assert {path.name for path in run.folder.iterdir()} == {".lock", "config.yaml", "run.json", "fit"}


def test_a_kill_at_any_file_operation_leaves_the_finished_stage(tmp_path):
    command = [sys.executable, "-m", "tests.run.builder", str(tmp_path / "run"), "--at-every-step"]
    kills = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert int(kills) > 20


def test_a_kill_at_any_file_operation_leaves_the_old_run_or_its_complete_successor(tmp_path):
    command = [sys.executable, "-m", "tests.run.builder", str(tmp_path / "run"), "--at-every-step", "--successor"]
    kills = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert int(kills) > 40
    assert {path.name for path in (tmp_path / "run").iterdir()} == {".lock", "config.yaml", "run.json", "fit"}


@pytest.fixture
def run(tmp_path):
    """A run whose stage holds number 1; next to the run, complete stages with the numbers 0 and 2."""
    run = Run.create(tmp_path / "run", Config())
    for number in (0, 2, 1):
        build(run, number)
        shutil.copytree(run.folder / "fit", tmp_path / str(number))
    return run


def _contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _repaired_number(run):
    """The number after a repair, for which the reader of the run need not wait."""
    before = _contents(run.folder)
    opened = Run.open(run.folder)
    read = number_of(opened)
    assert _contents(run.folder) == before
    with opened.locked():
        number = number_of(opened)
        assert not list(run.folder.glob("*.old"))
    assert read in (1, number)  # a new stage that is complete may be read only after the repair
    build(opened, 7)
    assert number_of(opened) == 7
    return number


def test_killed_while_writing_the_new_stage(run):
    (run.folder / "fit.partial").mkdir()
    (run.folder / "fit.partial" / "one.txt").write_text("2")
    assert _repaired_number(run) == 1


def test_killed_when_the_new_stage_is_complete_and_the_old_one_in_place(run, tmp_path):
    (tmp_path / "2").rename(run.folder / "fit.partial")
    assert _repaired_number(run) == 2


def test_killed_after_renaming_the_old_stage(run, tmp_path):
    (run.folder / "fit").rename(run.folder / "fit.old")
    (tmp_path / "2").rename(run.folder / "fit.partial")
    assert _repaired_number(run) == 2


def test_killed_when_the_new_stage_is_in_place_and_the_old_one_not_yet_deleted(run, tmp_path):
    (tmp_path / "0").rename(run.folder / "fit.old")
    assert _repaired_number(run) == 1


def test_killed_while_deleting_the_old_stage(run, tmp_path):
    (tmp_path / "0").rename(run.folder / "fit.old")
    (run.folder / "fit.old" / "one.txt").unlink()
    (run.folder / "fit.old" / "manifest.json").unlink()
    assert _repaired_number(run) == 1


def test_an_old_stage_without_a_new_one_is_restored(run):
    (run.folder / "fit").rename(run.folder / "fit.old")
    assert _repaired_number(run) == 1


def test_a_new_stage_with_a_damaged_file_never_replaces_the_finished_one(run, tmp_path):
    (tmp_path / "2").rename(run.folder / "fit.partial")
    (run.folder / "fit.partial" / "one.txt").write_text("9")
    assert _repaired_number(run) == 1


def test_a_replacement_in_progress_is_left_to_the_process_that_holds_the_lock(run):
    with run.locked():
        (run.folder / "fit").rename(run.folder / "fit.old")
        assert number_of(Run.open(run.folder)) == 1
        assert not (run.folder / "fit").exists()
    with Run.open(run.folder).locked():
        assert (run.folder / "fit").exists()
    assert number_of(Run.open(run.folder)) == 1


def test_a_run_whose_creation_was_killed_can_be_created_again(tmp_path):
    (tmp_path / ".lock").touch()
    (tmp_path / "run.json.partial").write_text("{")
    build(Run.create(tmp_path, Config()), 1)
    assert Run.open(tmp_path).is_fresh(NUMBERS)
