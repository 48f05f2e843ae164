"""Worker processes: results in order, and neither a crash nor a slow item loses another item's result."""

import multiprocessing
import os
import signal
import time
from itertools import count, islice
from pathlib import Path

import pytest

from hyplink.bulk.workers import GivenUp, Workers
from hyplink.errors import InputError

SECONDS = 30.0

fork_hooks = []
os.register_at_fork(before=lambda: [hook() for hook in fork_hooks])  # cannot be undone


def blocks(n, size=4):
    return [range(start, min(n, start + size)) for start in range(0, n, size)]


def results_of(work, n, *, n_workers=3, seconds=SECONDS):
    with Workers(work, n_workers, seconds) as workers:
        return [result for block in workers.results(blocks(n)) for result in block]


def squares(items):
    return [item * item for item in items]


def test_results_come_in_the_order_of_the_items_although_later_ones_are_done_first():
    def slower_at_first(items):
        time.sleep(0.3 if items[0] == 0 else 0)
        return squares(items)

    assert results_of(slower_at_first, 41) == squares(range(41))


def test_several_processes_work():
    assert len(set(results_of(lambda items: [os.getpid()] * (time.sleep(0.01) or len(items)), 100))) > 1


def test_an_item_that_kills_its_worker_is_given_up_and_no_other_is():
    def crashing(items):
        if 6 in items:
            os.kill(os.getpid(), signal.SIGKILL)
        return squares(items)

    assert results_of(crashing, 20) == [GivenUp("ended its process") if i == 6 else i * i for i in range(20)]


def test_workers_that_are_killed_from_outside_cost_no_result(tmp_path):
    kills = [("block 1", 4), ("block 2", 4), ("item", 1)]

    def killed(items):
        for name, n_items in kills:
            if 6 in items and len(items) == n_items and not (tmp_path / name).exists():
                (tmp_path / name).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return [(item, len(items)) for item in items]

    assert results_of(killed, 20) == [(i, 1 if 4 <= i < 8 else 4) for i in range(20)]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_block_whose_worker_is_killed_once_is_done_again_as_a_whole(tmp_path):
    def killed(items):
        if 6 in items and not (tmp_path / "killed").exists():
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return [len(items)] * len(items)

    assert results_of(killed, 20) == [4] * 20


def test_an_unexpected_error_is_a_crash_and_an_error_of_hyplink_ends_the_work():
    def wrong(items):
        return [1 // item for item in items]

    assert results_of(wrong, 4)[:2] == [GivenUp("ended its process"), 1]

    def refused(items):
        raise InputError("cannot be linked")

    with pytest.raises(InputError, match="cannot be linked"):
        results_of(refused, 4)


def test_a_slow_item_is_given_up_and_no_other_is():
    def hanging(items):
        if 5 in items:
            time.sleep(3600)
        return squares(items)

    expected = [GivenUp("took longer than 0.5 seconds") if i == 5 else i * i for i in range(12)]
    assert results_of(hanging, 12, seconds=0.5) == expected


def test_a_block_that_is_slow_only_together_is_done_item_by_item():
    assert results_of(lambda items: squares(items) if len(items) == 1 else time.sleep(3600), 5, seconds=0.5) == squares(
        range(5)
    )


def test_no_more_blocks_are_read_than_are_needed():
    n_read = 0

    def endless():
        nonlocal n_read
        for i in count():
            n_read = i + 1
            yield [i]

    with Workers(squares, 2, SECONDS) as workers:
        assert list(islice(workers.results(endless()), 3)) == [[0], [1], [4]]
    assert n_read <= 3 + 2 * 4


def test_the_processes_end_with_the_context():
    with Workers(lambda items: [os.getpid()] * len(items), 2, SECONDS) as workers:
        pids = {pid for block in workers.results(blocks(40)) for pid in block}
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_workers_of_a_killed_process_end():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        workers = Workers(lambda items: [os.getpid()] * len(items), 3, SECONDS)
        pids = {pid for block in workers.results(blocks(60, 1)) for pid in block}
        os.write(writing, " ".join(map(str, pids)).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    pids = list(map(int, os.read(reading, 10_000).split()))
    os.close(reading)
    os.close(writing)
    assert pids
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            break
        time.sleep(0.02)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_without_a_time_limit_no_item_is_given_up():
    assert results_of(squares, 10, seconds=float("inf")) == squares(range(10))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_comes_within_a_fork_ends_the_work_and_the_workers(name):
    def interrupted(*_):
        raise InterruptedError

    def send():
        pids.append(os.getpid())
        if len(pids) == 3:
            os.kill(os.getpid(), number)

    pids, number = [], getattr(signal, name)
    fork_hooks.append(send)
    before = signal.signal(number, interrupted)
    try:
        with pytest.raises(InterruptedError):
            Workers(squares, 4, SECONDS)
        assert signal.getsignal(number) is interrupted
    finally:
        fork_hooks.clear()
        signal.signal(number, before)
    assert len(pids) == 3
    assert not multiprocessing.active_children()
