"""Charts before they are drawn: values on axes, as percentages of the room that a template gives them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of numbers, with the ticks that are labelled."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def over(cls, low: float, high: float, n_ticks: int = 5) -> "Axis":
        """The shortest stretch between round numbers that holds both, with about so many ticks."""
        rough = ((high - low) or abs(high) or 1.0) / n_ticks
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(each * unit for each in STEPS if each * unit >= rough * (1 - 1e-9))
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        return cls(first * step, last * step, tuple(round(each * step, 10) for each in range(first, last + 1)))

    def place(self, value: float) -> float:
        """How far along the axis a value lies, in percent; what lies outside stands at the end."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 3)


SHARES = Axis(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
"""The axis of probabilities and shares."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a series.

    Attributes:
        x, y: where it stands, in the units of the axes.
        tip: what is told of it when it is pointed at.
        low, high: ends of its spread, None where it has none.
    """

    x: float
    y: float
    tip: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values that belong together; `joined` by a line, and with `dots` that are always to be seen."""

    name: str
    values: tuple[Value, ...]
    joined: bool = True
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A value where it is drawn: percentages from the left and from the top."""

    left: float
    top: float
    tip: str
    stick: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A series where it is drawn; `path` is that of its line in a square of 100, empty where there is none."""

    name: str
    marks: tuple[Mark, ...]
    path: str
    dots: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        title: what it shows.
        note: how it is read, in a sentence.
        x_title, y_title: of the axes.
        x_ticks, y_ticks: labels with their places, from the left and from the top.
        series: what is drawn; the first stands out.
        diagonal: whether a line shows where y equals x.
        rows: the same as a table, a heading first.
    """

    title: str
    note: str
    x_title: str
    y_title: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    series: tuple[Drawn, ...]
    diagonal: bool
    rows: tuple[tuple[str, ...], ...]


def chart(
    title: str,
    note: str,
    axes: tuple[str, str],
    series: Sequence[Series],
    *,
    x: Axis | None = None,
    y: Axis | None = None,
    to_diagonal: bool = False,
) -> Chart:
    """A chart of series, on axes that hold all their values unless they are given.

    Args:
        title: what it shows.
        note: how it is read.
        axes: titles of the horizontal and the vertical axis.
        series: at least one, each with a value.
        x: horizontal axis.
        y: vertical axis.
        to_diagonal: draw y = x, and a stick from each value to it.
    """
    x = x or _axis_of(value.x for each in series for value in each.values)
    y = y or _axis_of(end for each in series for value in each.values for end in (value.y, value.low, value.high))
    return Chart(
        title,
        note,
        *axes,
        tuple((x.place(tick), f"{tick:,g}") for tick in x.ticks),
        tuple((100 - y.place(tick), f"{tick:,g}") for tick in y.ticks),
        tuple(_drawn(each, x, y, to_diagonal) for each in series),
        to_diagonal,
        tuple(_rows(axes[0], axes[1], series)),
    )


def _axis_of(values: Iterable[float | None]) -> Axis:
    known = [value for value in values if value is not None]
    return Axis.over(min(known), max(known))


def _drawn(series: Series, x: Axis, y: Axis, to_diagonal: bool) -> Drawn:
    marks = []
    for value in series.values:
        ends = (value.x, value.y) if to_diagonal else (value.low, value.high)
        low, high = (None if end is None else 100 - y.place(end) for end in ends)
        stick = None if low is None or high is None else (low, high)
        marks.append(Mark(x.place(value.x), 100 - y.place(value.y), value.tip, stick))
    path = "M" + "L".join(f"{mark.left:g} {mark.top:g}" for mark in marks) if series.joined else ""
    return Drawn(series.name, tuple(marks), path, series.dots)


def _rows(x_title: str, y_title: str, series: Sequence[Series]) -> Iterable[tuple[str, ...]]:
    """A heading, then a row for each x."""
    yield x_title, *(each.name if len(series) > 1 else y_title for each in series)
    of_x = [{value.x: value.y for value in each.values} for each in series]
    for x in sorted(set().union(*of_x)):
        yield f"{x:,.4g}", *(f"{column[x]:,.4g}" if x in column else "–" for column in of_x)
