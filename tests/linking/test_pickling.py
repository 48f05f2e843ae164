"""Linkers in other processes."""

import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from hyplink.errors import RunError
from hyplink.linking.linker import Linker
from tests.conftest import exit_status_of
from tests.linking.hand_made import calibration_of, linker_of

TEXTS = ["The photoreceptor cells of the fly.", "A neuron."]


def linked(linker, text):
    return [link.as_json() for link in linker.link(text)]


def test_another_process_links_with_a_pickled_linker(tiny_run):
    linker = Linker.load(tiny_run)
    assert len(pickle.dumps(linker)) < 1000  # it loads the model from the run
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = list(pool.map(linked, [linker] * len(TEXTS), TEXTS))
    assert found == [linked(linker, text) for text in TEXTS]
    assert found[0]


def test_a_run_that_was_refitted_is_not_the_model_that_was_pickled(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    packed = pickle.dumps(Linker.load(run))
    assert exit_status_of("fit", run, "--set", "fit.epochs=1", "--quiet") == 0
    with pytest.raises(RunError, match="another model"):
        pickle.loads(packed)


def test_a_linker_without_a_run_cannot_be_pickled():
    with pytest.raises(pickle.PicklingError, match="loaded from a run"):
        pickle.dumps(linker_of(calibration_of("names")))
