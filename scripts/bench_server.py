"""Measures a server under load: requests a second, p50 and p99 of the answer times, errors, and memory.

    python scripts/bench_server.py runs/my --requests 20000

Starts `hyplink serve RUN`, sends `POST /link` with short texts made of the run's names from 1, 8 and 64 clients in
turn, and prints a line for each number of clients. Memory is that of the server's process; `growth` compares it after a
quarter of the requests with its value at the end.
"""

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
import psutil

from hyplink.linking.linker import Linker

CLIENTS = (1, 8, 64)


def started(run: Path, follow_references: bool) -> tuple[subprocess.Popen[bytes], str]:
    """A server of a run, and its address."""
    words = ["serve", str(run), "--port", "0", *(["--follow-references"] if follow_references else [])]
    process = subprocess.Popen([sys.executable, "-m", "hyplink", *words], stderr=subprocess.PIPE)
    read = b""
    while not (found := re.search(rb"at (http://\S+?)/\s", read)):
        line = process.stderr.readline() if process.stderr else b""
        if not line:
            raise SystemExit(f"bench_server: the server did not start: {read.decode()}")
        read += line
    return process, found[1].decode()


def texts_from(run: Path, follow_references: bool, seed: int) -> list[str]:
    """A thousand texts with two or three names each."""
    rng = random.Random(seed)
    names = [name for name, _ in Linker.load(run, follow_references=follow_references).ontology.names()]
    pattern = "The patient has {}, no {}, and possibly {}s since May."
    return [pattern.format(*rng.choices(names, k=3)) for _ in range(1000)]


async def load(url: str, texts: list[str], clients: int, n_requests: int) -> tuple[list[float], Counter[int], float]:
    """Seconds of each answer, answers by status, and seconds in all, of `clients` that ask one after the other."""
    seconds, statuses, remaining = list[float](), Counter[int](), iter(range(n_requests))

    async def client(session: httpx.AsyncClient) -> None:
        for number in remaining:
            start = time.perf_counter()
            answer = await session.post(f"{url}/link", json={"text": texts[number % len(texts)]})
            seconds.append(time.perf_counter() - start)
            statuses[answer.status_code] += 1

    start = time.perf_counter()
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(timeout=120, limits=limits) as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return seconds, statuses, time.perf_counter() - start


def main() -> None:
    """Prints a line for each number of clients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--requests", type=int, default=20_000, help="of the largest number of clients")
    parser.add_argument("--follow-references", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    texts = texts_from(given.run, given.follow_references, given.seed)
    process, url = started(given.run, given.follow_references)
    memory = psutil.Process(process.pid)
    try:
        asyncio.run(load(url, texts, 4, 500))  # warm-up
        heads = f"{'clients':>7} {'requests':>8} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7} {'statuses':>16}"
        print(f"{heads} {'MB':>6} {'growth':>7}")
        for clients in CLIENTS:
            n = given.requests if clients == CLIENTS[-1] else max(100, given.requests // 10)
            first = asyncio.run(load(url, texts, clients, n // 4))
            before = memory.memory_info().rss
            rest = asyncio.run(load(url, texts, clients, n - n // 4))
            after = memory.memory_info().rss
            p50, p99 = np.percentile([*first[0], *rest[0]], [50, 99]) * 1000
            statuses = json.dumps(dict(first[1] + rest[1]))
            rate = n / (first[2] + rest[2])
            growth = f"{(after - before) / 1e6:+.1f}"
            print(
                f"{clients:7} {n:8} {rate:7.0f} {p50:7.1f} {p99:7.1f} {statuses:>16} {after / 1e6:6.0f} {growth:>7}",
                flush=True,
            )
        with urllib.request.urlopen(f"{url}/health") as answer:
            print(answer.read().decode())
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
