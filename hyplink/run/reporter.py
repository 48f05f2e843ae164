"""What a stage tells its user while it works. The command line prints it; a library caller may stay silent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


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
