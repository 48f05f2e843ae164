"""Maps a mention in its context to a vector whose first block depends on the mention alone."""

from hyplink.encoders.encoder import Encoder, load_encoder
from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.passage import Passage, passage_of
from hyplink.encoders.recursive import RecursiveEncoder

__all__ = ["Encoder", "FastTextEncoder", "Passage", "RecursiveEncoder", "load_encoder", "passage_of"]
