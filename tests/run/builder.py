"""A program that builds one stage repeatedly, with an increasing number in its files, until it is killed.

Usage: python -m tests.run.builder RUN            builds until it is killed
       python -m tests.run.builder RUN --at-every-step [--successor]
           kills a child process at every file operation of one build, or of the replacement of the run by a
           successor; checks after each kill that the run is complete, and prints the number of kills
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from hyplink.config import Config, FitSection
from hyplink.run import Run, Stage

NUMBERS = Stage("fit", "fit", writes=("one.txt", "two/two.txt", "two/three.txt"))
_FILE_OPERATIONS = ("open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "fcntl.flock")


def build(run: Run, number: int) -> None:
    """Builds the stage with this number in all its files."""
    with run.building(NUMBERS) as folder:
        (folder / "two").mkdir()
        for name in NUMBERS.writes:
            (folder / name).write_text(str(number))


def replace(run: Run, number: int) -> None:
    """Replaces the run by one with this number, also in its configuration."""
    with run.successor(Config(fit=FitSection(epochs=number + 1))) as successor:
        build(successor, number)


def number_of(run: Run) -> int:
    """The number of the finished stage, after checking that all its files are complete and from one build."""
    run.verify("fit")
    numbers = {int(run.path("fit", name).read_text()) for name in NUMBERS.writes}
    if len(numbers) != 1:
        raise ValueError(f"files of several builds are mixed: {numbers}")
    return numbers.pop()


def _killed_at(step: int, folder: Path, number: int, work: Callable[[Run, int], None]) -> bool:
    """Kills a child process at its n-th file operation; False if it finished before."""
    child = os.fork()
    if child == 0:
        steps = itertools.count()
        run = Run.open(folder)

        def die(event: str, _: object) -> None:
            if event in _FILE_OPERATIONS and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        work(run, number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise ChildProcessError("the build failed without being killed")
    return os.WIFSIGNALED(status)


def _kill_at_every_step(folder: Path, work: Callable[[Run, int], None]) -> int:
    work(Run.create(folder, Config()), 0)
    good = 0
    for step in itertools.count():
        killed = _killed_at(step, folder, good + 1, work)
        run = Run.open(folder)
        read = number_of(run)
        with run.locked():
            now = number_of(run)
        if work is replace and run.config.fit.epochs != now + 1:
            raise ValueError(f"killed at step {step}, the run holds {now} and the configuration of another build")
        if read not in (good, now) or now not in (good, good + 1) or list(folder.glob("*.old")):
            raise ValueError(f"killed at step {step}, the run holds {now} after {good}")
        if not killed:
            return step
        good = now
    raise AssertionError


def main() -> None:
    """Builds until it is killed, or kills a child process at every step."""
    folder = Path(sys.argv[1])
    if "--at-every-step" in sys.argv:
        work = replace if "--successor" in sys.argv else build
        sys.stdout.write(f"{_kill_at_every_step(folder, work)}\n")
        return
    run = Run.create(folder, Config())
    start = number_of(run) + 1 if run.has("fit") else 0
    for number in itertools.count(start):
        build(run, number)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
