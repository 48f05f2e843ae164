"""Kills nodes of a Ray cluster on which `hyplink link` runs, and compares the shards with those of an undisturbed run.

    python scripts/kill_ray_nodes.py RUN TEXTS… [--kills 10] [--shard-size 200] [--seed 0]

The cluster has three nodes on this machine: that of the command, which links nothing, and two others with a worker
each. At a random moment of the time that the undisturbed run took to write shards, the raylet of one of the three is
killed (SIGKILL, Linux). The command is waited for, or killed if it does not end; the cluster is replaced by a new one,
and the command is run there with --resume. A run counts as equal if all its shards are, byte for byte.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kill_links import seconds_of_writing, shards, started, wait_for
from ray.cluster_utils import Cluster

from hyplink.bulk.shards import MANIFEST

N_OTHERS = 2
STORE_BYTES = 200 * 2**20

SECONDS_ALLOWED = 120
"""After the kill: a command whose own node is gone may wait for it for ever."""


def main() -> None:
    """Reads the command line, links undisturbed and disturbed, and prints how many runs gave the same shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--shard-size", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "hyplink", "link", arguments.run, *arguments.texts, "--follow-references"]
    command += ["--shard-size", arguments.shard_size, "--engine", "ray", "--workers", N_OTHERS]
    chance = random.Random(arguments.seed)
    n_equal = n_ended = 0
    with tempfile.TemporaryDirectory() as work:
        with cluster() as nodes:
            undisturbed = Path(work) / "undisturbed"
            seconds = seconds_of_writing([*command, "--address", nodes.address], undisturbed)
        expected = shards(undisturbed)
        print(f"undisturbed: {len(expected) - 1} shards, {seconds:.1f} s of writing", flush=True)
        for i in range(arguments.kills):
            folder = Path(work) / str(i)
            n_ended += linked_despite_kill(command, folder, seconds, chance)
            n_shards = len(list(folder.iterdir())) - 1
            with cluster() as nodes:
                resumed = started([*command, "--address", nodes.address], folder, resume=True)
                resumed.wait()
            equal = shards(folder) == expected
            n_equal += equal
            print(f"kill {i + 1}: {n_shards} shards before --resume; equal: {equal}", flush=True)
    print(
        f"{arguments.kills} nodes killed; {n_ended} commands ended by themselves; {n_equal} runs gave the same shards"
    )


def linked_despite_kill(command: list[object], folder: Path, seconds: float, chance: random.Random) -> bool:
    """Links into a folder while a node is killed; whether the command ended by itself, successfully."""
    with cluster() as nodes:
        process = started([*command, "--address", nodes.address], folder)
        wait_for(folder / MANIFEST, process)
        time.sleep(chance.uniform(0, seconds))
        all_nodes = [nodes.head_node, *nodes.worker_nodes]
        killed = chance.choice(all_nodes)
        killed.kill_raylet()
        try:
            status = process.wait(SECONDS_ALLOWED)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
    return status == 0


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster of the node of the command and of others with one core each."""
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE_BYTES})
    try:
        for _ in range(N_OTHERS):
            nodes.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
        nodes.wait_for_nodes()
        yield nodes
    finally:
        nodes.shutdown()


if __name__ == "__main__":
    main()
