"""Which lines each test executes, measured once and kept until the sources change."""

import gzip
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutation_testing.processes import Ended, Slot, run_forked
from mutation_testing.recorder import recorded

LEFT_OUT = ("tests/docs/", "tests/scripts/")  # tests of other things than hyplink's modules
WALL_SECONDS = 3600  # of a folder of tests

Lines = dict[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a test or a shared fixture runs.

    Attributes:
        seconds: CPU time, without that of the shared fixtures.
        lines: the executed lines of each source file.
        fixtures: of a test: the shared fixtures it uses.
    """

    seconds: float
    lines: Lines
    fixtures: frozenset[str] = frozenset()


@dataclass(slots=True)
class CoverageMap:
    """The tests by node id and the fixtures of a wider scope than a function, which tests share."""

    tests: dict[str, Cost] = field(default_factory=dict)
    fixtures: dict[str, Cost] = field(default_factory=dict)

    def add(self, record: dict[str, Any]) -> None:
        """Adds what `recorded` gives.

        A fixture set up in several processes has the lines of all and the shortest time: others may compile kernels.
        """
        for key, each in record["fixtures"].items():
            cost = _cost(each)
            known = self.fixtures.get(key, cost)
            lines = {
                file: known.lines.get(file, frozenset()) | cost.lines.get(file, frozenset())
                for file in known.lines | cost.lines
            }
            self.fixtures[key] = Cost(min(known.seconds, cost.seconds), lines)
        self.tests.update((key, _cost(each)) for key, each in record["tests"].items())

    def lines_of(self, test: str, file: str) -> frozenset[int]:
        """The lines of a source file that a test executes, itself or in its fixtures."""
        cost = self.tests[test]
        shared = (self.fixtures[key].lines.get(file, frozenset()) for key in cost.fixtures)
        return cost.lines.get(file, frozenset()).union(*shared)


def _cost(record: dict[str, Any]) -> Cost:
    lines = {file: frozenset(lines) for file, lines in record["lines"].items()}
    return Cost(record["seconds"], lines, frozenset(record["fixtures"]))


def coverage_map(tree: Path, slots: list[Slot], cache: Path) -> CoverageMap:
    """The map of all tests of a tree but those of `LEFT_OUT`.

    Test files whose record is in the cache are not run: a record holds for a state of all sources and of one test file.
    Records of other states are removed; that of a file with a failing test is used, but not kept.

    Args:
        tree: the unmutated tree.
        slots: where to run tests; each has `tree` as its tree.
        cache: a folder of records, one a test file.

    Raises:
        RuntimeError: a process that ran tests died.
    """
    records = {file: cache / f"{key}.json.gz" for file, key in _keys(tree).items()}
    stale: dict[str, list[str]] = {}
    for file, path in records.items():
        if not path.exists():
            stale.setdefault(os.path.dirname(file), []).append(file)  # noqa: PTH120 (a name, not a path on the disk)
    cache.mkdir(parents=True, exist_ok=True)
    for path in set(cache.iterdir()).difference(records.values()):
        path.unlink()
    found = CoverageMap()
    for path in filter(Path.exists, records.values()):
        found.add(json.loads(gzip.decompress(path.read_bytes())))
    folders = sorted(stale.values(), key=len, reverse=True)
    for ended in run_forked(folders, slots, _record_folder, lambda _: WALL_SECONDS):
        for file, record in _records_of(ended).items():
            found.add(record)
            if not any(test["failed"] for test in record["tests"].values()):
                _write_whole(records[file], gzip.compress(json.dumps(record).encode(), mtime=0))
    return found


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)


def _record_folder(files: list[str], slot: Slot) -> int:
    (slot.scratch / "record.json").write_text(json.dumps(recorded(slot, files)), encoding="utf-8")
    return 0


def _records_of(ended: Ended[list[str]]) -> dict[str, dict[str, Any]]:
    """The record of each test file of a folder."""
    if ended.status != 0:
        raise RuntimeError(f"the tests of {ended.job} ended with status {ended.status}:\n{ended.slot.log.read_text()}")
    record = json.loads((ended.slot.scratch / "record.json").read_text(encoding="utf-8"))
    print(f"measured {len(ended.job)} test files in {ended.seconds:.0f} s of CPU time", file=sys.stderr)
    records = {}
    for file in ended.job:
        tests = {key: test for key, test in record["tests"].items() if key.partition("::")[0] == file}
        used = {key for test in tests.values() for key in test["fixtures"]}
        fixtures = {key: fixture for key, fixture in record["fixtures"].items() if key in used}
        records[file] = {"tests": tests, "fixtures": fixtures}
    return records


def _keys(tree: Path) -> dict[str, str]:
    """For each test file a hash of itself and of all that any test depends on."""
    tests = [file for file in _files(tree, "tests") if Path(file).name.startswith("test_") and file.endswith(".py")]
    everything = [file for folder in ("hyplink", "tests", "data", "configs") for file in _files(tree, folder)]
    shared = hashlib.sha256(sys.version.encode())
    for file in [*everything, "pyproject.toml"]:
        if file not in tests:
            shared.update(f"{file}\n".encode() + hashlib.sha256((tree / file).read_bytes()).digest())
    kept = [file for file in tests if not file.startswith(LEFT_OUT)]
    return {file: hashlib.sha256(shared.digest() + (tree / file).read_bytes()).hexdigest() for file in kept}


def _files(tree: Path, folder: str) -> Iterator[str]:
    paths: Iterable[Path] = sorted((tree / folder).rglob("*"))
    return (path.relative_to(tree).as_posix() for path in paths if path.is_file() and path.parent.name != "__pycache__")
