"""A Ray cluster links what one process would, although documents end their process and nodes are killed."""

import json
import os
import pickle
import socket
import threading
import time
from pathlib import Path

import pytest

from hyplink.bulk import on_ray
from hyplink.bulk.links import DocumentLinker, parts_of_documents
from hyplink.bulk.on_ray import MESSAGE, LinkedBlocks, Model, WorkerOfCluster
from hyplink.bulk.shards import MANIFEST
from hyplink.corpus import Document
from hyplink.errors import InputError
from hyplink.export.formats import link_writer
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linker import Linker
from tests.conftest import exit_status_of

OPTIONS = LinkOptions(top_k=2, min_confidence=None, nested=False, search_all=False)
TEXTS = ["The photoreceptor cells of the fly.", "Nothing.", "An olfactory receptor cell beside a retinal cone cell."]


class Texts:
    """A reader that counts what it has read."""

    def __init__(self, n):
        self.n, self.n_read = n, 0

    def documents(self):
        for i in range(self.n):
            self.n_read += 1
            yield Document(str(i), TEXTS[i % len(TEXTS)])

    def share(self):
        return self.n_read / self.n


def answers(model, reader, shard_size):
    """What a worker answers to the messages of a reader, without a cluster."""
    worker = WorkerOfCluster(model, 30.0)
    tables = [on_ray._table([message]) for message in on_ray._messages(reader, shard_size)]
    return [pickle.loads(message) for table in tables for message in worker(table)[MESSAGE].to_pylist()]


@pytest.mark.parametrize("shard_size", [None, 100])
def test_a_worker_gives_the_parts_of_one_process_and_the_reader_comes_back(tiny_run, shard_size):
    model = Model(str(tiny_run), False, OPTIONS, "jsonl", False)
    *linked, reader = answers(model, Texts(400), shard_size)
    assert reader.n_read == 400
    n_documents = [256, 144] if shard_size is None else [200, 200]  # four batches of 64, or 64, 36, 64 and 36
    assert [(len(each.parts), each.share) for each in linked] == [
        (n, share) for n, share in zip(n_documents, (n_documents[0] / 400, 1.0), strict=True)
    ]
    loaded = Linker.load(tiny_run)
    one_process = DocumentLinker(loaded, OPTIONS, link_writer("jsonl", loaded.ontology))
    expected = list(parts_of_documents(one_process, Texts(400).documents(), shard_size))
    assert [part for each in linked for part in each.parts] == expected
    assert sum(part.n_links for part in expected) > 300


def test_a_document_that_takes_too_long_is_given_up_and_no_other_is(tiny_run):
    worker = WorkerOfCluster(Model(str(tiny_run), False, OPTIONS, "jsonl", False), 1e-9)
    message = next(on_ray._messages(Texts(2), None))
    [answer] = worker(on_ray._table([message]))[MESSAGE].to_pylist()
    linked = pickle.loads(answer)
    assert isinstance(linked, LinkedBlocks)
    reason = "took longer than 1e-09 seconds"
    assert [(part.doc_id, part.n_links, part.given_up) for part in linked.parts] == [("0", 0, reason), ("1", 0, reason)]


@pytest.fixture
def cluster(monkeypatch):
    """Ray on three local nodes; two of them have a core each."""
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 150 * 2**20})
    started.others = [started.add_node(num_cpus=1, object_store_memory=150 * 2**20) for _ in range(2)]
    path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
    ray.init(address=started.address, runtime_env={"env_vars": {"PYTHONPATH": path}})
    yield started
    ray.shutdown()
    started.shutdown()


@pytest.mark.slow
def test_a_cluster_writes_the_shards_of_one_process_although_a_node_is_killed(tiny_run, tmp_path, cluster):
    notes = tmp_path / "notes.jsonl"
    rows = [{"doc": str(i), "text": TEXTS[i % len(TEXTS)]} for i in range(20_000)]
    notes.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("link", tiny_run, notes, "--shard-size", "900", "-q", "-o")
    assert exit_status_of(*words, tmp_path / "one") == 0
    manifest, killed = tmp_path / "cluster" / MANIFEST, []

    def kill_a_node():
        while not manifest.exists() or manifest.read_bytes().count(b"\n") < 3:
            time.sleep(0.05)
        killed.append(manifest.read_bytes().count(b"\n"))
        cluster.remove_node(cluster.others[0], allow_graceful=False)

    killer = threading.Thread(target=kill_a_node, daemon=True)
    killer.start()
    assert exit_status_of(*words, tmp_path / "cluster", "--engine", "ray", "--workers", "2") == 0
    killer.join()
    assert 3 <= killed[0] < 23
    one, several = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("[!.]*")} for name in ("one", "cluster")
    )
    assert several == one


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_an_address_where_nothing_answers_is_an_error_at_once(address):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # no connection is accepted before it listens
        port = taken.getsockname()[1]
        host, number = on_ray._HOST.fullmatch(address.format(port)).groups()
        with pytest.raises(InputError, match=f"no Ray cluster at 127.0.0.1:{port}: .*refused"):
            on_ray._check_answers(host, int(number))
