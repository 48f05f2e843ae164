"""Encoders: a mention in its context becomes a vector."""

from hyplink.encoders.encoder import Encoder, load_encoder
from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.passage import Passage, passage_of
from hyplink.encoders.recursive import RecursiveEncoder

__all__ = ["Encoder", "FastTextEncoder", "Passage", "RecursiveEncoder", "load_encoder", "passage_of"]
