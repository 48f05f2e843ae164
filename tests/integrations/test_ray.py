"""Links of a Ray dataset are those of one linker, and none is lost or doubled when a node is killed."""

import os
import threading
import time
from pathlib import Path

import pytest

from hyplink.errors import InputError
from hyplink.integrations.ray import link_dataset
from hyplink.linking.linker import Linker

N_TEXTS = 2000
TEXTS = [
    "The photoreceptor cells of the fly.",
    "Nothing.",
    "An olfactory receptor cell beside a retinal cone cell.",
    None,
]


def test_an_unknown_option_is_an_error_at_once():
    with pytest.raises(InputError, match="'nest' is unknown; use top_k, min_confidence"):
        link_dataset(None, "run", options={"nest": True})


@pytest.mark.slow
def test_links_of_a_dataset_are_those_of_one_linker_although_a_node_is_killed(tiny_run, monkeypatch):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    small = {"num_cpus": 1, "object_store_memory": 150 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args=small)
    others = [cluster.add_node(**small) for _ in range(2)]
    path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
    ray.init(address=cluster.address, runtime_env={"env_vars": {"PYTHONPATH": path}})
    rows = [{"doc": str(i), "text": TEXTS[i % len(TEXTS)]} for i in range(N_TEXTS)]

    def kill_a_node():
        time.sleep(8)
        cluster.remove_node(others[0], allow_graceful=False)

    killer = threading.Thread(target=kill_a_node)
    try:
        killer.start()
        links = link_dataset(ray.data.from_items(rows, override_num_blocks=40), tiny_run, concurrency=2, batch_size=50)
        found = links.to_pandas()
        killer.join()
    finally:
        ray.shutdown()
        cluster.shutdown()
    linker = Linker.load(tiny_run)
    expected = [
        (row["doc"], link.start, link.answer.concept) for row in rows for link in linker.link(row["text"] or "")
    ]
    assert sorted(zip(found["doc"], found["start"], found["concept"], strict=True)) == sorted(expected)
