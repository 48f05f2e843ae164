"""Runs tests in this process, a forked child: the same way for the coverage map, the baseline and every mutant."""

import importlib
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from mutation_testing.processes import Slot

PASSED, FAILED = 0, 1


def run_suite(slot: Slot, files: Iterable[str], plugins: Sequence[object], *options: str) -> int:
    """The exit status of pytest for some test files of the slot's tree, which is also what Python imports from.

    Args:
        slot: the tree, and the folder for temporary files.
        files: the files, as paths below the tree.
        plugins: further plugins.
        options: further options of pytest.
    """
    temporary = slot.scratch / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    os.environ.update(PYTHONPATH=str(slot.tree), TMPDIR=str(temporary))
    os.chdir(slot.tree)
    sys.path.insert(0, str(slot.tree))
    importlib.invalidate_caches()
    words = ("-q", "-p", "no:cacheprovider", f"--rootdir={slot.tree}", f"--basetemp={temporary / 'pytest'}")
    return int(pytest.main([*words, *options, *files], plugins=[FixedExamples(), *plugins]))


def use_kernel_cache(folder: Path) -> None:
    """Lets numba keep compiled kernels in a folder, in this process and in those that it starts."""
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


def cpu_seconds() -> float:
    """The CPU time of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class FixedExamples:
    """Has Hypothesis try the same examples each time, and stop at the first that fails instead of shrinking it."""

    def pytest_sessionstart(self) -> None:
        """Sets the profile between the project's own, in its conftest.py, and the first test module."""
        if "hypothesis" not in sys.modules:
            return
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", settings.default, phases=phases, derandomize=True, database=None)
        settings.load_profile("mutation")
