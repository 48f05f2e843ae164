"""The messages and the progress of a stage: the command line prints them, callers of the library may ignore them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


def counted(n: int, noun: str) -> str:
    """A number with its noun in the singular or plural: `1 document`, `2,000 documents`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def seconds_in_words(seconds: float) -> str:
    """An approximate duration in words: `20 seconds`, `3 minutes`, `2.5 hours`."""
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    return counted(round(seconds / 60), "minute") if seconds < 5400 else f"{seconds / 3600:.1f} hours"


class Progress(Protocol):
    """A task of known length."""

    def advance(self, n: int = 1, note: str = "") -> None:
        """Reports that `n` more steps are done; `note` replaces the text next to the bar, for example the loss."""
        ...


class Reporter(Protocol):
    """Receives the messages and the progress of a stage."""

    def line(self, text: str) -> None:
        """Reports a message of one line."""
        ...

    def progress(self, description: str, total: int) -> AbstractContextManager[Progress]:
        """A progress bar of `total` steps, shown while the context is open."""
        ...


class SilentReporter:
    """A reporter that ignores everything: for tests and for callers of the library."""

    def line(self, text: str) -> None:
        """Ignores the message."""

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[Progress]:
        """A progress bar that is not shown."""
        yield _SilentProgress()


class _SilentProgress:
    def advance(self, n: int = 1, note: str = "") -> None:
        """Ignores the step."""
