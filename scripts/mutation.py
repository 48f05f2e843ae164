"""Measures how well the tests hold the code: the share of seeded mutants of a package that a test kills.

    python scripts/mutation.py PACKAGE [PACKAGE ...] --json OUT [--mutants 200] [--seed 0] [--workers 2] [--only OLD]

Run it at the root of the project. A package is a folder or a Python file below hyplink/, such as `metrics` or
`linking/linker.py`. Of all the mutants that Cosmic Ray's operators can make of it, --mutants are drawn. Each is run
against the tests that execute its line, the fastest first, until one fails. With --only, the mutants are instead the
survivors in a file that an earlier run wrote with --json.

Which test executes which line is measured first and kept in .mutation/ until the sources change; a changed test file
is measured alone. Mutants that no test could kill are listed in scripts/mutation_equivalents.txt, each with a reason.
"""

import argparse
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # threads of the parent would not survive a fork
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from mutation_testing.coverage_map import coverage_map
from mutation_testing.equivalents import listed_among, read_equivalents
from mutation_testing.mutants import Mutant, drawn, files_of, mutants_of
from mutation_testing.project import copied, preload, slots_in, sources_of
from mutation_testing.report import PackageReport, survivors, survivors_in, table, write_report
from mutation_testing.selection import Selection
from mutation_testing.syntax import SourceFile, files_below_kernels, has_kernels, lines_for
from mutation_testing.trials import Trial, Verdict, check_unmutated, verdicts

CACHE = ".mutation"


def main() -> None:
    """Measures the packages, prints the survivors and the table, and writes the JSON file after each package."""
    chosen = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("mutation: terminated"))  # children and copies go too
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        try:
            measure(chosen, Path.cwd(), Path(folder))
        except (OSError, ValueError, RuntimeError) as error:
            sys.exit(f"mutation: {error}")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--mutants", type=int, default=200, help="how many to draw for each package")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--json", type=Path, required=True, help="the file to write")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants to run at once")
    parser.add_argument("--only", type=Path, help="a file of an earlier run: its survivors are run, and no others")
    return parser.parse_args()


def measure(chosen: argparse.Namespace, root: Path, work: Path) -> None:
    """Does all that the command line asks for, in copies of the project below `work`."""
    tree = copied(root, work / "unmutated")
    files = {package: files_of(tree, package) for package in chosen.packages}
    sources = sources_of(tree)
    texts = {file: source.text for file, source in sources.items()}
    possible = {package: [m for file in files[package] for m in mutants_of(texts[file], file)] for package in files}
    everything = [mutant for mutants in possible.values() for mutant in mutants]
    listed = listed_among(everything, read_equivalents(tree / "scripts" / "mutation_equivalents.txt"))
    draws = {package: draw(mutants, texts, chosen) for package, mutants in possible.items()}

    preload(tree)
    gc.freeze()
    shared = slots_in(work, tree, chosen.workers, is_shared=True)
    selection = Selection(coverage_map(tree, shared, root / CACHE), sources)
    frozen = files_below_kernels(sources)
    trials = {package: [trial(each, sources, selection, frozen) for each in draws[package]] for package in draws}
    print("running the chosen tests against the unmutated code", file=sys.stderr)
    check_unmutated((each for package in trials.values() for each in package), shared)

    slots = slots_in(work, tree, chosen.workers, is_shared=False)
    reports: list[PackageReport] = []
    for package, each in trials.items():
        found = list(announced(verdicts(each, slots, tree), len(each)))
        found.sort(key=lambda verdict: (verdict.mutant.file, verdict.mutant.line, verdict.mutant.operator))
        reports.append(PackageReport(package, len(possible[package]), found, listed))
        write_report(chosen.json, chosen.seed, reports, texts)
        print(survivors(reports[-1], texts), end="\n\n")
    print(table(reports))


def draw(mutants: list[Mutant], texts: dict[str, str], chosen: argparse.Namespace) -> list[Mutant]:
    """The mutants to run of all that are possible in a package."""
    if chosen.only is None:
        return drawn(mutants, texts, chosen.mutants, chosen.seed)
    keys = survivors_in(chosen.only)
    found = [mutant for mutant in mutants if mutant.key in keys]
    print(f"{len(found)} of the {len(keys)} survivors in {chosen.only} are mutants of this package", file=sys.stderr)
    return found


def trial(mutant: Mutant, sources: dict[str, SourceFile], selection: Selection, frozen: frozenset[str]) -> Trial:
    """A mutant with its tests.

    Args:
        mutant: the mutant.
        sources: all source files.
        selection: chooses the tests.
        frozen: the files whose constants compiled functions may hold.
    """
    source = sources[mutant.file]
    tests = selection.tests_for(mutant)
    is_constant = lines_for(source.tree, mutant.line) is None and mutant.file in frozen
    return Trial(
        mutant,
        mutant.source(source.text) or source.text,
        {test: selection.price(test) for test in tests},
        selection.total(tests),
        is_constant or has_kernels(source.tree),
    )


def announced(found: Iterable[Verdict], n: int) -> Iterator[Verdict]:
    """The verdicts; a line for each is printed to standard error."""
    for number, verdict in enumerate(found, start=1):
        mutant = verdict.mutant
        line = f"[{number}/{n}] {verdict.outcome} {mutant.file}:{mutant.line} {mutant.operator} {verdict.by}"
        print(line.rstrip(), file=sys.stderr)
        yield verdict


if __name__ == "__main__":
    main()
