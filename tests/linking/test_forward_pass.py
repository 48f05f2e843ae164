"""Linking a batch of documents runs the regressor's network once."""

import pytest

from hyplink.corpus import Document
from hyplink.linking.linker import Linker

TEXTS = ("A photoreceptor cell.", "A photoreceptor cell near another photoreceptor cell.")


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


@pytest.mark.parametrize("search_all", [False, True])
def test_the_network_runs_once_for_all_mentions_of_a_batch(linker, search_all):
    calls = []
    network = linker.generator.regressor.network
    hook = network.register_forward_hook(lambda *_: calls.append(1))
    links = list(linker.link_many([Document(str(n), text) for n, text in enumerate(TEXTS)], search_all=search_all))
    hook.remove()
    assert sum(map(len, links)) == 3
    assert len(calls) == 1
