"""How long `hyplink --help` takes, beside a Python that does nothing: seconds over several runs, taken in turns.

Usage: python scripts/time_help.py [RUNS]
"""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "hyplink --help": ["-m", "hyplink", "--help"],
    "hyplink --version": ["-m", "hyplink", "--version"],
}


def seconds_of(words: list[str]) -> float:
    """Wall-clock seconds of one Python process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main(n_runs: int) -> None:
    """Prints a line a command: median, least and most."""
    taken = [{name: seconds_of(words) for name, words in COMMANDS.items()} for _ in range(n_runs)]
    for name in COMMANDS:
        seconds = [run[name] for run in taken]
        print(f"{name:<18} median {statistics.median(seconds):.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
