"""FastPoincareModel replaces gensim's PoincareModel."""

import numpy as np
from gensim.models.poincare import PoincareKeyedVectors, PoincareModel

from hyplink.poincare.trainers.gensim_model import FastPoincareModel
from tests.poincare.conftest import ZOO_CLOSURE

NAMED = [(f"Z:{child}", f"Z:{ancestor}") for child, ancestor in ZOO_CLOSURE]


def test_the_model_has_gensims_arguments_vocabulary_and_initial_vectors_and_learns(tmp_path):
    gensims = PoincareModel(NAMED, size=4, negative=2)
    fast = FastPoincareModel(NAMED, size=4, negative=2)
    assert fast.kv.index_to_key == gensims.kv.index_to_key
    assert np.array_equal(fast.kv.vectors, gensims.kv.vectors)  # initial vectors
    fast.train(epochs=300)
    fast.kv.save(str(tmp_path / "kv"))
    loaded = PoincareKeyedVectors.load(str(tmp_path / "kv"))
    assert loaded.distance("Z:8", "Z:3") < loaded.distance("Z:8", "Z:6")  # tabby is nearer to cat than to owl


def test_a_second_call_of_train_continues_from_the_current_vectors_on_several_threads():
    model = FastPoincareModel(NAMED, size=4, negative=2, workers=2)
    model.train(epochs=3)
    before = model.kv.vectors.copy()
    model.train(epochs=3)
    assert np.isfinite(model.kv.vectors).all()
    assert not np.array_equal(model.kv.vectors, before)
