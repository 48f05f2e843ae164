from dataclasses import replace

import numpy as np
import pytest

from hyplink.candidates.examples import (
    Example,
    encode_examples,
    encode_names,
    examples_of_document,
    examples_of_names,
    examples_of_unlabelled,
    read_examples,
    texts_of,
)
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.ontology import read_ontology
from hyplink.run import SilentReporter, write_json_lines

TEXT = "A photoreceptor cell (PRC) is here. The PRCs see; the rod sees."


@pytest.fixture
def ontology(tmp_path):
    (tmp_path / "edges.tsv").write_text("X:2\tX:1\nX:3\tX:1\n")
    (tmp_path / "names.tsv").write_text("X:1\tcell\nX:2\tphotoreceptor cell\nX:2\tPRC\nX:3\trod\n")
    return read_ontology(tmp_path / "edges.tsv", names=tmp_path / "names.tsv")


def _document():
    places = [("photoreceptor cell", ("X:2",)), ("PRCs", ("X:2", "X:3")), ("rod", ("Y:9",))]
    return Document("d", TEXT, tuple(_mention(words, ids) for words, ids in places))


def _mention(words, ids):
    start = TEXT.index(words)
    return Mention(start, start + len(words), words, (ids,))


def test_every_name_is_an_example_and_so_is_its_plural(ontology):
    examples = {(each.text, each.gold) for each in examples_of_names(ontology)}
    assert {("photoreceptor cell", (("X:2",),)), ("photoreceptor cells", (("X:2",),))} <= examples
    assert {("rod", (("X:3",),)), ("rods", (("X:3",),))} <= examples
    assert all(not each.doc and each.text == each.read_as for each in examples_of_names(ontology))


def test_mentions_are_read_with_abbreviations_written_out_and_keep_all_their_gold(ontology):
    first, second, lost = examples_of_document(_document(), GoldResolver(ontology))
    assert (first.text, first.read_as) == ("photoreceptor cell", "photoreceptor cell")
    assert (second.text, second.read_as) == ("PRCs", "photoreceptor cell")
    assert second.gold == (("X:2", "X:3"),)
    assert lost.gold == ((),)
    assert TEXT[second.start : second.end] == second.text


def test_unlabelled_mentions_are_detected_in_plain_text_alone(ontology):
    detector = DictionaryDetector.from_names(ontology.names())
    plain, annotated = Document("d", TEXT), replace(_document(), mentions=_document().mentions[:1])
    assert [each.text for each in examples_of_unlabelled(plain, detector)][::2] == ["photoreceptor cell", "PRCs"]
    assert [each.text for each in examples_of_unlabelled(annotated, detector)] == ["photoreceptor cell"]
    assert examples_of_unlabelled(replace(annotated, mentions=()), detector) == []


def test_examples_survive_the_file_that_a_run_keeps_them_in(ontology, tmp_path):
    splits = {"names": examples_of_names(ontology), "train": examples_of_document(_document(), GoldResolver(ontology))}
    rows = ({"split": name, **each.as_json()} for name, examples in splits.items() for each in examples)
    write_json_lines(tmp_path / "mentions.jsonl", rows)
    assert read_examples(tmp_path / "mentions.jsonl") == {**splits, "dev": [], "unlabelled": []}


class _Recorder:
    """An encoder whose vector of a passage is how long its three parts are, and which keeps what it was given."""

    dim, window, blocks = 3, 2, (1, 1, 1)

    def __init__(self):
        self.passages = []

    def encode(self, passages):
        self.passages += passages
        return np.array([[len(each.mention), len(each.left), len(each.right)] for each in passages], np.float32)


def test_names_are_encoded_alone_and_mentions_between_the_words_around_them():
    examples = [Example("rod", "rod", (("X:3",),)), Example("rod", "rod", (("X:3",),), "d", TEXT.index("rod"), 57)]
    encoder = _Recorder()
    with SilentReporter().progress("", 2) as progress:
        vectors = encode_examples(encoder, examples, texts_of([_document()]), progress)
        names = encode_names(encoder, examples[:1], progress)
    assert encoder.passages[0] == Passage("rod")
    assert encoder.passages[1].left.endswith("the ")
    assert vectors[0].tolist() == [3, 0, 0]
    assert vectors[1].all()
    assert names.tolist() == [[3]]
