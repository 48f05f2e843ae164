"""Mention batches made by hand."""

import numpy as np

from hyplink.encoders import Passage
from hyplink.mentions.batch import MentionBatch
from hyplink.run.mode import Mode

NAMES, DOCUMENTS = Mode("names", is_lexicon=False), Mode("documents", is_lexicon=False)


def batch_of(texts, documents=None, named=(), named_only=(), uses=None):
    """A batch of texts; `named` holds (row, concept index), `named_only` rows."""
    rows = range(len(texts))
    return MentionBatch(
        [Passage(text) for text in texts],
        list(documents) if documents is not None else [""] * len(texts),
        [tuple(concept for row, concept in named if row == each) for each in rows],
        [bool(np.isin(row, list(named_only))) for row in rows],
        list(uses) if uses is not None else [None] * len(texts),
    )
