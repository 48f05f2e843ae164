"""The model that a server answers with: one linker for all threads, which can be replaced while requests are served.

A linker is never changed by linking, so that threads share one. Each call takes the linker of its beginning and keeps
it: a request is answered by one model, whole, and a model that is replaced is freed when its last request ends.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from hyplink.linking.linker import Linker
from hyplink.server.concept_search import ConceptSearch
from hyplink.server.settings import ServerSettings

T = TypeVar("T")


class BoundError(Exception):
    """A request is beyond a bound of the server.

    Args:
        status: the HTTP status, 4xx.
        detail: which bound, in one line.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Deadline:
    """The moment at which a computation must end."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Ends a computation that has taken too long.

        Raises:
            BoundError: the time is over (408).
        """
        if time.monotonic() > self._end:
            raise self.exceeded()

    def exceeded(self) -> BoundError:
        """The error of a computation that has taken too long."""
        return BoundError(408, f"the answer took longer than {self._seconds:g} seconds; send less at once")


class Model:
    """A linker with what is made from it to serve.

    Attributes:
        linker: makes the links.
        search: finds concepts by their names.
        number: 1 for the first model of a server, 2 for the one that replaced it, and so on.
    """

    def __init__(self, linker: Linker, number: int = 1) -> None:
        self.linker = linker
        self.search = ConceptSearch(linker)
        self.number = number


class ServedModel:
    """The current model, and the threads that compute with it.

    Args:
        linker: of the first model.
        settings: of the server.
    """

    def __init__(self, linker: Linker, settings: ServerSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.threads, "hyplink")
        self.current = Model(linker)
        self.n_active = 0
        self.is_closed = False

    def replace(self, linker: Linker) -> None:
        """Answers the requests from now on with another linker."""
        self.current = Model(linker, self.current.number + 1)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Counts a request that is computed or waits for it.

        Raises:
            BoundError: there are too many (429).
        """
        if self.n_active >= self._settings.max_concurrent:
            raise BoundError(429, f"{self._settings.max_concurrent} requests are being answered; try again later")
        self.n_active += 1
        try:
            yield
        finally:
            self.n_active -= 1

    async def run(self, compute: Callable[[Model, Deadline], T]) -> T:
        """What a function returns that is called with the current model in one of the threads.

        Raises:
            BoundError: too many requests are being computed (429), or the time is over (408).
        """
        admission = self.admitted()
        admission.__enter__()
        task = self.start(compute)
        # A computation cannot be interrupted, so a request counts until its computation ends.
        task.add_done_callback(lambda _: admission.__exit__(None, None, None))
        return await self.result(task)

    def start(self, compute: Callable[[Model, Deadline], T]) -> "asyncio.Future[T]":
        """Calls a function with the current model in one of the threads."""
        deadline = Deadline(self._settings.max_seconds)
        loop = asyncio.get_running_loop()
        task = loop.run_in_executor(self._threads, compute, self.current, deadline)
        task.add_done_callback(take_note)
        return task

    async def result(self, task: "asyncio.Future[T]") -> T:
        """The result of a computation, which goes on if it takes too long.

        Raises:
            BoundError: the time is over (408).
        """
        try:
            async with asyncio.timeout(self._settings.max_seconds + 1):
                return await asyncio.shield(task)
        except TimeoutError:
            raise Deadline(self._settings.max_seconds).exceeded() from None

    def close(self) -> None:
        """Waits for the computations that have begun; no other begins."""
        self.is_closed = True
        self._threads.shutdown()


def take_note(task: "asyncio.Future[T]") -> None:
    """Takes note of an error of a computation that nobody waits for any longer."""
    if not task.cancelled():
        task.exception()
