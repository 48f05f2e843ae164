"""Mutants that no test can kill: the list of them, kept by hand with a reason for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutation_testing.mutants import Key, Mutant


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A listed mutant.

    Attributes:
        file: the file's path below the project, with slashes.
        text: the line that is mutated, as it stands in the source, stripped.
        operator: the operator as survivors are printed with it.
        reason: why the change cannot be observed.
    """

    file: str
    text: str
    operator: str
    reason: str


def read_equivalents(path: Path) -> list[Equivalent]:
    """The mutants that a file lists: four values separated by tabs on each line, comments begin with #.

    Raises:
        ValueError: a line has another number of values, or an empty one.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        values = [value.strip() for value in line.split("\t")]
        if len(values) != 4 or not all(values):
            raise ValueError(f"{path}:{number}: expected file, line, operator and reason, separated by tabs")
        found.append(Equivalent(*values))
    return found


def listed_among(mutants: Iterable[Mutant], equivalents: Iterable[Equivalent]) -> frozenset[Key]:
    """The keys of the mutants that are listed. An entry stands for all equal lines of its file.

    Args:
        mutants: every mutant of some files.
        equivalents: the list.

    Raises:
        ValueError: an entry for one of these files fits no mutant, since the line or the operator changed.
    """
    mutants = list(mutants)
    files = {mutant.file for mutant in mutants}
    fitting: dict[tuple[str, str, str], list[Mutant]] = {}
    for mutant in mutants:
        fitting.setdefault((mutant.file, mutant.text, mutant.operator), []).append(mutant)
    keys: set[Key] = set()
    for each in equivalents:
        found = fitting.get((each.file, each.text, each.operator), [])
        if each.file in files and not found:
            raise ValueError(
                f"mutation_equivalents.txt: {each.file} has no mutant {each.operator} of the line `{each.text}`; "
                "correct the entry or remove it"
            )
        keys.update(mutant.key for mutant in found)
    return frozenset(keys)
