"""Messages and progress on standard error: progress bars in a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from hyplink.run import Progress

SECONDS_BETWEEN_LINES = 10.0
"""The time between two progress lines if standard error is not a terminal."""


class ConsoleReporter:
    """A reporter that prints messages and progress on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """Prints a message of one line."""
        self._console.print(text, markup=False)

    def progress(self, description: str, total: int) -> AbstractContextManager[Progress]:
        """A progress bar in a terminal; elsewhere a line every ten seconds."""
        return _bar(self._console, description, total) if self._console.is_terminal else _lines(description, total)


@contextmanager
def _bar(console: Console, description: str, total: int) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield _BarProgress(bars, description, total)


class _BarProgress:
    def __init__(self, bars: Bars, description: str, total: int) -> None:
        self._bars = bars
        self._task = bars.add_task(description, total=total, note="")

    def advance(self, n: int = 1, note: str = "") -> None:
        self._bars.update(self._task, advance=n, note=note)


@contextmanager
def _lines(description: str, total: int) -> Iterator[Progress]:
    progress = _LineProgress(description, total)
    yield progress
    progress.finish()


class _LineProgress:
    def __init__(self, description: str, total: int) -> None:
        self._description, self._total = description, total
        self._done, self._printed, self._note = 0, -1, ""
        self._start = self._last = time.monotonic()

    def advance(self, n: int = 1, note: str = "") -> None:
        self._done, self._note = self._done + n, note
        if time.monotonic() - self._last > SECONDS_BETWEEN_LINES:
            self._print()

    def finish(self) -> None:
        if self._printed != self._done:
            self._print()

    def _print(self) -> None:
        self._last, self._printed = time.monotonic(), self._done
        note = f", {self._note}" if self._note else ""
        took = self._last - self._start
        sys.stderr.write(f"{self._description}: {self._done:,} of {self._total:,}, {took:.0f} s{note}\n")
