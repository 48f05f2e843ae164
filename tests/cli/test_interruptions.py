import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hyplink.run import Run

ROOT = Path(__file__).parents[2]
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1"}


def test_a_run_that_is_killed_at_ten_random_moments_loses_no_finished_stage_and_completes(
    tiny_config, tiny_run, tmp_path
):
    command = [sys.executable, "-m", "tests.cli.killed", str(tmp_path / "run"), str(tiny_config), "10"]
    ended = subprocess.run(command, cwd=ROOT, env=ONE_THREAD, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    whole = [int(line) for line in ended.stdout.split()]
    assert len(whole) == 10
    assert whole == sorted(whole)
    assert not list((tmp_path / "run").glob("*.partial"))
    name = "encode/vectors.bin"
    assert (tmp_path / "run" / name).read_bytes() == (tiny_run / name).read_bytes()


def _heed_ctrl_c():
    """A shell lets what it starts in the background ignore Ctrl-C, the tests and their children too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _interrupted(words, told):
    """What is left when Ctrl-C comes just after hyplink tells a line that holds `told`."""
    command = [sys.executable, "-m", "hyplink", *map(str, words)]
    with subprocess.Popen(
        command, env=ONE_THREAD, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_ctrl_c
    ) as program:
        lines = []
        for line in program.stderr:
            lines.append(line)
            if told in line:
                time.sleep(2)  # past the imports, in the midst of the work
                program.send_signal(signal.SIGINT)
        return program.wait(), "".join(lines)


@pytest.mark.parametrize(
    ("stage", "setting", "told"),
    [
        ("encode", "encode.epochs=1000", "training fastText"),
        ("fit", "fit.epochs=10000", "10,000 epochs of"),
    ],
)
def test_ctrl_c_in_the_middle_of_a_stage_keeps_the_finished_one(tiny_run, tmp_path, stage, setting, told):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    before = (run / stage / "manifest.json").read_bytes()
    status, said = _interrupted([stage, run, "--set", setting], told)
    assert status == 130
    assert "Traceback" not in said
    assert (run / stage / "manifest.json").read_bytes() == before
    assert not (run / f"{stage}.partial").exists()
    Run.open(run).verify(stage)


def test_the_reader_of_the_links_may_leave_early(tiny_run, tmp_path):
    (tmp_path / "long.txt").write_text("a photoreceptor cell. " * 3000)
    link = [sys.executable, "-m", "hyplink", "link", str(tiny_run), str(tmp_path / "long.txt")]
    with subprocess.Popen(link, env=ONE_THREAD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline().startswith("{")
        program.stdout.close()
        assert program.stderr.read() == ""
