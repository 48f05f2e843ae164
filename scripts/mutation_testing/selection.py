"""Which tests are run against a mutant, and in which order."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from mutation_testing.coverage_map import CoverageMap
from mutation_testing.mutants import Mutant
from mutation_testing.syntax import SourceFile, function_lines, lines_for

CAP_SECONDS = 20.0  # CPU time of the tests of one mutant, as the unmutated code needs it


class Selection:
    """Chooses tests from a coverage map.

    Args:
        found: the map.
        sources: the source files of the mutants' packages.
    """

    def __init__(self, found: CoverageMap, sources: dict[str, SourceFile]) -> None:
        self._map = found
        self._sources = sources
        self._tests: dict[str, dict[int, set[str]]] = {}  # of each line of a file

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests to run against a mutant, the fastest first; none where no test executes its line.

        A mutant at the level of a module or a class has the tests that call any function of the module, or of its
        folder where the module has no function that a test calls. Where all would take longer than `CAP_SECONDS`, the
        tests of the mutant's own package are kept before others, and cheap ones before expensive ones.
        """
        lines = lines_for(self._sources[mutant.file].tree, mutant.line)
        if lines is not None:
            return self._ordered(self._capped(self._executing(mutant.file, lines), mutant.file))
        tests = self._calling(mutant.file)
        if not tests:
            folder = PurePosixPath(mutant.file).parent
            siblings = [file for file in self._sources if PurePosixPath(file).parent == folder]
            tests = set[str]().union(*map(self._calling, siblings))
        return self._ordered(self._capped(tests, mutant.file))

    def price(self, test: str, paid: Iterable[str] = ()) -> float:
        """CPU seconds of a test and of those of its shared fixtures that are not set up yet."""
        cost = self._map.tests[test]
        return cost.seconds + sum(self._map.fixtures[key].seconds for key in cost.fixtures.difference(paid))

    def total(self, tests: Iterable[str]) -> float:
        """CPU seconds of tests that are run together, each shared fixture once."""
        costs = [self._map.tests[test] for test in tests]
        fixtures = {key for cost in costs for key in cost.fixtures}
        return sum(cost.seconds for cost in costs) + sum(self._map.fixtures[key].seconds for key in fixtures)

    def _calling(self, file: str) -> set[str]:
        return self._executing(file, function_lines(self._sources[file].tree))

    def _executing(self, file: str, lines: Iterable[int]) -> set[str]:
        if file not in self._tests:
            by_line = self._tests[file] = defaultdict(set)
            for test in self._map.tests:
                for line in self._map.lines_of(test, file):
                    by_line[line].add(test)
        return set[str]().union(*(self._tests[file].get(line, ()) for line in lines))

    def _capped(self, tests: set[str], file: str) -> list[str]:
        near = f"tests/{file.split('/')[1]}/"
        kept: list[str] = []
        paid: set[str] = set()
        total = 0.0
        for test in sorted(tests, key=lambda each: (not each.startswith(near), self.price(each), each)):
            price = self.price(test, paid)
            if not kept or total + price <= CAP_SECONDS:
                kept.append(test)
                paid |= self._map.tests[test].fixtures
                total += price
        return kept

    def _ordered(self, tests: list[str]) -> list[str]:
        """The fastest first, and together the tests of a file that share a fixture of that file: it is set up once."""
        groups = defaultdict(list)
        for test in sorted(tests, key=lambda each: (self.price(each), each)):
            shared = self._map.tests[test].fixtures
            is_grouped = any(not key.startswith("session ") for key in shared)
            groups[test.partition("::")[0] if is_grouped else test].append(test)
        return [test for group in sorted(groups.values(), key=lambda each: self.price(each[0])) for test in group]
