import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

FOLDERS = ("none", "leftover", "link", "pipe", "manifest", "reference")
"""The attacks on the files around a run; what its artifacts may hold is tested where they are read."""


def _report(run, *only):
    command = [sys.executable, "scripts/attack.py", str(run), "--only", *only]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout.splitlines()


def test_no_folder_reads_or_changes_a_file_beside_it(tiny_run):
    status, lines = _report(tiny_run, *FOLDERS)
    assert status == 0, [line for line in lines if not line.startswith("ok")]
    assert lines[-1] == "0 attacks had an effect"
    linked = [line.split()[1] for line in lines if line.endswith(": linked")]
    assert linked == ["none:", "leftover:fit.old:", "leftover:successor:"]
    assert len(lines) == 24
