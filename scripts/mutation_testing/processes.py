"""Forks a child for each job, a few at a time, in the order of the jobs, with limits on the time and memory of each."""

import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

MEMORY_BYTES = 8 << 30  # of a child: a mutant that allocates without end fails, and not the machine
POLL_SECONDS = 0.005
ERROR = 70  # the exit status of a child whose work raised an exception

J = TypeVar("J")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one child at a time works.

    Attributes:
        tree: a copy of the project.
        scratch: a folder for what the child writes.
    """

    tree: Path
    scratch: Path

    @property
    def log(self) -> Path:
        """What the last child printed."""
        return self.scratch / "log.txt"


@dataclass(frozen=True, slots=True)
class Ended(Generic[J]):
    """A job whose child has ended.

    Attributes:
        job: the job.
        slot: where it worked.
        status: the exit status; the negative number of the signal that ended it.
        timed_out: whether it used up its time.
        seconds: CPU time of the child and of the processes that it started and waited for.
    """

    job: J
    slot: Slot
    status: int
    timed_out: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Child(Generic[J]):
    pid: int
    job: J
    slot: Slot
    deadline: float


def run_forked(
    jobs: Iterable[J], slots: Iterable[Slot], work: Callable[[J, Slot], int], wall_seconds: Callable[[J], float]
) -> Iterator[Ended[J]]:
    """Runs every job in a child of its own, one at a time in each slot; yields each as it ends.

    A slot is used again only after the caller asked for the next result. What a child leaves running is killed with it.

    Args:
        jobs: what to do.
        slots: as many children run at once.
        work: called in the child, gives its exit status. The child limits its CPU time itself (`limit_cpu`).
        wall_seconds: how long the child of a job may take before it is killed.
    """
    waiting, free, running = iter(jobs), list(slots), list[_Child[J]]()
    try:
        while True:
            while free and (job := next(waiting, None)) is not None:
                slot, deadline = free.pop(), time.monotonic() + wall_seconds(job)
                running.append(_Child(_forked(work, job, slot), job, slot, deadline))
            if not running:
                return
            child, ended = _next_ended(running)
            running.remove(child)
            yield ended
            free.append(child.slot)
    finally:
        for child in running:
            _kill_group(child.pid)
            os.waitpid(child.pid, 0)


def limit_cpu(seconds: float) -> None:
    """Ends this process once it has used this many more seconds of CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def _next_ended(running: list[_Child[J]]) -> tuple[_Child[J], Ended[J]]:
    """Waits for a child to end, or kills one whose time is over."""
    while True:
        for child in running:
            overdue = time.monotonic() > child.deadline
            if overdue:
                _kill_group(child.pid)
            pid, status, usage = os.wait4(child.pid, 0 if overdue else os.WNOHANG)
            if pid:
                _kill_group(pid)
                code = os.waitstatus_to_exitcode(status)
                timed_out = overdue or code == -signal.SIGXCPU
                return child, Ended(child.job, child.slot, code, timed_out, usage.ru_utime + usage.ru_stime)
        time.sleep(POLL_SECONDS)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _forked(work: Callable[[J, Slot], int], job: J, slot: Slot) -> int:
    """The process id of a child, the leader of a process group, that does the work and ends."""
    pid = os.fork()
    if pid:
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)  # here too: the group must exist before anybody kills it
        return pid
    status = ERROR
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs without
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _redirect(slot.log)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        status = work(job, slot)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _redirect(log: Path) -> None:
    """Reads nothing and prints to a file."""
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for target, source in ((0, nothing), (1, file), (2, file)):
        os.dup2(source, target)
