"""Compiled code where no folder can be written to, as in a container without a home."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
from hyplink.poincare.compiled import compiled

@compiled
def twice(x):
    return 2 * x

@compiled
def thrice(x):
    return 3 * x

print(twice(3) + thrice(1))
"""

# Root may write everywhere, so it becomes another user when all modules are imported.
RUN_AS_ANOTHER_USER = """
import os, runpy, sys
import numba, hyplink.poincare.compiled
numba.njit(lambda x: x)(1)
if os.geteuid() == 0:
    os.setuid(65534)
runpy.run_path(sys.argv[1])
"""


def test_without_a_folder_to_cache_in_functions_are_compiled_and_one_warning_says_so():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(PROGRAM)
        folder.chmod(0o555)
        command = [sys.executable, "-B", "-c", RUN_AS_ANOTHER_USER, str(folder / "program.py")]
        environment = os.environ | {"HOME": str(folder / "no-home"), "PYTHONPATH": str(ROOT)}
        for variable in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
            environment.pop(variable, None)
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    assert outcome.stdout == "9\n", outcome.stderr
    assert outcome.stderr.count("NotCachedWarning") == 1
    assert "set NUMBA_CACHE_DIR" in outcome.stderr
