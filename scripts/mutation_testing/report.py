"""The results of a measurement: a table, the survivors with their diffs, and all of it as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mutation_testing.mutants import Key
from mutation_testing.trials import KILLED, SURVIVED, TIMED_OUT, Verdict

HEADINGS = (
    "package",
    "possible",
    "mutants",
    "killed",
    "timed out",
    "survived",
    "equivalent",
    "share",
    "without equivalents",
)


@dataclass(frozen=True, slots=True)
class PackageReport:
    """The verdicts on the mutants of a package.

    Attributes:
        package: its name.
        n_possible: how many mutants the operators can make of it.
        verdicts: those on the drawn ones.
        listed: the keys of the mutants listed as equivalent.
    """

    package: str
    n_possible: int
    verdicts: list[Verdict]
    listed: frozenset[Key]

    def n(self, outcome: str) -> int:
        """How many mutants had an outcome."""
        return sum(verdict.outcome == outcome for verdict in self.verdicts)

    def is_equivalent(self, verdict: Verdict) -> bool:
        """Whether a mutant survived that is listed as equivalent."""
        return verdict.outcome == SURVIVED and verdict.mutant.key in self.listed

    def figures(self) -> dict[str, Any]:
        """One row of the table. A timed out mutant counts as killed; shares are None without mutants."""
        n, killed = len(self.verdicts), self.n(KILLED) + self.n(TIMED_OUT)
        equivalent = sum(map(self.is_equivalent, self.verdicts))
        return {
            "package": self.package,
            "possible": self.n_possible,
            "mutants": n,
            "killed": killed,
            "timed_out": self.n(TIMED_OUT),
            "survived": self.n(SURVIVED),
            "equivalent": equivalent,
            "share": killed / n if n else None,
            "share_without_equivalents": killed / (n - equivalent) if n > equivalent else None,
        }

    def mutants(self, texts: dict[str, str]) -> list[dict[str, Any]]:
        """Every mutant with its verdict, the survivors with their diffs."""
        rows = []
        for verdict in self.verdicts:
            row = asdict(verdict.mutant) | {
                key: getattr(verdict, key) for key in ("outcome", "by", "n_tests", "seconds")
            }
            if verdict.outcome == SURVIVED:
                row |= {
                    "is_equivalent": self.is_equivalent(verdict),
                    "diff": verdict.mutant.diff(texts[verdict.mutant.file]),
                }
            rows.append(row)
        return rows


def write_report(path: Path, seed: int, reports: Iterable[PackageReport], texts: dict[str, str]) -> None:
    """Writes the rows of the table and all mutants as JSON."""
    reports = list(reports)
    content = {
        "seed": seed,
        "packages": [report.figures() for report in reports],
        "mutants": [row for report in reports for row in report.mutants(texts)],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def survivors_in(path: Path) -> set[Key]:
    """The keys of the survivors that `write_report` wrote, but for those listed as equivalent then."""
    rows = json.loads(path.read_text(encoding="utf-8"))["mutants"]
    fields = ("file", "text", "operator", "copy")
    return {
        tuple(row[field] for field in fields) for row in rows if row["outcome"] == SURVIVED and not row["is_equivalent"]
    }


def table(reports: Iterable[PackageReport]) -> str:
    """The table, a row a package."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    for report in reports:
        *counts, share, without = report.figures().values()
        rows.append((*map(str, counts), _percent(share), _percent(without)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def survivors(report: PackageReport, texts: dict[str, str]) -> str:
    """The survivors that are not listed, with place, operator and diff, and the listed mutants that were killed."""
    parts = []
    for verdict in report.verdicts:
        mutant = verdict.mutant
        place = f"{mutant.file}:{mutant.line} {mutant.operator}"
        if verdict.outcome != SURVIVED and mutant.key in report.listed:
            parts.append(f"{place}: listed as equivalent, but {verdict.outcome} {verdict.by}")
        elif verdict.outcome == SURVIVED and not report.is_equivalent(verdict):
            note = "" if verdict.n_tests else ": no test executes the line"
            parts.append(f"{place}{note}\n{mutant.diff(texts[mutant.file])}")
    return "\n\n".join(parts)
