"""Makes an input that raises an exception smaller."""

import os
import signal
import tempfile
import time
from pathlib import Path

from fuzzing.workers import Outcome, called, limit_memory
from tests.fuzz.harness import Harness

SECONDS = 30
"""What is found until then is returned."""


def shrunk(harness: Harness, data: bytes, outcome: Outcome) -> bytes:
    """A shorter input with the same outcome, found by leaving out pieces of halving length, in a forked process."""
    with tempfile.TemporaryDirectory() as folder:
        shortest = Path(folder) / "shortest"
        shortest.write_bytes(data)
        child = os.fork()
        if child == 0:
            _shrink(harness, data, outcome, shortest)
        deadline = time.monotonic() + SECONDS
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
        return shortest.read_bytes()


def _shrink(harness: Harness, data: bytes, outcome: Outcome, shortest: Path) -> None:
    """Keeps the shortest input so far in a file, and ends the process."""
    try:
        limit_memory()
        folder = shortest.with_name("work")
        folder.mkdir()
        harness.prepare(folder)
        size = len(data) // 2
        while size:
            place = 0
            while place < len(data):
                shorter = data[:place] + data[place + size :]
                if called(harness, folder, shorter) == outcome:
                    data = shorter
                    shortest.with_name("new").write_bytes(data)
                    shortest.with_name("new").replace(shortest)
                else:
                    place += size
            size //= 2
    finally:
        os._exit(0)
