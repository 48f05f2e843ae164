"""Twelve annotated sentences disambiguate two homonyms, as a logistic regression on the same vectors does."""

import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hyplink.candidates.examples import read_examples
from hyplink.config import Config
from hyplink.corpus import read_documents
from hyplink.linking.linker import Linker
from tests.stages.world import built, write_lines

SENSES = {
    "T:10": ("cold", ["cough", "fever", "virus", "throat", "nose", "child", "therapy", "infection"]),
    "T:11": ("cold", ["winter", "snow", "wind", "plants", "freezing", "temperature", "night", "leaves"]),
    "T:20": ("discharge", ["wound", "pus", "mucus", "bacteria", "swab", "ear", "yellow", "watery"]),
    "T:21": ("discharge", ["hospital", "ward", "stay", "home", "surgery", "nurse", "clinic", "admission"]),
}
OTHER = ["the", "of", "and", "was", "with", "a", "in", "after"]
ONTOLOGY = """id,label,parent
T:1,thing,
T:2,body fluid,T:1
T:3,disease,T:1
T:4,weather,T:1
T:5,event,T:1
T:10,cold,T:3
T:11,cold,T:4
T:20,discharge,T:2
T:21,discharge,T:5
"""


def _word_vectors(dim=50):
    """Word vectors in which a sense's words lie about a centre of their own, and all have a large common mean."""
    draw = np.random.default_rng(0)
    mean, spread = draw.normal(0, 1, dim), np.geomspace(1, 0.05, dim)
    rows = {word: mean + spread * draw.normal(0, 1, dim) for word in [*OTHER, "cold", "discharge"]}
    for _, words in SENSES.values():
        centre = spread * draw.normal(0, 1, dim)
        rows |= {word: mean + centre + spread * draw.normal(0, 1, dim) for word in words}
    return "".join(f"{word} {' '.join(f'{x:.4f}' for x in row)}\n" for word, row in rows.items())


def _sentences(n, seed):
    draw = random.Random(seed)
    for concept, (word, around) in SENSES.items():
        for number in range(n):
            first, second, third, fourth = draw.sample(around, 4)
            before = f"the {first} and {second} of a "
            text = f"{before}{word} was {third} with the {fourth}"
            mention = {"start": len(before), "end": len(before) + len(word), "concepts": [concept]}
            yield {"doc": f"{concept} {number} {seed}", "text": text, "mentions": [mention]}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("homonyms")
    (folder / "ontology.csv").write_text(ONTOLOGY)
    (folder / "words.vec").write_text(_word_vectors())
    settings = {
        "data": {
            "ontology": folder / "ontology.csv",
            "train": (write_lines(folder / "train.jsonl", _sentences(3, 1)),),
            "dev": (write_lines(folder / "dev.jsonl", _sentences(4, 2)),),
        },
        "train_ontology": {"dim": 5, "epochs": 20},
        "encode": {"vectors": folder / "words.vec"},
    }
    return built(folder / "run", Config.model_validate(settings), "train-ontology", "encode", "fit")[0]


def test_twelve_annotated_sentences_disambiguate_two_homonyms_in_sixteen_of_sixteen_new_ones(run):
    documents = read_documents(run.config.data.dev)
    answers = [links[0].answer.concept for links in Linker.from_run(run).link_many(documents)]
    assert answers == [concept for concept in SENSES for _ in range(4)]
    assert answers == list(_by_logistic_regression(run))


def _by_logistic_regression(run):
    examples = read_examples(run.path("encode", "mentions.jsonl"))["train"]
    train, dev = (np.load(run.path("encode", f"{split}.npy")) for split in ("train", "dev"))
    return LogisticRegression(max_iter=1000).fit(train, [each.gold[0][0] for each in examples]).predict(dev)
