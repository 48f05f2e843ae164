"""What a stage tells its user while it works. The command line prints it; a library caller may stay silent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


def counted(n: int, noun: str) -> str:
    """A number with its noun, as lines for people write it: `1 document`, `2,000 documents`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def seconds_in_words(seconds: float) -> str:
    """A rough length of time, as lines for people write it: `20 seconds`, `3 minutes`, `2.5 hours`."""
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    return counted(round(seconds / 60), "minute") if seconds < 5400 else f"{seconds / 3600:.1f} hours"


class Progress(Protocol):
    """A piece of work of known length under way."""

    def advance(self, n: int = 1, note: str = "") -> None:
        """Tells that `n` more steps are done; `note` replaces the text beside the bar, for example the loss."""
        ...


class Reporter(Protocol):
    """Where a stage sends its lines and its progress."""

    def line(self, text: str) -> None:
        """Tells one line."""
        ...

    def progress(self, description: str, total: int) -> AbstractContextManager[Progress]:
        """A bar over `total` steps, shown while the context is open."""
        ...


class SilentReporter:
    """Tells nobody anything: for tests and for use as a library."""

    def line(self, text: str) -> None:
        """Drops the line."""

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[Progress]:
        """A bar that is not shown."""
        yield _SilentProgress()


class _SilentProgress:
    def advance(self, n: int = 1, note: str = "") -> None:
        """Drops the step."""
