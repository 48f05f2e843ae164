"""Line charts and scatter charts as data for the templates, with positions in percent of the plot area."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TICK_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values with labelled ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def over(cls, low: float, high: float, n_ticks: int = 5) -> "Axis":
        """The shortest axis between round numbers that contains both values, with about `n_ticks` intervals."""
        rough = ((high - low) or abs(high) or 1.0) / n_ticks
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(each * unit for each in TICK_STEPS if each * unit >= rough * (1 - 1e-9))
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        return cls(first * step, last * step, tuple(round(each * step, 10) for each in range(first, last + 1)))

    def percent(self, value: float) -> float:
        """The position of a value along the axis in percent; values outside the axis are clipped."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 3)


UNIT_AXIS = Axis(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
"""The axis of probabilities and proportions."""


@dataclass(frozen=True, slots=True)
class Point:
    """A data point of a series.

    Attributes:
        x, y: coordinates in the units of the axes.
        tip: text of the tooltip.
        low, high: ends of the vertical error bar; None for no bar.
    """

    x: float
    y: float
    tip: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A series of points, connected by a line if `line`, with permanently visible markers if `markers`."""

    name: str
    points: tuple[Point, ...]
    line: bool = True
    markers: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """A point at its position in percent from the left and the top; `bar` are the ends of its error bar."""

    left: float
    top: float
    tip: str
    bar: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class PlottedSeries:
    """A series with positions; `path` is the SVG path of its line in a 100 × 100 viewport, empty for no line."""

    name: str
    markers: tuple[Marker, ...]
    path: str
    visible_markers: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Attributes:
        title: title of the chart.
        note: a sentence that explains the chart.
        x_title, y_title: titles of the axes.
        x_ticks, y_ticks: positions in percent, from the left and from the top, with labels.
        series: the series; the first is emphasised.
        diagonal: whether to draw the line y = x.
        rows: the data as a table, header first.
    """

    title: str
    note: str
    x_title: str
    y_title: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    series: tuple[PlottedSeries, ...]
    diagonal: bool
    rows: tuple[tuple[str, ...], ...]


def chart(
    title: str,
    note: str,
    axis_titles: tuple[str, str],
    series: Sequence[Series],
    *,
    x: Axis | None = None,
    y: Axis | None = None,
    bars_to_diagonal: bool = False,
) -> Chart:
    """A chart of series; an axis that is not given covers all values.

    Args:
        title: title of the chart.
        note: a sentence that explains it.
        axis_titles: titles of the horizontal and the vertical axis.
        series: one or more series, each with at least one point.
        x: horizontal axis.
        y: vertical axis.
        bars_to_diagonal: draw y = x, and a bar from each point to that line in place of its error bar.
    """
    x = x or _covering_axis(point.x for each in series for point in each.points)
    y = y or _covering_axis(end for each in series for point in each.points for end in (point.y, point.low, point.high))
    return Chart(
        title,
        note,
        *axis_titles,
        tuple((x.percent(tick), f"{tick:,g}") for tick in x.ticks),
        tuple((100 - y.percent(tick), f"{tick:,g}") for tick in y.ticks),
        tuple(_plotted(each, x, y, bars_to_diagonal) for each in series),
        bars_to_diagonal,
        tuple(_table_rows(*axis_titles, series)),
    )


def _covering_axis(values: Iterable[float | None]) -> Axis:
    known = [value for value in values if value is not None]
    return Axis.over(min(known), max(known))


def _plotted(series: Series, x: Axis, y: Axis, bars_to_diagonal: bool) -> PlottedSeries:
    markers = []
    for point in series.points:
        ends = (point.x, point.y) if bars_to_diagonal else (point.low, point.high)
        low, high = (None if end is None else 100 - y.percent(end) for end in ends)
        bar = None if low is None or high is None else (low, high)
        markers.append(Marker(x.percent(point.x), 100 - y.percent(point.y), point.tip, bar))
    path = "M" + "L".join(f"{marker.left:g} {marker.top:g}" for marker in markers) if series.line else ""
    return PlottedSeries(series.name, tuple(markers), path, series.markers)


def _table_rows(x_title: str, y_title: str, series: Sequence[Series]) -> Iterable[tuple[str, ...]]:
    """A header, then one row for each point of a single series, or for each x of several."""
    yield x_title, *(each.name if len(series) > 1 else y_title for each in series)
    if len(series) == 1:
        yield from ((f"{point.x:,.4g}", f"{point.y:,.4g}") for point in series[0].points)
        return
    columns = [{point.x: point.y for point in each.points} for each in series]
    for x in sorted(set().union(*columns)):
        yield f"{x:,.4g}", *(f"{column[x]:,.4g}" if x in column else "–" for column in columns)
