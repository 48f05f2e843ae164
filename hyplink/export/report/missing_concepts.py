"""The metrics of relations and of the parents of missing concepts arranged for the report: a heat map and bars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyplink.export.report.descriptions import PLACEMENT


@dataclass(frozen=True, slots=True)
class Cell:
    """The mentions of one right and one given relation; `percent` of those with the right relation."""

    n_mentions: int
    percent: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The mentions of one right relation, by given relation."""

    relation: str
    n_mentions: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """The first answers of a ranking of parents in percent: right, too high, and on a wrong branch."""

    right: float
    too_high: float
    wrong_branch: float


def confusion(missing: Mapping[str, Any]) -> list[Row]:
    """The confusion of relations, a row for each right relation that has mentions."""
    names, counts = missing["n_mentions"], missing["relations"]["confusion"]
    return [
        Row(
            name,
            sum(row),
            tuple(Cell(n, round(100 * n / sum(row), 1), name == given) for given, n in zip(names, row, strict=True)),
        )
        for name, row in zip(names, counts, strict=True)
        if sum(row)
    ]


def first_answers(figures: Mapping[str, Any]) -> Bar:
    """The bar of one ranking."""
    parts = (round(100 * figures[name], 2) for name in ("hits_at_1", "too_high", "wrong_branch"))
    return Bar(*parts)


def best_rankings(placement: Mapping[str, Mapping[str, float]]) -> dict[str, set[str]]:
    """For each metric the rankings with the best value, rounded to the digits shown; none where none is better."""
    best = {}
    for key, (_, _, higher_is_better) in PLACEMENT.items():
        values = {name: round(figures[key], 3) for name, figures in placement.items()}
        top = None if higher_is_better is None else (max if higher_is_better else min)(values.values())
        best[key] = {name for name, value in values.items() if value == top}
    return best
