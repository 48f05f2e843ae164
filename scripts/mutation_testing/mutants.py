"""Every mutant of a package as Cosmic Ray's operators make them, and a draw of some of them."""

import ast
import difflib
import hashlib
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from mutation_testing.syntax import SourceFile, spans_left_out

# What the syntax tree calls an expression with a binary operator; a star elsewhere unpacks or marks parameters.
BINARY = {"arith_expr", "term", "shift_expr", "expr", "and_expr", "xor_expr", "power"}


Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: the file's path below the project, with slashes.
        line: the line of the change, from 1.
        text: that line, stripped.
        operator: Cosmic Ray's name of the operator, followed by `#1`, `#2` where it makes several mutants of the line.
        copy: how many equal lines with the same operator stand before it in the file.
        occurrence: the number Cosmic Ray gives to this mutant among all that its operator makes of the file.
    """

    file: str
    line: int
    text: str
    operator: str
    copy: int
    occurrence: int

    @property
    def key(self) -> Key:
        """What names the mutant while other lines of the file change."""
        return self.file, self.text, self.operator, self.copy

    def source(self, original: str) -> str | None:
        """The file's text with the change; None where the change is not valid Python or changes nothing."""
        operator = get_operator(self.operator.partition("#")[0])()
        changed: str | None = mutate_code(original, operator, self.occurrence)
        return changed if changed is not None and _is_a_change(original, changed) else None

    def diff(self, original: str) -> str:
        """The change as a unified diff."""
        before, after = (text.splitlines() for text in (original, self.source(original) or ""))
        return "\n".join(difflib.unified_diff(before, after, self.file, self.file, n=1, lineterm=""))


def _is_a_change(original: str, changed: str) -> bool:
    """Whether a text compiles, without a warning of Python's, to something else than the original."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(changed, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return ast.dump(ast.parse(original)) != ast.dump(ast.parse(changed))


def files_of(root: Path, package: str) -> list[str]:
    """The Python files of a package, a folder or file below `hyplink/`, as paths below the project.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    path = root / "hyplink" / package
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist: name a folder or a Python file below hyplink/")
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [each.relative_to(root).as_posix() for each in found]


def mutants_of(text: str, file: str) -> list[Mutant]:
    """Every mutant of one file's text, in the order of its lines."""
    source = SourceFile(text)
    left_out = spans_left_out(source)
    found = [
        (start, name, occurrence)
        for name, occurrence, start in _positions(text)
        if not any(first <= start < last for first, last in left_out)
    ]
    found.sort()
    on_line = Counter((start[0], name) for start, name, _ in found)
    seen: Counter[tuple[int, str]] = Counter()
    copies: Counter[tuple[str, str]] = Counter()
    mutants = []
    for (line, _), name, occurrence in found:
        seen[line, name] += 1
        operator = f"{name}#{seen[line, name]}" if on_line[line, name] > 1 else name
        stripped = source.lines[line - 1].strip()
        mutants.append(Mutant(file, line, stripped, operator, copies[stripped, operator], occurrence))
        copies[stripped, operator] += 1
    return mutants


def _positions(text: str) -> Iterator[tuple[str, int, tuple[int, int]]]:
    """The operator, occurrence and position of all that Cosmic Ray can change with operators that take no arguments."""
    nodes = list(ast_nodes(get_ast(text)))
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments():
            continue
        operator = operator_class()
        places = ((node, start) for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (node, start) in enumerate(places):
            if "BinaryOperator" not in name or node.parent.type in BINARY:
                yield name, occurrence, start


def drawn(mutants: Iterable[Mutant], texts: dict[str, str], n: int, seed: int) -> list[Mutant]:
    """At most n mutants, each as likely as any other, in the order of files and lines.

    A mutant's place in the draw is a hash of the seed and of its key: the draw is the same on every machine, and a
    change of the code replaces only the mutants of the changed lines.

    Args:
        mutants: those to draw from.
        texts: the text of each file.
        n: how many.
        seed: of the draw.
    """
    taken: list[Mutant] = []
    for mutant in sorted(mutants, key=lambda each: hashlib.sha256(repr((seed, each.key)).encode()).digest()):
        if len(taken) == n:
            break
        if mutant.source(texts[mutant.file]) is not None:
            taken.append(mutant)
    return sorted(taken, key=lambda each: (each.file, each.line, each.operator))
