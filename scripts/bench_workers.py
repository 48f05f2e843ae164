"""Compares `hyplink link --workers N` with a single process: documents per second, memory, and whether links are equal.

    python scripts/bench_workers.py RUN FILE… [--workers 2] [--copies 10]

The files are linked `copies` times over. The speed is that of the command without loading, as it prints it itself; the
memory is the largest sum, over the processes of a command, of their proportional set size (Linux): a page that two
processes share counts half for each. Other work on the machine must be stopped.
"""

import argparse
import filecmp
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 2.0
"""A sample of a process takes some 15 ms of a core, which the workers then do not have."""


def main() -> None:
    """Reads the command line, links with one process and with several, and prints the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", type=int, default=10, help="how many times over the files are linked")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copies = [path for i in range(arguments.copies) for path in _linked_copies(arguments.files, folder / str(i))]
        speeds, sizes = {}, {}
        for workers in (1, arguments.workers):
            output = folder / f"{workers}.jsonl"
            speeds[workers], sizes[workers] = _measured(arguments.run, copies, output, workers)
            print(f"{workers} workers: {speeds[workers]:8.1f} documents a second, {sizes[workers] / 2**20:7.0f} MiB")
        several = arguments.workers
        print(f"speed ratio {speeds[several] / speeds[1]:.2f}, memory ratio {sizes[several] / sizes[1]:.2f}")
        same = filecmp.cmp(folder / "1.jsonl", folder / f"{several}.jsonl", shallow=False)
        print("the links are equal" if same else "THE LINKS DIFFER")


def _linked_copies(files: list[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    copies = [folder / path.name for path in files]
    for path, copy in zip(files, copies, strict=True):
        copy.symlink_to(path.resolve())
    return copies


def _measured(run: Path, files: list[Path], output: Path, workers: int) -> tuple[float, int]:
    """Documents per second, and the largest memory of all processes, in bytes."""
    words = ["link", run, *files, "--output", output, "--workers", workers, "--follow-references"]
    command = [sys.executable, "-m", "hyplink", *map(str, words)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    largest = 0
    while True:
        largest = max(largest, sum(map(proportional_size, with_children(process.pid))))
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_BETWEEN_SAMPLES)
            break
    message = process.stderr.read() if process.stderr else ""
    found = re.search(r"linked in ([\d,]+) documents, ([\d.]+) s", message)
    if found is None:
        sys.exit(message)
    return int(found[1].replace(",", "")) / float(found[2]), largest


def with_children(pid: int) -> list[int]:
    """The process ids of a process and of all that it has started, directly or not (Linux)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in with_children(int(child)))]


def proportional_size(pid: int) -> int:
    """The proportional set size of a process, in bytes; 0 if it has ended (Linux)."""
    try:
        sizes = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", sizes, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main()
