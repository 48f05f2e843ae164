"""Runs inputs in forked processes, which may crash, hang or exhaust their memory."""

import json
import os
import random
import resource
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.harness import Harness
from tests.fuzz.mutations import LIMIT, Edit, mutated

SECONDS = 10
"""An input that takes longer hangs."""

MEMORY = 2**30
"""An input for which a process needs so many bytes more than at its start takes too much."""

ADDRESS_SPACE = 4 * MEMORY
"""What a process may map more than at its start, so that it cannot take the memory of the machine."""

BATCH = 2_000
"""Inputs of one process."""


class Outcome(NamedTuple):
    """What came of an input.

    Attributes:
        kind: `accepted`, `refused`, `traceback`, `crash`, `hang` or `memory`.
        cause: for a traceback, the exception and the line that raised it; for a crash, the signal.
    """

    kind: str
    cause: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether the input was neither accepted nor refused in one line."""
        return self.kind not in ("accepted", "refused")


def random_input(harness: Harness, seeds: list[bytes], seed: int, number: int) -> bytes:
    """An input by its number: the same for every run with the same seed."""
    rng = random.Random(f"{seed} {harness.name} {number}")
    edits = [Edit(*(rng.randrange(LIMIT) for _ in Edit._fields)) for _ in range(rng.choice((1, 1, 1, 2, 3, 5)))]
    return mutated(seeds, rng.randrange(LIMIT), edits, harness.tokens)


def outcomes(harness: Harness, count: int, input_of: Callable[[int], bytes]) -> Iterator[Outcome]:
    """The outcome of each of so many inputs, in batches that share a process until one of them fails."""
    start = 0
    while start < count:
        done = 0
        for outcome in _batch(harness, range(start, min(count, start + BATCH)), input_of):
            done += 1
            yield outcome
        start += done


def outcome_of(harness: Harness, data: bytes) -> Outcome:
    """The outcome of a single input, in a process of its own."""
    return next(iter(outcomes(harness, 1, lambda _: data)))


def _batch(harness: Harness, numbers: range, input_of: Callable[[int], bytes]) -> Iterator[Outcome]:
    """The outcomes of inputs in one process, up to the first that ends it."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(harness, numbers, input_of, writing)
    os.close(writing)
    n_lines, is_hanging = 0, False
    try:
        for line in _lines(reading):
            if line is None:
                is_hanging = True
                break
            n_lines += 1
            yield Outcome(*json.loads(line))
    finally:
        if is_hanging:
            os.kill(child, signal.SIGKILL)
        os.close(reading)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if is_hanging:
        yield Outcome("hang", f"more than {SECONDS} s")
    elif n_lines < len(numbers) and status < 0:
        yield Outcome("crash", signal.Signals(-status).name)
    elif status > 0:
        raise RuntimeError(f"{harness.name}: the process of the inputs ended with status {status}")


def _lines(descriptor: int) -> Iterator[str | None]:
    """The lines of a pipe; None, at the end, if one took too long."""
    rest = b""
    while select.select([descriptor], [], [], SECONDS)[0]:
        found = os.read(descriptor, 2**16)
        if not found:
            return
        *lines, rest = (rest + found).split(b"\n")
        yield from (line.decode() for line in lines)
    yield None


def _work(harness: Harness, numbers: Sequence[int], input_of: Callable[[int], bytes], writing: int) -> None:
    """Writes the outcome of each input to a pipe, a line each, and ends the process."""
    status = 1
    try:
        limit_memory()
        start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with tempfile.TemporaryDirectory() as folder:
            harness.prepare(Path(folder))
            for number in numbers:
                outcome = called(harness, Path(folder), input_of(number))
                if (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) * 1024 > MEMORY:
                    outcome = Outcome("memory", outcome.cause)
                os.write(writing, json.dumps(outcome).encode() + b"\n")
                if outcome.kind == "memory":  # the peak of a process does not fall again
                    break
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def limit_memory() -> None:
    """Limits what this process may map."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def called(harness: Harness, folder: Path, data: bytes) -> Outcome:
    """The outcome of an input in this process."""
    try:
        return Outcome(harness.check(folder, data))
    except MemoryError as error:
        return Outcome("memory", cause_of(error))
    except Exception as error:
        return Outcome("traceback", cause_of(error))


def cause_of(error: BaseException) -> str:
    """The type of an exception, and the last line of hyplink, or else of anything, that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if "/hyplink/" in each.filename and "site-packages" not in each.filename]
    last = (own or list(frames))[-1]
    place = "/".join(Path(last.filename).parts[-2:])
    message = f": {' '.join(str(error).split())[:60]}" if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} at {place}:{last.lineno}{message}"
