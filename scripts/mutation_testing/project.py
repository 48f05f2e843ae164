"""Copies of the project to work in, and the libraries that it imports, loaded once before any child is forked."""

import ast
import importlib
import pkgutil
import shutil
import sys
from importlib.metadata import entry_points
from pathlib import Path

import _pytest

from mutation_testing.processes import Slot
from mutation_testing.syntax import SourceFile, imports_of

NOT_COPIED = (".*", "__pycache__", "*.egg-info", "dist", "runs", "site")


def copied(root: Path, tree: Path) -> Path:
    """A copy of the project, with file times, so that compiled files stay valid."""
    shutil.copytree(root, tree, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return tree


def sources_of(tree: Path) -> dict[str, SourceFile]:
    """The Python files of hyplink by their paths below the tree."""
    paths = sorted((tree / "hyplink").rglob("*.py"))
    return {path.relative_to(tree).as_posix(): SourceFile(path.read_text(encoding="utf-8")) for path in paths}


def slots_in(work: Path, tree: Path, n: int, *, is_shared: bool) -> list[Slot]:
    """Places for n children to work in: all in the one tree, or each in a copy that includes what is compiled."""
    slots = []
    for number in range(n):
        scratch = work / f"scratch-{number}"
        scratch.mkdir(exist_ok=True)
        own = tree if is_shared else shutil.copytree(tree, work / f"tree-{number}", symlinks=True)
        slots.append(Slot(own, scratch))
    return slots


def preload(tree: Path) -> None:
    """Imports the libraries that hyplink and its tests import anywhere, but no module of the project itself.

    A forked child then has them for free. What is not installed is left to the code that asks for it.

    Raises:
        RuntimeError: a library imported hyplink: its children would not see a mutant.
    """
    own = {"hyplink", "tests", *(path.stem for path in (tree / "scripts").rglob("*.py"))}
    for name in [*_modules_of_pytest(), *_imported(tree)]:
        if name.partition(".")[0] in own:
            continue
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"not preloaded: {error}", file=sys.stderr)
    if "hyplink" in sys.modules:
        raise RuntimeError("hyplink was imported before the mutants were made")


def _modules_of_pytest() -> list[str]:
    """The modules that pytest imports as it starts, its plugins among them."""
    plugins = [point.module for point in entry_points(group="pytest11")]
    return [f"_pytest.{module.name}" for module in pkgutil.iter_modules(_pytest.__path__)] + plugins


def _imported(tree: Path) -> list[str]:
    paths = [path for folder in ("hyplink", "tests") for path in sorted((tree / folder).rglob("*.py"))]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    return list(dict.fromkeys(name for each in trees for name in imports_of(each)))
