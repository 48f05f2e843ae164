"""Runs chosen tests: once against the unmutated code, then against each mutant."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mutation_testing.mutants import Mutant
from mutation_testing.processes import ERROR, Ended, Slot, limit_cpu, run_forked
from mutation_testing.suite import run_suite, use_kernel_cache

# A test may use so many times its unmutated CPU time, and seconds on top, before its mutant counts as timed out. The
# whole child has a limit on the clock too, far wider since other work may share the machine: it ends what sleeps.
CPU_FACTOR, CPU_EXTRA = 3.0, 5.0
START_SECONDS = 60.0  # of CPU time, to import and collect
KERNEL_SECONDS = 60.0  # of CPU time, for a test that may have to compile kernels
CLOCK_FACTOR, CLOCK_EXTRA = 10.0, 120.0

KILLED, TIMED_OUT, SURVIVED = "killed", "timed out", "survived"


@dataclass(frozen=True, slots=True)
class Trial:
    """Tests to run against one mutant.

    Attributes:
        mutant: the mutant; None to run the tests against the unmutated code.
        source: the text of the mutated file.
        tests: the tests in their order, each with the CPU seconds it takes unmutated with its fixtures.
        total: CPU seconds of all together.
        compiles_kernels: whether compiled functions may depend on what is mutated, so that none may come from a cache.
    """

    mutant: Mutant | None
    source: str
    tests: dict[str, float]
    total: float
    compiles_kernels: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        mutant: the mutant.
        outcome: `killed`, `timed out` or `survived`.
        by: the test that failed, or what else ended the tests; empty for a survivor.
        n_tests: how many tests were chosen; 0 where no test executes the line.
        seconds: CPU time of importing, collecting and running them.
    """

    mutant: Mutant
    outcome: str
    by: str
    n_tests: int
    seconds: float


def check_unmutated(trials: Iterable[Trial], slots: list[Slot]) -> None:
    """Runs every chosen test against the unmutated code.

    Raises:
        RuntimeError: a test fails, or takes far longer than when it was measured.
    """
    tests = {test: seconds for trial in trials for test, seconds in trial.tests.items()}
    folders: dict[str, dict[str, float]] = {}
    for test, seconds in tests.items():
        folders.setdefault(test.partition("::")[0].rpartition("/")[0], {})[test] = seconds
    baseline = [Trial(None, "", each, sum(each.values()), compiles_kernels=True) for each in folders.values()]
    for ended in run_forked(baseline, slots, _try, _clock_seconds):
        if ended.status != pytest.ExitCode.OK:
            failures = "\n".join(_failures(ended.slot)) or f"exit status {ended.status}"
            log = ended.slot.log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"tests fail on the unmutated code:\n{failures}\n\n{log}")


def verdicts(trials: Iterable[Trial], slots: list[Slot], unmutated: Path) -> Iterator[Verdict]:
    """What becomes of each mutant, in the order in which the runs end.

    Args:
        trials: the mutants with their tests.
        slots: each with a copy of the tree for itself.
        unmutated: the tree, from which the mutated file is restored.
    """
    ready = []
    for trial in trials:
        if trial.tests:
            ready.append(trial)
        elif trial.mutant is not None:
            yield Verdict(trial.mutant, SURVIVED, "", 0, 0.0)
    for ended in run_forked(ready, slots, _try, _clock_seconds):
        mutant = ended.job.mutant
        assert mutant is not None
        shutil.copy2(unmutated / mutant.file, ended.slot.tree / mutant.file)
        outcome, by = _outcome(ended)
        yield Verdict(mutant, outcome, by, len(ended.job.tests), round(ended.seconds, 2))


def _clock_seconds(trial: Trial) -> float:
    return CLOCK_EXTRA + CLOCK_FACTOR * trial.total


def _outcome(ended: Ended[Trial]) -> tuple[str, str]:
    if ended.timed_out:
        return TIMED_OUT, ""
    if ended.status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return SURVIVED, ""
    if ended.status == ERROR:
        raise RuntimeError(ended.slot.log.read_text(encoding="utf-8", errors="replace"))
    return KILLED, next(iter(_failures(ended.slot)), f"exit status {ended.status}")


def _failures(slot: Slot) -> list[str]:
    path = slot.scratch / "failures.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _try(trial: Trial, slot: Slot) -> int:
    """Runs the tests of a trial in this process, a child, and gives pytest's exit status."""
    limit_cpu(START_SECONDS)
    (slot.scratch / "failures.json").unlink(missing_ok=True)
    options = []
    if trial.mutant is not None:
        options.append("-x")
        _mutate(slot.tree / trial.mutant.file, trial.source)
    if trial.mutant is not None and trial.compiles_kernels:
        kernels = slot.scratch / "kernels"
        shutil.rmtree(kernels, ignore_errors=True)
        use_kernel_cache(kernels)
    files = dict.fromkeys(test.partition("::")[0] for test in trial.tests)
    return run_suite(slot, files, [ChosenTests(trial, slot.scratch / "failures.json")], *options)


def _mutate(path: Path, source: str) -> None:
    """Writes a mutated file, with a time for which nothing compiled is in a cache, and compiles into no cache."""
    modified = path.stat().st_mtime
    path.write_text(source, encoding="utf-8")
    os.utime(path, (modified, modified + 10))
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


class ChosenTests:
    """A plugin of pytest that runs some of the collected tests in a given order, each within its time.

    Args:
        trial: the tests.
        failures: a JSON file for the node ids that fail, written at each failure.
    """

    def __init__(self, trial: Trial, failures: Path) -> None:
        self.tests = trial.tests
        self.extra = CPU_EXTRA + (KERNEL_SECONDS if trial.compiles_kernels else 0.0)
        self.path = failures
        self.failures: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keeps the chosen tests. Parameters may be named by what is mutated: a lost one stands for all of its test."""
        ranks = {test: rank for rank, test in enumerate(self.tests)}
        lost = {test.partition("[")[0] for test in ranks.keys() - {item.nodeid for item in items}}
        kept = [item for item in items if item.nodeid in ranks or item.nodeid.partition("[")[0] in lost]
        items[:] = sorted(kept, key=lambda item: ranks.get(item.nodeid, len(ranks)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Limits the CPU time of the test."""
        seconds = self.tests.get(item.nodeid, max(self.tests.values()))
        limit_cpu(CPU_FACTOR * seconds + self.extra)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a test that fails."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a test file that cannot be imported."""
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.failures.append(report.nodeid)
            self.path.write_text(json.dumps(self.failures), encoding="utf-8")
