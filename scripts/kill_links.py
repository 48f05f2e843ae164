"""Kills `hyplink link` and its workers at random moments, and compares the shards with those of an undisturbed run.

    python scripts/kill_links.py RUN TEXTS… [--kills 10] [--shard-size 200] [--workers 2] [--seed 0]

First the command or, in the second series, one of its workers is killed (SIGKILL, Linux) at a random moment of the time
that the undisturbed run took to write shards. A command that was killed is run again with --resume, and may be killed
again, until it ends by itself. A run counts as equal if all its shards are, byte for byte.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hyplink.bulk.shards import MANIFEST

SECONDS_BETWEEN_LOOKS = 0.01

MOST_KILLS = 5
"""Kills of one run, so that it ends."""


def main() -> None:
    """Reads the command line, links undisturbed and disturbed, and prints how many runs gave the same shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--kills", type=int, default=10, help="runs of each series")
    parser.add_argument("--shard-size", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "hyplink", "link", arguments.run, *arguments.texts, "--follow-references"]
    command += ["--shard-size", arguments.shard_size, "--workers", arguments.workers]
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as work:
        undisturbed = Path(work) / "undisturbed"
        seconds = seconds_of_writing(command, undisturbed)
        expected = shards(undisturbed)
        print(
            f"undisturbed: {len(expected) - 1} shards, {seconds:.1f} s from the first line of the manifest to the end"
        )
        for series, disturbed in (("the command", killed_command), ("a worker", killed_worker)):
            n_kills = n_equal = 0
            for i in range(arguments.kills):
                folder = Path(work) / f"{series} {i}"
                n_kills += disturbed(command, folder, seconds, chance)
                n_equal += shards(folder) == expected
            print(f"{series} killed {n_kills} times in {arguments.kills} runs: {n_equal} of them gave the same shards")


def seconds_of_writing(command: list[object], folder: Path) -> float:
    """Links into a folder; the seconds from the first line of its manifest to the end."""
    process = started(command, folder)
    start = time.monotonic() if wait_for(folder / MANIFEST, process) else 0.0
    if process.wait() != 0:
        raise SystemExit(f"the undisturbed run failed with status {process.returncode}")
    return time.monotonic() - start


def killed_command(command: list[object], folder: Path, seconds: float, chance: random.Random) -> int:
    """Links into a folder by commands that are killed until one is not; how many were."""
    n_kills = 0
    while True:
        process = started(command, folder, resume=folder.exists())
        wait_for(folder / MANIFEST, process)
        try:
            process.wait(chance.uniform(0, seconds) if n_kills < MOST_KILLS else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            n_kills += 1
            continue
        return n_kills


def killed_worker(command: list[object], folder: Path, seconds: float, chance: random.Random) -> int:
    """Links into a folder while one worker is killed; 1, or 0 if the command had ended before."""
    process = started(command, folder)
    wait_for(folder / MANIFEST, process)
    time.sleep(chance.uniform(0, seconds))
    workers = children(process.pid)
    if workers:
        subprocess.run(["kill", "-KILL", chance.choice(workers)], check=False)
    process.wait()
    return int(bool(workers))


def started(command: list[object], folder: Path, *, resume: bool = False) -> subprocess.Popen[bytes]:
    """The command that links into a folder."""
    words = [*command, "--output", folder, *(["--resume"] if resume else [])]
    return subprocess.Popen(list(map(str, words)), stderr=subprocess.DEVNULL)


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> bool:
    """Waits until a file exists or a process has ended; whether the file exists."""
    while not path.exists() and process.poll() is None:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return path.exists()


def children(pid: int) -> list[str]:
    """The process ids of the children of a process (Linux)."""
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def shards(folder: Path) -> dict[str, bytes]:
    """The content of the files of a folder by their names; of the manifest, its lines of shards."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    found[MANIFEST] = b"\n".join(found[MANIFEST].splitlines()[1:])
    return found


if __name__ == "__main__":
    main()
