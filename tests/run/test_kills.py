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
    """The number of the last build that the program told to be done before it was killed."""
    command = [sys.executable, "-m", "tests.run.builder", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        told = program.stdout.readline()
        time.sleep(seconds)
        program.kill()
        return int((told + program.stdout.read()).splitlines()[-1])


def test_a_stage_that_is_killed_at_ten_random_moments_always_leaves_the_last_good_one(tmp_path):
    moments = random.Random(0)
    for _ in range(10):
        told = _build_and_kill(tmp_path / "run", moments.uniform(0, 0.05))
        run = Run.open(tmp_path / "run")
        assert number_of(run) in (told, told + 1)
        assert not list(run.folder.glob("*.old"))
    build(run, 12345)
    assert number_of(run) == 12345
    assert {path.name for path in run.folder.iterdir()} == {".lock", "config.yaml", "run.json", "fit"}


def test_a_kill_at_any_single_operation_on_files_leaves_the_last_good_stage(tmp_path):
    command = [sys.executable, "-m", "tests.run.builder", str(tmp_path / "run"), "--at-every-step"]
    kills = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert int(kills) > 20


def test_a_kill_at_any_single_operation_on_files_leaves_the_former_run_or_its_whole_successor(tmp_path):
    command = [sys.executable, "-m", "tests.run.builder", str(tmp_path / "run"), "--at-every-step", "--successor"]
    kills = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert int(kills) > 40
    assert {path.name for path in (tmp_path / "run").iterdir()} == {".lock", "config.yaml", "run.json", "fit"}


@pytest.fixture
def run(tmp_path):
    """A run whose stage holds number 1, and beside the run, ready to be put there, whole stages of other numbers."""
    run = Run.create(tmp_path / "run", Config())
    for number in (0, 2, 1):
        build(run, number)
        shutil.copytree(run.folder / "fit", tmp_path / str(number))
    return run


def _number_after_repair(run):
    opened = Run.open(run.folder)
    assert not list(run.folder.glob("*.old"))
    build(opened, 7)  # and the next build finds nothing in its way
    return number_of(opened)


def _opened_number(run):
    number = number_of(Run.open(run.folder))
    assert _number_after_repair(run) == 7
    return number


def test_killed_while_the_new_stage_is_half_written(run):
    (run.folder / "fit.partial").mkdir()
    (run.folder / "fit.partial" / "one.txt").write_text("2")
    assert _opened_number(run) == 1


def test_killed_when_the_new_stage_is_whole_and_the_old_one_stands(run, tmp_path):
    (tmp_path / "2").rename(run.folder / "fit.partial")
    assert _opened_number(run) == 2


def test_killed_when_the_old_stage_is_out_of_the_way(run, tmp_path):
    (run.folder / "fit").rename(run.folder / "fit.old")
    (tmp_path / "2").rename(run.folder / "fit.partial")
    assert _opened_number(run) == 2


def test_killed_when_the_new_stage_is_in_place_and_the_old_one_still_there(run, tmp_path):
    (tmp_path / "0").rename(run.folder / "fit.old")
    assert _opened_number(run) == 1


def test_killed_while_the_old_stage_is_deleted(run, tmp_path):
    (tmp_path / "0").rename(run.folder / "fit.old")
    (run.folder / "fit.old" / "one.txt").unlink()
    (run.folder / "fit.old" / "manifest.json").unlink()
    assert _opened_number(run) == 1


def test_an_old_stage_alone_is_put_back(run):
    (run.folder / "fit").rename(run.folder / "fit.old")
    assert _opened_number(run) == 1


def test_a_new_stage_with_a_damaged_file_never_takes_the_place_of_a_good_one(run, tmp_path):
    (tmp_path / "2").rename(run.folder / "fit.partial")
    (run.folder / "fit.partial" / "one.txt").write_text("9")
    assert _opened_number(run) == 1


def test_a_swap_that_a_living_process_is_at_is_left_to_it(run):
    with run.locked():
        (run.folder / "fit").rename(run.folder / "fit.old")
        assert not Run.open(run.folder).has("fit")
    assert number_of(Run.open(run.folder)) == 1


def test_a_creation_that_was_killed_is_gone_on_with(tmp_path):
    (tmp_path / ".lock").touch()
    (tmp_path / "run.json.partial").write_text("{")
    build(Run.create(tmp_path, Config()), 1)
    assert Run.open(tmp_path).is_fresh(NUMBERS)
