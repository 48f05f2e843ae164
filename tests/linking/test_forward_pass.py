"""Linking a batch of documents runs the regressor's network once."""

import pytest

from hyplink.corpus import Document
from hyplink.linking.linker import Linker

TEXTS = ("A photoreceptor cell.", "A photoreceptor cell near another photoreceptor cell.")


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


@pytest.mark.parametrize("top_k", [None, 5])
def test_the_network_runs_once_for_all_mentions_of_a_batch(linker, top_k):
    batch_sizes = []
    network = linker.evidence.regressor.network
    hook = network.register_forward_hook(lambda _module, inputs, _outputs: batch_sizes.append(len(inputs[0])))
    links = list(linker.link_many([Document(str(n), text) for n, text in enumerate(TEXTS)], top_k))
    hook.remove()
    assert sum(map(len, links)) == 3
    assert batch_sizes == [3]
