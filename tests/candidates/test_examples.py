import json
from dataclasses import replace

import numpy as np
import pytest

from hyplink.candidates import examples as module
from hyplink.candidates.examples import (
    Example,
    encode_examples,
    encode_names,
    encode_passages,
    examples_of_document,
    examples_of_names,
    examples_of_unlabelled,
    passage_of_example,
    read_examples,
    texts_of,
)
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.lexicon import Lexicon, WordUse
from hyplink.ontology import Concept, Ontology, Sense, read_ontology
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


def test_each_form_of_a_name_is_one_example_of_each_concept_that_bears_it():
    ontology = Ontology([Concept("A", "cells"), Concept("B", "cell"), Concept("C", "cell"), Concept("D", "αβγ")])
    examples = [(each.text, each.read_as, each.gold, each.doc, each.use) for each in examples_of_names(ontology)]
    expected = [
        ("cells", "A"),
        ("cell", "A"),
        ("cell", "B"),
        ("cells", "B"),
        ("cell", "C"),
        ("cells", "C"),
        ("αβγ", "D"),
    ]
    assert examples == [(name, name, ((concept,),), "", None) for name, concept in expected]


def test_annotated_mentions_keep_their_place_and_their_own_id(ontology):
    start = TEXT.index("PRCs")
    mention = Mention(start, start + 4, "PRCs", (("X:3",), ("X:2", "X:1")), mention_id="T7")
    document = Document("d9", TEXT, (mention,))
    assert examples_of_document(document, GoldResolver(ontology)) == [
        Example("PRCs", "photoreceptor cell", (("X:3",), ("X:1", "X:2")), "d9", start, start + 4, "T7", None)
    ]


LEXICON = Lexicon.from_ontology(Ontology([Concept("S:1", "bank", senses=(Sense("b", "bank", 1),), part_of_speech="n")]))


def _word(part_of_speech, lemma):
    return Mention(4, 9, "Banks", ((),), lemma=lemma, part_of_speech=part_of_speech)


def test_words_of_parts_of_speech_that_the_lexicon_lacks_are_left_out(ontology):
    mentions = (_word("n", "bank"), _word("v", "bank"), _word(None, None), _word("a", "bank"), _word("n", "cone"))
    document, resolver = Document("d", "The Banks of", mentions), GoldResolver(ontology)
    found = examples_of_document(document, resolver, LEXICON)
    clues = ("banks^", "the", "the", "of")
    assert [each.use for each in found] == [WordUse((lemma, "n"), "d", clues) for lemma in ("bank", "bank", "cone")]
    without_lexicon = examples_of_document(document, resolver)
    assert [each.use for each in without_lexicon] == [None] * 5
    # A lexicon without words is none.
    assert examples_of_document(document, resolver, Lexicon({}, {})) == without_lexicon


def test_the_word_that_an_example_uses_survives_json():
    example = Example(
        "Banks", "Banks", (("A", "B"), ()), "d", 4, 9, "T1", WordUse(("bank", "n"), "d", ("banks^", "", "x", ""))
    )
    fields = json.loads(json.dumps(example.as_json()))
    assert Example.from_json(fields) == example
    assert Example.from_json(json.loads(json.dumps(Example("a", "b", ()).as_json()))) == Example("a", "b", ())


def test_the_mentions_that_a_document_marks_are_unlabelled_examples_and_no_names_are_looked_for(ontology):
    detector = DictionaryDetector.from_names(ontology.names())
    found = examples_of_unlabelled(_document(), detector)
    assert [(each.text, each.read_as, each.gold, each.doc) for each in found] == [
        ("photoreceptor cell", "photoreceptor cell", (), "d"),
        ("PRCs", "photoreceptor cell", (), "d"),
        ("rod", "rod", (), "d"),
    ]
    assert all(TEXT[each.start : each.end] == each.text for each in found)


def test_without_marks_the_names_in_a_document_are_its_unlabelled_examples(ontology):
    detector = DictionaryDetector.from_names(ontology.names())
    found = examples_of_unlabelled(Document("e", TEXT), detector)
    assert [(each.text, each.read_as, each.gold, each.doc) for each in found] == [
        ("photoreceptor cell", "photoreceptor cell", (), "e"),
        ("PRC", "photoreceptor cell", (), "e"),
        ("PRCs", "photoreceptor cell", (), "e"),
        ("rod", "rod", (), "e"),
    ]
    assert all(TEXT[each.start : each.end] == each.text for each in found)


class _Steps:
    def __init__(self):
        self.taken = []

    def advance(self, n=1, note=""):
        self.taken.append(n)


def test_passages_are_encoded_a_block_at_a_time_in_order(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 2)
    passages = [Passage("x" * n, "y", "zz") for n in range(1, 6)]
    encoder, steps = _Recorder(), _Steps()
    vectors = encode_passages(encoder, iter(passages), 5, steps)
    assert vectors.tolist() == [[n, 1, 2] for n in range(1, 6)]
    assert vectors.dtype == np.float32
    assert (encoder.passages, steps.taken) == (passages, [2, 2, 1])


def test_names_have_the_first_block_of_their_vector_alone(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 2)
    names = [Example("x", "longer", ()), Example("yy", "yy", ()), Example("z", "zzz", ())]
    steps = _Steps()
    assert encode_names(_Recorder(), names, steps).tolist() == [[6], [2], [3]]
    assert steps.taken == [2, 1]


def test_a_mention_is_read_in_its_own_document_with_its_abbreviation_written_out():
    texts = texts_of([Document("d", "The PRCs see."), Document("e", "nothing")])
    assert texts == {"d": "The PRCs see.", "e": "nothing"}
    mention = Example("PRCs", "photoreceptor cell", (), "d", 4, 8)
    assert passage_of_example(mention, texts, 2) == Passage("photoreceptor cell", "The ", " see.")
    assert passage_of_example(mention, texts, 0) == Passage("photoreceptor cell", "", "")
    assert passage_of_example(Example("PRCs", "photoreceptor cell", ()), texts, 2) == Passage("photoreceptor cell")


def test_examples_of_a_file_are_grouped_by_split(tmp_path):
    splits = {name: [Example(name, name, ())] * n for n, name in enumerate(("names", "train", "dev", "unlabelled"))}
    rows = [{"split": name, **each.as_json()} for name, examples in splits.items() for each in examples]
    write_json_lines(tmp_path / "mentions.jsonl", reversed(rows))
    assert read_examples(tmp_path / "mentions.jsonl") == splits
