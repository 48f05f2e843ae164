"""Worker processes that share the memory of this one: blocks of items go out, results come back in order.

A worker is a fork of this process, so a model that was loaded before is in its memory without being copied. A block
whose worker dies is done again: whole, in case the worker was killed from outside, and if it dies again item by item. A
block that takes too long is done item by item at once. An item that takes too long, or whose worker dies twice, is
given up, and the others are not lost.
"""

import gc
import multiprocessing
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Generic, NamedTuple, TypeVar

from hyplink.errors import HyplinkError

Item = TypeVar("Item")
Result = TypeVar("Result")

_BLOCKS_AHEAD = 4
"""Blocks that are read and unfinished for each worker: back-pressure on the reader."""

_LONGEST_WAIT = 3600.0
"""Seconds after which the deadlines are looked at again; the system cannot wait for longer than some weeks."""


class GivenUp(NamedTuple):
    """The result of an item that could not be done.

    Attributes:
        reason: what became of it, without its name: `took longer than 60 seconds`.
    """

    reason: str


@dataclass
class _Block(Generic[Item, Result]):
    """A block of items and their results, which come together or one by one."""

    items: Sequence[Item]
    results: list[Result | GivenUp | None] = field(init=False)
    n_left: int = field(init=False)

    def __post_init__(self) -> None:
        self.results, self.n_left = [None] * len(self.items), len(self.items)

    def add(self, start: int, results: Sequence[Result | GivenUp]) -> None:
        self.results[start : start + len(results)] = results
        self.n_left -= len(results)


class _Task(NamedTuple):
    """Some items of a block: those from `start` to `end`.

    Attributes:
        number: of the block.
        start, end: of the items.
        has_killed: whether a worker died that had them.
    """

    number: int
    start: int
    end: int
    has_killed: bool = False


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    connection: Connection
    task: _Task | None = None
    deadline: float = 0.0


class Workers(Generic[Item, Result]):
    """Processes that map blocks of items to results, one for each item.

    Args:
        work: gives the results of a block, as many as it has items; runs in the workers. What it raises but
            `HyplinkError` kills the worker, like a crash. The processes inherit whatever it refers to.
        n_workers: how many processes.
        seconds: a block that takes longer is done again item by item, and an item that takes longer alone is given up;
            infinity is no limit.

    Raises:
        HyplinkError: this system cannot fork processes.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], n_workers: int, seconds: float) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            raise HyplinkError(f"several workers need a system that can fork processes, which {sys.platform} cannot")
        self._work, self._seconds = work, seconds
        self._context = multiprocessing.get_context("fork")
        gc.collect()
        gc.freeze()  # a collection in a worker would write to, and so copy, the pages of all objects
        self._workers: list[_Worker] = []
        try:
            for at in range(n_workers):
                self._start(at)
        except BaseException:
            self.close()
            raise

    def results(self, blocks: Iterable[Sequence[Item]]) -> Iterator[list[Result | GivenUp]]:
        """The results of each block, in the order of the blocks; blocks are read as they are needed.

        Raises:
            HyplinkError: the work of a block raised it.
        """
        remaining = enumerate(blocks)
        open_blocks: dict[int, _Block[Item, Result]] = {}
        tasks, first, has_more = deque[_Task](), 0, True
        while has_more or open_blocks:
            while has_more and len(open_blocks) < _BLOCKS_AHEAD * len(self._workers):
                number, items = next(remaining, (-1, ()))
                has_more = number >= 0
                if has_more:
                    open_blocks[number] = _Block(items)
                    tasks.append(_Task(number, 0, len(items)))
            self._hand_out(tasks, open_blocks)
            if first in open_blocks and open_blocks[first].n_left == 0:
                yield [result for result in open_blocks.pop(first).results if result is not None]
                first += 1
            elif open_blocks:
                self._receive(tasks, open_blocks)

    def close(self) -> None:
        """Ends the processes."""
        for worker in self._workers:
            _end(worker)
        self._workers.clear()
        gc.unfreeze()

    def __enter__(self) -> "Workers[Item, Result]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, at: int) -> None:
        """Starts a worker, the one at an index."""
        with _signals_deferred():
            ours, theirs = self._context.Pipe()
            inherited = [worker.connection for worker in self._workers] + [ours]
            process = self._context.Process(target=_serve, args=(self._work, theirs, inherited), daemon=True)
            process.start()
            theirs.close()
            self._workers.insert(at, _Worker(process, ours))

    def _hand_out(self, tasks: deque[_Task], blocks: dict[int, _Block[Item, Result]]) -> None:
        for worker in self._workers:
            if worker.task is None and tasks:
                task = tasks.popleft()
                worker.task, worker.deadline = task, time.monotonic() + self._seconds
                with suppress(OSError):  # a worker that has died meanwhile is replaced when its end is noticed
                    worker.connection.send(blocks[task.number].items[task.start : task.end])

    def _receive(self, tasks: deque[_Task], blocks: dict[int, _Block[Item, Result]]) -> None:
        """Waits for the result of a task, the end of a worker, or a deadline."""
        busy = {worker.connection: i for i, worker in enumerate(self._workers) if worker.task is not None}
        earliest = min(self._workers[i].deadline for i in busy.values())
        ready = wait(list(busy), min(max(0.0, earliest - time.monotonic()), _LONGEST_WAIT))
        for connection in ready:
            if isinstance(connection, Connection):
                self._take(busy[connection], tasks, blocks)
        now = time.monotonic()
        for i in busy.values():
            worker = self._workers[i]
            if worker.task is not None and worker.deadline <= now and not worker.connection.poll():
                self._replace(i)
                _give_up(worker.task, f"took longer than {self._seconds:g} seconds", tasks, blocks)

    def _take(self, i: int, tasks: deque[_Task], blocks: dict[int, _Block[Item, Result]]) -> None:
        worker = self._workers[i]
        try:
            results = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(i)
            task = worker.task
            if task is not None and not task.has_killed:
                tasks.appendleft(task._replace(has_killed=True))
            elif task is not None:
                _give_up(task, "ended its process", tasks, blocks)
            return
        if isinstance(results, HyplinkError):
            raise results
        task, worker.task = worker.task, None
        if task is not None:
            blocks[task.number].add(task.start, results)

    def _replace(self, i: int) -> None:
        _end(self._workers[i])
        self._workers[i : i + 1] = []  # the new worker must not inherit the connection of the old one
        self._start(i)


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Has the signals that end the program handled at the end of the context.

    Python drops what the handler of a signal raises in a hook that a module registered for forks. A mask of signals
    would not do: the system gives them to another thread, and Python still calls the handlers in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    replaced = {each: handler for each, handler in handlers.items() if callable(handler)}
    for each in replaced:
        signal.signal(each, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for each, handler in replaced.items():
            signal.signal(each, handler)
        for number in came:
            signal.raise_signal(number)


def _give_up(task: _Task, reason: str, tasks: deque[_Task], blocks: dict[int, _Block[Item, Result]]) -> None:
    """Gives up the item of a task, or has its items done one by one, before all other tasks."""
    if task.end - task.start == 1:
        blocks[task.number].add(task.start, [GivenUp(reason)])
    else:
        tasks.extendleft(_Task(task.number, at, at + 1) for at in reversed(range(task.start, task.end)))


def _end(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()


def _serve(
    work: Callable[[Sequence[Item]], Sequence[Result]], connection: Connection, inherited: Sequence[Connection]
) -> None:
    """A worker: answers blocks until the process that started it closes the connection or ends."""
    for other in inherited:
        other.close()  # else this process would keep them open, and others would not notice the end of their owner
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it reacts to Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        while True:
            items = connection.recv()
            try:
                answer: Sequence[Result] | HyplinkError = work(items)
            except HyplinkError as error:
                answer = error
            connection.send(answer)
