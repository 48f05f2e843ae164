"""A plugin of pytest that records which lines each test and each shared fixture executes, and in what time."""

import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

from mutation_testing.processes import Slot
from mutation_testing.suite import cpu_seconds, run_suite

NOWHERE = ""  # the context of imports and of pytest itself


def recorded(slot: Slot, files: list[str]) -> dict[str, Any]:
    """Runs test files and gives a record that can be written as JSON.

    It has a dictionary of `tests` by node id and one of `fixtures`: those of a scope wider than a function. Each value
    has `seconds` of CPU time, the `lines` of each source file, the shared `fixtures` that a test uses and `failed`.
    """
    coverage = Coverage(data_file=None, config_file=False, source=[str(slot.tree / "hyplink")], messages=False)
    coverage.set_option("run:core", "ctrace")  # the other cores know no contexts
    recorder = Recorder(coverage)
    coverage.start()
    status = run_suite(slot, files, [recorder])
    coverage.stop()
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"pytest ended with status {status}")
    return recorder.record(slot.tree)


class Recorder:
    """Switches coverage's context with each test and shared fixture."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.context, self.since = NOWHERE, cpu_seconds()
        self.seconds: dict[str, float] = defaultdict(float)
        self.names: dict[str, list[str]] = {}  # of the fixtures of each test
        self.shared: dict[str, tuple[str, str]] = {}  # context of a fixture: where it is visible, its name
        self.failed: set[str] = set()
        self.skipped: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Records a test, with caches empty so that what fills them counts as executed by it."""
        _clear_caches()
        self.names[item.nodeid] = list(getattr(item, "fixturenames", ()))
        self._switch(item.nodeid)
        try:
            return (yield)
        finally:
            self._switch(NOWHERE)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Records a shared fixture apart from the test that happens to need it first."""
        if fixturedef.scope == "function":
            return (yield)
        context = f"{fixturedef.scope} fixture {fixturedef.baseid}::{fixturedef.argname}"
        self.shared[context] = fixturedef.baseid, fixturedef.argname
        before = self.context
        self._switch(context)
        try:
            return (yield)
        finally:
            self._switch(before)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes which tests fail or are skipped."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped.add(report.nodeid)

    def _switch(self, context: str) -> None:
        now = cpu_seconds()
        self.seconds[self.context] += now - self.since
        self.context, self.since = context, now
        self.coverage.switch_context(context)

    def record(self, tree: Path) -> dict[str, Any]:
        """What was recorded, in lists and dictionaries."""
        lines: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        data = self.coverage.get_data()
        for path in sorted(data.measured_files()):
            file = Path(path).relative_to(tree).as_posix()
            for line, contexts in sorted(data.contexts_by_lineno(path).items()):
                for context in contexts:
                    lines[context][file].append(line)
        costs = {
            context: {"seconds": round(seconds, 4), "lines": lines[context], "fixtures": [], "failed": False}
            for context, seconds in self.seconds.items()
        }
        tests = self.names.keys() - self.skipped
        return {
            "fixtures": {context: costs[context] for context in self.shared},
            "tests": {
                test: costs[test] | {"fixtures": self._shared_of(test), "failed": test in self.failed} for test in tests
            },
        }

    def _shared_of(self, test: str) -> list[str]:
        """The shared fixtures that a test uses: of its fixtures' names those that are visible where it is."""
        names = set(self.names[test])
        return [context for context, (base, name) in self.shared.items() if name in names and test.startswith(base)]


def _clear_caches() -> None:
    """Empties the caches of functions at the level of hyplink's modules."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "hyplink"]
    for module in modules:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()
