"""Embeddings made elsewhere are read as data: real files of gensim, damaged ones and hostile ones."""

import math
import os
import pickle
import tracemalloc

import geoopt
import numpy as np
import pytest
import torch
from gensim.models.keyedvectors import CompatVocab, KeyedVectors
from gensim.models.poincare import PoincareKeyedVectors, PoincareModel

from hyplink.errors import InputError
from hyplink.poincare.pretrained import read_embedding

RELATIONS = [("kangaroo", "marsupial"), ("kangaroo", "mammal"), ("gib", "cat"), ("cow", "mammal"), ("cat", "pet")]


@pytest.fixture(scope="module")
def vectors():
    model = PoincareModel(RELATIONS, size=3, negative=2, seed=0)
    model.train(epochs=5)
    return model.kv


def assert_holds(embedding, vectors):
    assert sorted(embedding.keys) == sorted(vectors.index_to_key)
    assert {key: embedding.points[row].tolist() for key, row in embedding.row_of.items()} == {
        key: vectors[key].tolist() for key in vectors.index_to_key
    }


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_vectors_that_gensim_saved_are_read_to_the_bit_in_every_protocol(vectors, tmp_path, protocol):
    vectors.save(str(tmp_path / "poincare.kv"), pickle_protocol=protocol)
    assert_holds(read_embedding(tmp_path / "poincare.kv"), vectors)


def test_large_vectors_are_read_from_the_array_that_gensim_writes_beside_the_file(vectors, tmp_path):
    vectors.save(str(tmp_path / "poincare.kv"), sep_limit=1)
    assert (tmp_path / "poincare.kv.vectors.npy").exists()
    assert_holds(read_embedding(tmp_path / "poincare.kv"), vectors)
    (tmp_path / "poincare.kv.vectors.npy").unlink()
    with pytest.raises(InputError, match=r"poincare\.kv\.vectors\.npy is missing"):
        read_embedding(tmp_path / "poincare.kv")


def test_an_array_of_objects_beside_the_file_is_refused(vectors, tmp_path):
    vectors.save(str(tmp_path / "poincare.kv"), sep_limit=1)
    np.save(tmp_path / "poincare.kv.vectors.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="cannot read the vectors"):
        read_embedding(tmp_path / "poincare.kv")


def test_single_precision_and_fortran_order_are_read(tmp_path):
    points = np.asfortranarray(np.array([[0.1, 0.2, 0.3], [-0.5, 0.25, 0.0]], np.float32))
    vectors = PoincareKeyedVectors(3, 0, dtype=np.float32)
    vectors.index_to_key, vectors.vectors = ["a", "b"], points
    vectors.save(str(tmp_path / "poincare.kv"))
    assert read_embedding(tmp_path / "poincare.kv").points.tolist() == points.astype(np.float64).tolist()


def test_plain_keyed_vectors_are_read_too(tmp_path):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["a", "b"], np.array([[0.5, 0.0], [0.0, -0.5]]))
    vectors.save(str(tmp_path / "a.kv"))
    assert read_embedding(tmp_path / "a.kv").points.tolist() == [[0.5, 0.0], [0.0, -0.5]]


def test_the_attributes_of_gensim_before_version_4_are_read(vectors, tmp_path):
    old = PoincareKeyedVectors(3, 0)
    old.__dict__ = {
        "vocab": {key: CompatVocab(index=row) for key, row in vectors.key_to_index.items()},
        "index2word": list(vectors.index_to_key),
        "vectors": vectors.vectors,
        "vector_size": 3,
    }
    (tmp_path / "old.kv").write_bytes(pickle.dumps(old, protocol=2))
    assert_holds(read_embedding(tmp_path / "old.kv"), vectors)


def test_word2vec_text_is_read_with_keys_that_hold_spaces(tmp_path, vectors):
    vectors.save_word2vec_format(str(tmp_path / "poincare.txt"))
    assert_holds(read_embedding(tmp_path / "poincare.txt"), vectors)
    (tmp_path / "spaced.txt").write_text("1 2\nred cell 0.5 -0.25\n", encoding="utf-8")
    spaced = read_embedding(tmp_path / "spaced.txt")
    assert (spaced.keys, spaced.points.tolist()) == (("red cell",), [[0.5, -0.25]])


# Hostile and damaged files


class Touches:
    """Unpickled with `pickle.load`, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("place", ["whole", "vectors", "index_to_key", "expandos"])
def test_nothing_that_a_pickle_names_is_called(vectors, tmp_path, place):
    hostile = Touches(tmp_path / "made")
    if place != "whole":
        changed = PoincareKeyedVectors(3, 0)
        changed.__dict__ = {**vectors.__dict__, place: hostile}
        hostile = changed
    (tmp_path / "hostile.kv").write_bytes(pickle.dumps(hostile))
    with pytest.raises(InputError, match=rf"it names {os.mkdir.__module__}\.mkdir"):
        read_embedding(tmp_path / "hostile.kv")
    assert not (tmp_path / "made").exists()
    pickle.loads((tmp_path / "hostile.kv").read_bytes())
    assert (tmp_path / "made").exists()  # the attack is a real one


DEEP_KEYS = (
    (b"\x80\x02}", b"Ns."),
    (b"\x80\x02}(", b"Nu."),
    (b"\x80\x02(", b"Nd."),
    (b"\x80\x04\x8f(", b"\x90."),
    (b"\x80\x04(", b"\x91."),
)
"""Opcodes before and after a tuple of a million levels, which is then hashed as a key of a dictionary or set."""


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps([1, 2]),
        pickle.dumps("text"),
        pickle.dumps(np.zeros((2, 2))),
        b"\x80",
        b"\x80\x04.",
        b"\x80\x02r\xff\xff\xff\xff.",  # the memo at place 4,294,967,295 of an empty stack
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x0f.",  # bytes of a size that no memory has
        b"\x80\x02c__main__\nx\n.",
        *(before + b")" + b"\x85" * 1_000_000 + after for before, after in DEEP_KEYS),
    ],
)
def test_other_pickles_give_one_line(tmp_path, content):
    (tmp_path / "other.kv").write_bytes(content)
    with pytest.raises(InputError, match="expected PoincareKeyedVectors saved by gensim") as error:
        read_embedding(tmp_path / "other.kv")
    assert "\n" not in str(error.value)


def test_a_file_that_is_cut_off_anywhere_gives_one_line(vectors, tmp_path):
    vectors.save(str(tmp_path / "whole.kv"))
    whole = (tmp_path / "whole.kv").read_bytes()
    for length in range(1, len(whole), 13):
        (tmp_path / "cut.kv").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut\.kv"):
            read_embedding(tmp_path / "cut.kv")


def test_a_whole_model_is_refused_with_the_call_that_saves_its_vectors(tmp_path):
    PoincareModel(RELATIONS, size=2, negative=2).save(str(tmp_path / "model"))
    with pytest.raises(InputError, match=r"model\.kv\.save"):
        read_embedding(tmp_path / "model")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0.1, 0.2], [0.6, 0.8]], r"the point of b has norm 1;"),
        ([[0.1, 0.2], [-3.0, 4.0]], r"the point of b has norm 5;"),
        ([[math.nan, 0.2], [0.1, 0.1]], r"the point of a has a coordinate that is not finite"),
        ([[0.1, 0.2], [-math.inf, 0.1]], r"the point of b has a coordinate that is not finite"),
        ([[0.1, 0.2]], r"2 keys for vectors of shape \(1, 2\)"),
        ([0.1, 0.2], r"2 keys for vectors of shape \(2,\)"),
        ([[1, 2], [3, 4]], r"expected an array of floating-point numbers"),
    ],
)
def test_points_outside_the_ball_and_damaged_arrays_are_named(tmp_path, values, message):
    vectors = PoincareKeyedVectors(2, 0)
    vectors.index_to_key, vectors.vectors = ["a", "b"], np.array(values)
    vectors.save(str(tmp_path / "bad.kv"))
    with pytest.raises(InputError, match=message):
        read_embedding(tmp_path / "bad.kv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"bad\.txt:1: expected word2vec's text format"),
        ("a 0.1 0.2\n", r"bad\.txt:1: expected word2vec's text format"),
        ("2 2\na 0.1 0.2\n", r"bad\.txt: 1 vectors; the first line says 2"),
        ("1 2\na 0.1\n", r"bad\.txt:2: expected a key and 2 numbers"),
        ("1 2\na 0.1 0.2 0.3 x\n", r"bad\.txt:2: expected a key and 2 numbers"),
        ("2 2\na 0.1 0.2\na 0.2 0.1\n", r"bad\.txt: the key a occurs twice"),
        ("1 2\na nan 0.2\n", r"the point of a has a coordinate that is not finite"),
        ("1 2\na 0.9 0.9\n", r"the point of a has norm 1\.27279;"),
    ],
)
def test_malformed_text_is_an_error_with_its_line(tmp_path, text, message):
    (tmp_path / "bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_embedding(tmp_path / "bad.txt")


def test_a_missing_file_and_bytes_that_are_not_text_are_errors(tmp_path):
    with pytest.raises(InputError, match=r"none\.kv: cannot read the embedding: No such file"):
        read_embedding(tmp_path / "none.kv")
    (tmp_path / "binary.txt").write_bytes(b"1 2\na \xff\xfe\n")
    with pytest.raises(InputError, match=r"binary\.txt:2: byte 0xff is not UTF-8"):
        read_embedding(tmp_path / "binary.txt")


# A layer


def test_row_i_of_a_frozen_layer_is_the_point_of_key_i(vectors, tmp_path):
    vectors.save(str(tmp_path / "poincare.kv"))
    embedding = read_embedding(tmp_path / "poincare.kv")
    layer = embedding.layer(dtype=torch.float64)
    assert layer(torch.tensor([embedding.row_of["cat"]]))[0].tolist() == vectors["cat"].tolist()
    assert not layer.weight.requires_grad
    assert embedding.layer().weight.dtype == torch.float32


def test_a_layer_that_is_not_frozen_stays_in_the_ball_with_a_riemannian_optimiser(tmp_path):
    (tmp_path / "a.txt").write_text("2 2\na 0.9 0.0\nb -0.5 0.1\n", encoding="utf-8")
    layer = read_embedding(tmp_path / "a.txt").layer(freeze=False)
    optimiser = geoopt.optim.RiemannianAdam(layer.parameters(), lr=0.5)
    before = layer.weight.detach().clone()
    for _ in range(50):
        optimiser.zero_grad()
        (-layer(torch.tensor([0, 1])).square().sum()).backward()  # drives the points outwards
        optimiser.step()
    assert (layer.weight.norm(dim=1) > before.norm(dim=1)).all()
    assert (layer.weight.norm(dim=1) < 1).all()


def test_points_that_rounding_would_move_to_the_sphere_stay_inside_in_single_precision(tmp_path):
    (tmp_path / "a.txt").write_text("1 2\na 0.999999999999 0.0\n", encoding="utf-8")
    embedding = read_embedding(tmp_path / "a.txt")
    assert 0.9999 < embedding.layer().weight.norm().item() < 1
    assert embedding.layer(dtype=torch.float64).weight[0, 0].item() == 0.999999999999


def test_memory_is_not_allocated_for_bytes_that_the_file_does_not_hold(tmp_path):
    (tmp_path / "a.kv").write_bytes(b"\x80\x05\x96" + (2**31).to_bytes(8, "little") + b"ab.")
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="cut short"):
            read_embedding(tmp_path / "a.kv")
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
