from itertools import product

import numpy as np
import pytest

from hyplink.corpus import Document, Mention
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.training import train_span_detector
from hyplink.ontology import Concept, Ontology
from hyplink.run import SilentReporter

NAMES = [("cell", "X:0"), ("rod cell", "X:1"), ("cone cell", "X:2"), ("hair cell", "X:3"), ("lens fibre", "X:4")]
MARKED = ["rods", "cone cells", "inner hair cells", "lens fibres", "outer hair cell", "horizontal neurons", "rod cells"]
SENTENCES = [
    "We saw {} in the retina of each cell line.",
    "The loss of {} was found by cell culture.",
    "In the mutant, {} and blood were lost.",
    "Every cell cycle of {} takes a day.",
]


class LetterEncoder:
    """Counts the letters of a mention: words of like letters are alike."""

    dim, window, blocks = 26, 0, (26,)

    def encode(self, passages):
        return np.array(
            [[p.mention.lower().count(chr(97 + i)) for i in range(26)] for p in passages], np.float32
        ).reshape(-1, 26)

    def save(self, folder):
        (folder / "encoder.json").touch()


def annotated(doc_id, words, template):
    text = template.format(words)
    start = text.index(words)
    return Document(doc_id, text, (Mention(start, start + len(words), words, (("X:1",),)),))


@pytest.fixture(scope="session")
def detector():
    return DictionaryDetector.from_names(NAMES)


@pytest.fixture(scope="session")
def documents():
    """Annotators who mark cells by any word, and never `cell` itself."""
    return [
        annotated(f"{i} {copy}", words, template)
        for copy in range(5)
        for i, (words, template) in enumerate(product(MARKED, SENTENCES))
    ]


def taught(documents, detector):
    resolver = GoldResolver(Ontology([Concept("X:1", "rod cell")]))
    with SilentReporter().progress("", 6) as progress:
        return train_span_detector(documents, resolver, detector, LetterEncoder(), progress)


@pytest.fixture(scope="session")
def span_detector(documents, detector):
    return taught(documents, detector)
