"""A program that kills `hyplink run` at random times, verifies the run after each kill, and then completes it.

Usage: python -m tests.cli.killed RUN CONFIG KILLS

Prints the number of complete stages after each kill.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

import hyplink.stages.encode
import hyplink.stages.evaluate
import hyplink.stages.fit
import hyplink.stages.train_ontology  # noqa: F401 - imported here so that the child processes start at once
from hyplink.errors import RunError
from hyplink.run import Run
from hyplink.stages import STAGES
from tests.conftest import exit_status_of


def _killed_after(seconds: float, words: list[str]) -> bool:
    """Runs hyplink in a child process and kills it after some time; False if it finished before."""
    child = os.fork()
    if child == 0:
        os._exit(exit_status_of(*words))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _n_complete_stages(folder: Path) -> int:
    try:
        run = Run.open(folder)
    except RunError:  # killed before the run was created
        return 0
    finished = [name for name in STAGES if run.has(name)]
    for name in finished:
        run.verify(name)
    return len(finished)


def main(folder: Path, config: str, n_kills: int) -> None:
    """Kills, verifies and completes a run."""
    torch.set_num_threads(1)
    words = ["run", str(folder), "--config", config, "--quiet"]
    times = random.Random(0)
    for _ in range(n_kills):
        killed = _killed_after(times.uniform(0.0, 1.5), words)
        print(_n_complete_stages(folder), flush=True)  # noqa: T201
        if not killed:
            words = [*words, "--force"]
    sys.exit(exit_status_of(*words))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
