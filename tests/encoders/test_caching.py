"""CachingEncoder encodes each passage once."""

import numpy as np

from hyplink.encoders import Passage
from hyplink.encoders.encoder import CachingEncoder


class Lengths:
    """Encodes a passage as the lengths of mention and right context, and records the passages it encodes."""

    dim, window, blocks = 2, 3, (1, 1)

    def __init__(self):
        self.encoded = []

    def encode(self, passages):
        self.encoded += passages
        return np.array([[len(each.mention), len(each.right)] for each in passages], np.float32).reshape(-1, 2)

    def topics(self, texts):
        return np.array([[len(each)] for each in texts], np.float32)

    def save(self, folder):
        (folder / "saved").touch()


A, B, C = Passage("rod"), Passage("rod", right=" cell"), Passage("cones")


def test_stored_passages_are_not_encoded_again():
    inner = Lengths()
    encoder = CachingEncoder(inner)
    encoder.add([A], np.array([[7]], np.float32))
    assert encoder.encode([A, B, A, B, C]).tolist() == [[7, 0], [3, 5], [7, 0], [3, 5], [5, 0]]
    assert encoder.encode([C, A]).tolist() == [[5, 0], [7, 0]]
    assert inner.encoded == [B, C]


def test_attributes_and_save_are_those_of_the_inner_encoder(tmp_path):
    encoder = CachingEncoder(Lengths())
    encoder.save(tmp_path)
    assert (tmp_path / "saved").exists()
    assert encoder.topics(["rod cell"]).tolist() == [[8]]
    assert (encoder.dim, encoder.window, encoder.blocks) == (2, 3, (1, 1))
    assert encoder.encode([]).shape == (0, 2)
