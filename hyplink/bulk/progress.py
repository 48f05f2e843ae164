"""Progress of linking a corpus whose number of documents is not known before."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hyplink.run.reporter import counted, seconds_in_words

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 5.0


def with_progress(
    linked: Iterable[Item],
    share: Callable[[], float | None],
    line: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Item]:
    """The items unchanged; every few seconds a line with their number, the number per second and the time left.

    Args:
        linked: one item for each document that was linked.
        share: the share of the input that was read, between 0 and 1; None if it is not known.
        line: receives the lines.
        clock: the time in seconds.
    """
    start = last = clock()
    for number, each in enumerate(linked, start=1):
        yield each
        now = clock()
        if now - last >= SECONDS_BETWEEN_LINES:
            last, took, done = now, now - start, share()
            left = f", {done:.0%} of the input, about {seconds_in_words(took / done - took)} left" if done else ""
            line(f"{counted(number, 'document')} linked, {number / took:,.0f} a second{left}")
