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


@pytest.mark.slow
def test_a_run_killed_at_ten_random_times_loses_no_finished_stage_and_can_be_completed(tiny_config, tiny_run, tmp_path):
    command = [sys.executable, "-m", "tests.cli.killed", str(tmp_path / "run"), str(tiny_config), "10"]
    ended = subprocess.run(command, cwd=ROOT, env=ONE_THREAD, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    whole = [int(line) for line in ended.stdout.split()]
    assert len(whole) == 10
    assert whole == sorted(whole)
    assert not list((tmp_path / "run").glob("*.partial"))
    name = "encode/vectors.safetensors"
    assert (tmp_path / "run" / name).read_bytes() == (tiny_run / name).read_bytes()


def _restore_signals():
    """Restores Ctrl-C, which background jobs of a shell ignore, and hangups, which children of `nohup` ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _interrupted(words, marker, number=signal.SIGINT):
    """The exit status and the messages of hyplink if a signal comes after it prints a line with `marker`."""
    command = [sys.executable, "-m", "hyplink", *map(str, words)]
    with subprocess.Popen(
        command, env=ONE_THREAD, stderr=subprocess.PIPE, text=True, preexec_fn=_restore_signals
    ) as program:
        lines = []
        for line in program.stderr:
            lines.append(line)
            if marker in line:
                time.sleep(2)  # until the imports are done and the work has started
                program.send_signal(number)
        return program.wait(), "".join(lines)


@pytest.mark.parametrize(
    ("stage", "setting", "marker"),
    [
        ("encode", "encode.epochs=1000", "training fastText"),
        ("fit", "fit.epochs=10000", "10,000 epochs of"),
    ],
)
def test_ctrl_c_during_a_stage_keeps_the_finished_stage(tiny_run, tmp_path, stage, setting, marker):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    before = (run / stage / "manifest.json").read_bytes()
    status, messages = _interrupted([stage, run, "--set", setting], marker)
    assert status == 130
    assert "Traceback" not in messages
    assert (run / stage / "manifest.json").read_bytes() == before
    assert not (run / f"{stage}.partial").exists()
    Run.open(run).verify(stage)


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_stage_that_is_terminated_leaves_the_finished_one_and_nothing_else(tiny_run, tmp_path, number, expected):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    before = (run / "fit" / "manifest.json").read_bytes()
    words = ["fit", run, "--set", "fit.epochs=10000"]
    status, messages = _interrupted(words, "10,000 epochs of", number)
    assert status == expected
    assert "Traceback" not in messages
    assert (run / "fit" / "manifest.json").read_bytes() == before
    assert not list(tmp_path.rglob("*.partial"))


def _linking_forever(run, output, number, prepare=_restore_signals):
    """The exit status of `hyplink link`, to which a text is piped without end, after a signal while it writes."""
    command = [sys.executable, "-m", "hyplink", "link", str(run), "-", "-o", str(output)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=ONE_THREAD, stdin=pipe, preexec_fn=prepare, text=True) as program:
        program.stdin.write("a photoreceptor cell")
        program.stdin.flush()
        while not list(output.parent.glob(".*.partial")):
            time.sleep(0.05)
            assert program.poll() is None
        program.send_signal(number)
        time.sleep(1)
        program.stdin.close()
        return program.wait()


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_link_that_is_terminated_leaves_no_file(tiny_run, tmp_path, number, expected):
    assert _linking_forever(tiny_run, tmp_path / "links.jsonl", number) == expected
    assert not list(tmp_path.iterdir())


def test_a_hangup_that_nohup_ignores_ends_nothing(tiny_run, tmp_path):
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
    _linking_forever(tiny_run, tmp_path / "links.jsonl", signal.SIGHUP, ignore)
    assert (tmp_path / "links.jsonl").is_file()


@pytest.mark.parametrize("program", ["interrupted_exec", "interrupted_import"])
def test_ctrl_c_while_a_module_is_imported_ends_with_the_status_of_every_other_ctrl_c(program):
    command = [sys.executable, "-m", f"tests.cli.{program}"]
    ended = subprocess.run(command, cwd=ROOT, env=ONE_THREAD, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_closed_pipe_ends_link_without_an_error_message(tiny_run, tmp_path):
    (tmp_path / "long.txt").write_text("a photoreceptor cell. " * 3000)
    link = [sys.executable, "-m", "hyplink", "link", str(tiny_run), str(tmp_path / "long.txt")]
    with subprocess.Popen(link, env=ONE_THREAD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline().startswith("{")
        program.stdout.close()
        assert program.stderr.read() == ""
