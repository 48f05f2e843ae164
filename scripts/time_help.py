"""How long hyplink takes to be there, beside programs that do less: seconds over several rounds, taken in turns.

    python scripts/time_help.py [--rounds 7] [--load RUN …]

Wall-clock seconds of whole processes for `hyplink --help`; CPU seconds on one thread of imports and loading, each in a
new process. With `--load`, runs are loaded, and a sentence linked.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "hyplink --help": ["-m", "hyplink", "--help"],
    "hyplink --version": ["-m", "hyplink", "--version"],
}

IMPORTS = {
    "import torch": "import torch",
    "import torch, sklearn": "import torch, sklearn.feature_extraction.text",
    "import hyplink's Linker": "from hyplink import Linker",
}

LOADING = """
import sys, time
from hyplink import Linker
start = time.process_time()
linker = Linker.load(sys.argv[1])
loaded = time.process_time()
linker.link("She has breast cancer.")
print(loaded - start, time.process_time() - loaded)
"""


def seconds_of(words: list[str]) -> float:
    """Wall-clock seconds of one Python process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def cpu_seconds_of(program: str) -> float:
    """CPU seconds of what a program does once Python has started."""
    timed = f"import time; start = time.process_time()\n{program}\nprint(time.process_time() - start)"
    return printed_by(timed)[0]


def printed_by(program: str, *words: str) -> list[float]:
    """The numbers that a program prints."""
    ended = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    return [float(number) for number in ended.stdout.split()]


def table(ways: dict[str, Callable[[], float]], n_rounds: int) -> None:
    """Prints a line a way: median, least and most."""
    taken = [{name: way() for name, way in ways.items()} for _ in range(n_rounds)]
    for name in ways:
        seconds = [each[name] for each in taken]
        print(f"{name:<40} median {statistics.median(seconds):.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})")


def main() -> None:
    """Prints whole commands, then imports and the loading of runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--load", nargs="*", default=[], metavar="RUN")
    chosen = parser.parse_args()
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    print("wall clock, whole processes")
    table({name: partial(seconds_of, words) for name, words in COMMANDS.items()}, chosen.rounds)
    print("CPU time, one thread")
    table({name: partial(cpu_seconds_of, line) for name, line in IMPORTS.items()}, chosen.rounds)
    for run in chosen.load:
        taken = [printed_by(LOADING, run) for _ in range(chosen.rounds)]
        loaded, linked = (statistics.median(each) for each in zip(*taken, strict=True))
        print(f"Linker.load({run!r}) median {loaded:.2f} s, its first link {linked:.2f} s")


if __name__ == "__main__":
    main()
