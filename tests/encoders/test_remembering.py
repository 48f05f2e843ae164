import numpy as np

from hyplink.encoders import Passage
from hyplink.encoders.encoder import RememberingEncoder


class Lengths:
    """Encodes a passage as the lengths of its parts, and counts what it is asked."""

    dim, window, blocks = 2, 3, (1, 1)

    def __init__(self):
        self.asked = []

    def encode(self, passages):
        self.asked += passages
        return np.array([[len(each.mention), len(each.right)] for each in passages], np.float32).reshape(-1, 2)

    def save(self, folder):
        (folder / "saved").touch()


A, B, C = Passage("rod"), Passage("rod", right=" cell"), Passage("cones")


def test_what_is_remembered_is_not_encoded_again(tmp_path):
    inner = Lengths()
    encoder = RememberingEncoder(inner)
    encoder.remember([A], np.array([[7]], np.float32))
    assert encoder.encode([A, B, A, B, C]).tolist() == [[7, 0], [3, 5], [7, 0], [3, 5], [5, 0]]
    assert encoder.encode([C, A]).tolist() == [[5, 0], [7, 0]]
    assert inner.asked == [B, C]


def test_it_stands_for_the_encoder_that_it_asks(tmp_path):
    encoder = RememberingEncoder(Lengths())
    encoder.save(tmp_path)
    assert (tmp_path / "saved").exists()
    assert (encoder.dim, encoder.window, encoder.blocks) == (2, 3, (1, 1))
    assert encoder.encode([]).shape == (0, 2)
