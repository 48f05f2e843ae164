import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyplink.candidates.examples import examples_of_names, passage_of_example, read_examples
from hyplink.corpus import read_documents
from hyplink.encoders import load_encoder
from hyplink.encoders.training import default_epochs, train_vectors
from hyplink.encoders.vector_files import open_vectors
from hyplink.encoders.word_vectors import WordVectors
from hyplink.errors import InputError
from hyplink.linking.linker import Linker
from hyplink.mentions.abbreviations import ABBREVIATIONS, load_abbreviations
from hyplink.mentions.learned import load_span_detector
from hyplink.mentions.lexicon import gloss_of
from hyplink.ontology import Concept, load_ontology
from hyplink.run import Run, SilentReporter
from hyplink.run.mode import Mode
from hyplink.stages import encode, update_stage
from hyplink.stages.evaluate import evaluate_documents
from tests.stages.world import (
    N_DEV,
    N_TRAIN,
    PER_DOCUMENT,
    SPLITS,
    Reporter,
    built,
    concepts,
    contents,
    document,
    rebuilt,
    write_lines,
    write_ontology,
)

TINY_WORDNET = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"

OF_DEV = ("mentions.jsonl", "dev.npy")
"""What `encode` writes that has dev documents in it."""


def examples_of(run):
    return read_examples(run.path("encode", "mentions.jsonl"))


def vectors_of(run, split):
    return np.load(run.path("encode", f"{split}.npy"))


def ontology_of(run):
    return load_ontology(run.path("train-ontology", "ontology"))


def texts_of(run):
    """The text of every document of a run by its id."""
    data = run.config.data
    paths = [*data.train, *data.dev, *data.unlabelled]
    return {each.doc_id: each.text for each in read_documents(paths, "auto")}


def assert_rows_are_lines(run):
    """Each row of a split's vectors is that of the example on its line, encoded alone."""
    encoder, texts = load_encoder(run.path("encode")), texts_of(run)
    for split, examples in examples_of(run).items():
        vectors = vectors_of(run, split)
        assert len(vectors) == len(examples)
        for row, example in zip(vectors, examples, strict=True):
            alone = encoder.encode([passage_of_example(example, texts, encoder.window)])[0]
            assert row.tolist() == alone[: len(row)].tolist(), (split, example)


@pytest.fixture(scope="module")
def unlabelled(world, finished, tmp_path_factory):
    """The finished run with unlabelled text: one article without its mentions, and one that marks them."""
    folder = tmp_path_factory.mktemp("unlabelled")
    bare = {"doc": "bare", "text": "A heart tumour, and cysts of the lung."}
    marked = document("marked", 6, 8)
    marked["mentions"] = [{"start": each["start"], "end": each["end"]} for each in marked["mentions"]]
    files = (write_lines(folder / "bare.jsonl", [bare]), write_lines(folder / "marked.jsonl", [marked]))
    return rebuilt(finished, folder / "run", world.config(data={"unlabelled": files}), "encode")


def test_row_i_of_a_splits_vectors_is_line_i_of_its_mentions(unlabelled):
    run, _ = unlabelled
    assert_rows_are_lines(run)
    assert {split: bool(examples) for split, examples in examples_of(run).items()} == dict.fromkeys(SPLITS, True)


def test_names_have_the_first_block_of_a_vector_and_mentions_all_of_it(finished):
    assert vectors_of(finished, "names").shape == (130, 6)
    assert vectors_of(finished, "train").shape == (N_TRAIN * PER_DOCUMENT, 18)
    assert vectors_of(finished, "dev").shape == (N_DEV * 12, 18)
    assert vectors_of(finished, "unlabelled").shape == (0, 18)
    assert vectors_of(finished, "glosses").shape == (0, 18)
    assert vectors_of(finished, "train")[:, 6:].any(axis=1).all()


def test_each_split_holds_the_documents_that_are_configured_for_it(finished):
    examples = examples_of(finished)
    assert {each.doc for each in examples["train"]} == {f"train {i}" for i in range(N_TRAIN)}
    assert {each.doc for each in examples["dev"]} == {f"dev {i}" for i in range(N_DEV)}
    assert examples["names"] == examples_of_names(ontology_of(finished))
    assert examples["unlabelled"] == []


def test_mentions_have_the_words_the_place_and_the_gold_of_their_annotation(finished):
    ontology = ontology_of(finished)
    for doc, examples in (("train 3", examples_of(finished)["train"]), ("dev 1", examples_of(finished)["dev"])):
        found = [each for each in examples if each.doc == doc]
        expected = document(doc, 0, len(found))
        for example, mention in zip(found, expected["mentions"], strict=True):
            assert (example.start, example.end) == (mention["start"], mention["end"])
            assert example.text == expected["text"][example.start : example.end]
            parts = [sorted(i for i in mention["concepts"] if i in ontology.concepts)]
            if "|" in mention["concepts"][0]:
                parts = [[part] for part in mention["concepts"][0].split("|")]
            assert [list(part) for part in example.gold] == parts


def test_the_messages_count_unresolvable_mentions(told):
    _, lines = told
    assert f"train: of {N_TRAIN * PER_DOCUMENT} mentions, {N_TRAIN} without an id that leads to a concept" in lines
    assert f"dev: of {N_DEV * 12} mentions, {N_DEV} without an id that leads to a concept" in lines


# What the dev documents may not change


def test_other_dev_documents_change_nothing_that_is_learned(world, finished, tmp_path):
    """The same bytes of what `encode` learned from the training documents, and of all that `fit` made of it."""
    there = world.copied_to(tmp_path / "world")
    other = [document(f"other {i}", 99, 30) for i in range(5)]
    for each in other:  # other words too
        each["text"] = each["text"].replace("light", "glow")
        each["mentions"] = [mention for mention in each["mentions"] if mention["end"] < each["text"].find("glow")]
    write_lines(there.dev, other)
    config = world.config(data={"dev": (there.dev,)})
    run, _ = rebuilt(finished, tmp_path / "run", config, "encode", "fit")
    assert contents(run, "encode", *OF_DEV) == contents(finished, "encode", *OF_DEV)
    assert contents(run, "encode")["dev.npy"] != contents(finished, "encode")["dev.npy"]
    assert {split: each for split, each in examples_of(run).items() if split != "dev"} == {
        split: each for split, each in examples_of(finished).items() if split != "dev"
    }
    seconds = "history.jsonl"  # how long each epoch took stands in it
    assert contents(run, "fit", seconds) == contents(finished, "fit", seconds)


def test_without_dev_documents_the_same_is_learned(world, finished, tmp_path):
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data={"dev": ()}), "encode")
    assert contents(run, "encode", *OF_DEV) == contents(finished, "encode", *OF_DEV)
    assert examples_of(run)["dev"] == []


def test_other_training_documents_change_what_is_learned(world, finished, tmp_path):
    there = world.copied_to(tmp_path / "world")
    write_lines(there.train, [document(f"train {i}", 1) for i in range(N_TRAIN)])
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data={"train": (there.train,)}), "encode")
    before, after = contents(finished, "encode"), contents(run, "encode")
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {
        "span-detector/span_detector.json",
        "span-detector/span_detector.safetensors",
        "mentions.jsonl",
        "topics.npy",
        "train.npy",
        "index/tables.safetensors",
        "index/tables.json",
    }


def test_documents_of_dev_among_those_to_learn_from_are_refused(world, finished, tmp_path):
    for key in ("train", "unlabelled"):
        data = {"dev": (world.dev,), "train": (world.train,), key: (world.train, world.dev)}
        with pytest.raises(InputError, match=rf"{N_DEV} documents of data\.dev in data\.train or data\.unlabelled too"):
            rebuilt(finished, tmp_path / key, world.config(data=data), "encode")


# The span detector


def test_the_span_detector_learns_what_the_training_documents_mark(finished):
    encoder = load_encoder(finished.path("encode"))
    found = load_span_detector(finished.path("encode", "span-detector"), encoder)
    marked = sum(each.marked for each in found.mention_prior.times.values())
    known = [each for each in examples_of(finished)["train"] if any(each.gold)]
    assert marked == len(known)


def test_too_few_documents_give_no_span_detector_and_a_message_says_so(world, finished, tmp_path):
    few = write_lines(tmp_path / "few.jsonl", [document(f"few {i}", 0) for i in range(4)])
    run, lines = rebuilt(finished, tmp_path / "run", world.config(data={"train": (few,)}), "encode")
    assert load_span_detector(run.path("encode", "span-detector"), load_encoder(run.path("encode"))) is None
    assert Mode.read(run.path("encode", "mode.json")) == Mode("names", is_lexicon=False)
    n_mentions = 4 * (PER_DOCUMENT - 2)  # each document has a composite mention, and one of no known concept
    (line,) = (line for line in lines if "used as names" in line)
    assert line.startswith(f"encode: {n_mentions} annotated mentions of known concepts in 4 documents ")
    assert line.endswith("used as names; at least 100 in 5 documents are needed to train on them")


def test_without_training_documents_nothing_is_said_of_a_span_detector(world, finished, tmp_path):
    run, lines = rebuilt(finished, tmp_path / "run", world.config(data={"train": ()}), "encode")
    assert load_span_detector(run.path("encode", "span-detector"), load_encoder(run.path("encode"))) is None
    assert not any("annotated documents" in line or line.startswith("train:") for line in lines)


# Unlabelled text


def test_unlabelled_mentions_are_those_that_are_marked_or_else_the_names_found(unlabelled):
    run, lines = unlabelled
    found = examples_of(run)["unlabelled"]
    assert {each.gold for each in found} == {()}
    marked = [each for each in found if each.doc == "marked"]
    expected = document("marked", 6, 8)["mentions"]
    assert [(each.start, each.end) for each in marked] == [(each["start"], each["end"]) for each in expected]
    assert [each.text for each in found if each.doc == "bare"] == ["heart tumour", "cysts of the lung"]
    assert f"unlabelled: {len(found)} mentions to learn from" in lines


def test_unlabelled_text_without_a_name_is_refused(world, finished, tmp_path):
    text = write_lines(tmp_path / "text.jsonl", [{"doc": "t", "text": "Nothing of it."}])
    with pytest.raises(InputError, match="none of the ontology's names occurs in its 1 document"):
        rebuilt(finished, tmp_path / "run", world.config(data={"unlabelled": (text,)}), "encode")


def test_unlabelled_text_changes_no_other_split(unlabelled, finished):
    of_unlabelled = ("mentions.jsonl", "unlabelled.npy")
    assert contents(unlabelled[0], "encode", *of_unlabelled) == contents(finished, "encode", *of_unlabelled)


# The encoder and its settings


def test_the_window_and_the_file_of_vectors_are_those_of_the_configuration(world, finished, tmp_path):
    settings = json.loads(finished.path("encode", "encoder.json").read_text())
    assert (settings["window"], settings["by_reference"]) == (4, False)
    stored, given = WordVectors.open(finished.path("encode", "vectors.safetensors")), open_vectors(world.vectors)
    assert stored.words == given.words
    assert all((stored.vector(word) == given.vector(word)).all() for word in given.words)
    config = world.config(encode={"window": 1, "by_reference": True})
    run, _ = rebuilt(finished, tmp_path / "run", config, "encode")
    settings = json.loads(run.path("encode", "encoder.json").read_text())
    assert (settings["window"], settings["by_reference"]) == (1, True)
    assert settings["vectors"] == str(world.vectors)
    assert (vectors_of(run, "train")[:, :6] == vectors_of(finished, "train")[:, :6]).all()
    assert (vectors_of(run, "train")[:, 6:] != vectors_of(finished, "train")[:, 6:]).any()


class Recorder:
    """Calls `train_vectors`, and keeps what it was given."""

    def __init__(self):
        self.lines, self.settings = [], ()

    def __call__(self, corpus, target, *settings):
        self.lines, self.settings = corpus.read_text(encoding="utf-8").splitlines(), settings
        return train_vectors(corpus, target, *settings)


@pytest.fixture(scope="module")
def vectors_trained(world, finished, tmp_path_factory):
    """The finished run with word vectors that are trained: the run, its lines, and what they were trained on."""
    folder, recorder = tmp_path_factory.mktemp("trained"), Recorder()
    (folder / "plain.txt").write_text("A Plain text,\nof two lines.\n\n")
    data = {"texts": (folder / "plain.txt",), "unlabelled": ()}
    config = world.config(data=data, encode={"vectors": None, "dim": 5, "epochs": 2})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "train_vectors", recorder)
        run, lines = rebuilt(finished, folder / "run", config, "encode")
    return run, lines, recorder


def test_word_vectors_learn_names_definitions_training_documents_and_plain_texts(vectors_trained):
    *_, recorder = vectors_trained
    names = [name for concept in concepts() for name in concept.names()]
    definitions = [f"a bad {organ}" for organ in ("heart", "lung", "liver", "brain")]
    n_own = len(names) + len(definitions)
    assert sorted(recorder.lines[:n_own]) == sorted([*names, *definitions])
    articles = recorder.lines[n_own : n_own + N_TRAIN]
    first_words = [document(f"train {i}", 0)["text"].lower().split()[:3] for i in range(N_TRAIN)]
    assert [line.split()[:3] for line in articles] == first_words
    assert recorder.lines[n_own + N_TRAIN :] == ["a plain text", "of two lines"]


def test_the_texts_define_abbreviations_of_names_but_annotators_decide(world, finished, tmp_path):
    """Plain text, training documents and unlabelled ones define them; an annotated mention of one is not overruled."""
    plain, unlabelled = tmp_path / "plain.txt", tmp_path / "unlabelled.txt"
    plain.write_text(
        "The bad lung tumour (BLT).\nA bad brain cyst (BBC).\n" * 2
        + "A bad liver abscess (BLA) here.\nA bad heart cyst (BHC).\n"
    )
    unlabelled.write_text("Another bad liver abscess (BLA) and a heart tumour.")
    annotated = document("train 99", 0)
    annotated["mentions"].append({"start": len(annotated["text"]), "end": len(annotated["text"]) + 3, "concepts": []})
    annotated["text"] += "BBC."
    train = write_lines(tmp_path / "train.jsonl", [annotated, *(document(f"train {i}", 0) for i in range(N_TRAIN))])
    text = "BLT was seen."
    dev = write_lines(
        tmp_path / "dev.jsonl", [{"doc": "d", "text": text, "mentions": [{"start": 0, "end": 3, "concepts": ["D:20"]}]}]
    )
    data = {"train": (train,), "dev": (dev,), "texts": (plain,), "unlabelled": (unlabelled,)}
    run, lines = rebuilt(finished, tmp_path / "run", world.config(data=data), "encode", "fit")
    known = {"BLA": "bad liver abscess", "BLT": "bad lung tumour"}
    assert load_abbreviations(run.path("encode", ABBREVIATIONS)).long_of == known
    assert "encode: the ontology and the texts define 2 abbreviations of names" in lines
    linker = Linker.from_run(run)
    assert linker.span_finder.detector.abbreviations.long_of == known
    [given] = linker.link_many(list(read_documents([dev])))
    assert [(each.text, each.answer.concept) for each in given] == [("BLT", "D:20")]
    assert [(each.text, each.answer.concept) for each in linker.link(text, prefer="recall")] == [("BLT", "D:20")]
    [evaluated] = evaluate_documents(run, list(read_documents([dev])), SilentReporter()).predictions
    assert evaluated["read_as"] == examples_of(run)["dev"][0].read_as == "bad lung tumour"


def test_word_vectors_have_the_size_the_epochs_and_the_threads_of_the_configuration(vectors_trained):
    run, lines, recorder = vectors_trained
    assert recorder.settings == (5, 2, 1)
    n_words = sum(len(line.split()) for line in recorder.lines)
    assert any(f"training fastText vectors on {n_words:,} words, 2 epochs" in line for line in lines)
    assert vectors_of(run, "train").shape[1] == 15
    left = {each.suffix for each in run.path("encode").iterdir()}
    assert not left & {".txt", ".bin"}  # neither the corpus nor fastText's file is kept
    assert_rows_are_lines(run)


def test_where_no_epochs_are_configured_they_follow_from_the_number_of_words(world, finished, tmp_path, monkeypatch):
    def stop(corpus, target, dim, epochs, threads):
        n_words = len(corpus.read_text(encoding="utf-8").split())
        assert (dim, epochs, threads) == (3, default_epochs(n_words), 2)
        raise InputError("enough")

    monkeypatch.setattr(encode, "train_vectors", stop)
    config = world.config(encode={"vectors": None, "dim": 3, "epochs": None, "threads": 2})
    with pytest.raises(InputError, match="enough"):
        rebuilt(finished, tmp_path / "run", config, "encode")


@pytest.mark.parametrize("merge", ["any", "neighbours"])
def test_the_recursive_encoder_merges_as_configured(world, finished, tmp_path, merge):
    config = world.config(encode={"encoder": "recursive"}, research={"merge": merge})
    run, _ = rebuilt(finished, tmp_path / "run", config, "encode")
    settings = json.loads(run.path("encode", "encoder.json").read_text())
    assert (settings["encoder"], settings["merge"], settings["window"]) == ("recursive", merge, 4)
    assert vectors_of(run, "train").shape == (N_TRAIN * PER_DOCUMENT, 18)
    assert_rows_are_lines(run)


def test_a_transformer_needs_one_model(world, finished, tmp_path):
    (tmp_path / "model").mkdir()
    for number, models in enumerate(({}, {"model": tmp_path / "model", "hub_model": "name"})):
        config = world.config(encode={"encoder": "transformer", **models})
        with pytest.raises(InputError, match="transformer needs one model"):
            rebuilt(finished, tmp_path / f"run {number}", config, "encode")


# A lexicon


@pytest.fixture(scope="module")
def lexicon(world, tmp_path_factory):
    """A run on a lexicon, encoded, with documents enough for a span detector if there were anything to learn."""
    folder = tmp_path_factory.mktemp("lexicon")
    text = "bank and " * 20
    words = [
        {"start": start, "end": start + 4, "concepts": ["WN:00000200-n"], "lemma": "bank", "pos": "n"}
        for start in range(0, len(text), 9)
    ]
    train = write_lines(folder / "train.jsonl", [{"doc": f"{i}", "text": text, "mentions": words} for i in range(6)])
    data = {"ontology": TINY_WORDNET, "parts_of_speech": ("n",), "train": (train,), "dev": ()}
    return built(folder / "run", world.config(data=data), "train-ontology", "encode")


def test_row_i_of_the_glosses_is_concept_i_of_the_lexicon(lexicon):
    run, _ = lexicon
    glosses, encoder = vectors_of(run, "glosses"), load_encoder(run.path("encode"))
    expected = [encoder.encode([gloss_of(concept)])[0].tolist() for concept in ontology_of(run).concepts.values()]
    assert glosses.tolist() == expected
    assert glosses.any()


def test_no_span_detector_is_trained_for_a_lexicon(lexicon):
    run, lines = lexicon
    assert load_span_detector(run.path("encode", "span-detector"), load_encoder(run.path("encode"))) is None
    assert not any("to learn what else is one" in line for line in lines)
    assert len(examples_of(run)["train"]) == 120
    assert {each.use.word for each in examples_of(run)["train"]} == {("bank", "n")}


def test_an_update_of_a_lexicon_does_not_encode_its_glosses_again(lexicon, tmp_path, monkeypatch):
    former, _ = lexicon
    run = Run.create(tmp_path / "run", former.config)
    shutil.copytree(former.folder / "train-ontology", run.folder / "train-ontology")
    asked = []

    def load(where, **options):
        encoder = load_encoder(where, **options)
        encoder.encode = asked.extend
        return encoder

    monkeypatch.setattr(encode, "load_encoder", load)
    update_stage("encode", run, former, Reporter())
    assert asked == []
    assert contents(run, "encode") == contents(former, "encode")


# An update


@pytest.fixture(scope="module")
def updated(world, finished, tmp_path_factory):
    """A new release in another order, and what the former encoder was asked in the course of the update."""
    folder = tmp_path_factory.mktemp("updated")
    by_id = {concept.concept_id: concept for concept in concepts()}
    del by_id["D:11"]
    by_id["D:new"] = Concept("D:new", "lung fever", parents=("D:2",))
    by_id["D:20"] = replace(by_id["D:20"], label="red lung tumour")
    write_ontology(list(by_id.values())[::-1], folder / "release.obo")
    config = world.config(data={"ontology": folder / "release.obo"})
    run, reporter, asked = Run.create(folder / "run", config), Reporter(), []
    update_stage("train-ontology", run, finished, reporter)

    def load(where, **options):
        encoder = load_encoder(where, **options)
        given, encoder.encode = encoder.encode, lambda passages: asked.extend(passages) or given(passages)
        return encoder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "load_encoder", load)
        update_stage("encode", run, finished, reporter)
    return run, asked


def test_after_an_update_each_row_is_as_the_former_encoder_encodes_its_line(updated, finished):
    run, _ = updated
    assert_rows_are_lines(run)
    for name in ("encoder.json", "vectors.safetensors"):
        assert run.path("encode", name).read_bytes() == finished.path("encode", name).read_bytes()
    assert examples_of(run)["names"] == examples_of_names(ontology_of(run))
    assert examples_of(run)["names"][0] != examples_of(finished)["names"][0]
    assert any(each.gold == ((),) for each in examples_of(run)["train"])


def test_in_an_update_what_the_former_run_encoded_is_not_encoded_again(updated, finished):
    _, asked = updated
    names = [each.mention for each in asked if " " in each.mention]  # single words are asked for the span detector
    assert sorted(names) == ["lung fever", "lung fevers", "red lung tumour", "red lung tumours"]
    assert not any(each.left or each.right for each in asked)


def test_an_update_of_nothing_gives_the_same_files(world, finished, tmp_path):
    run = Run.create(tmp_path / "run", world.config())
    shutil.copytree(finished.folder / "train-ontology", run.folder / "train-ontology")
    update_stage("encode", run, finished, Reporter())
    assert contents(run, "encode") == contents(finished, "encode")


def test_a_stage_that_is_up_to_date_is_not_done_again(world, finished, tmp_path):
    _, lines = rebuilt(finished, tmp_path / "run", world.config(), "train-ontology", "encode", "fit", "evaluate")
    assert lines == [f"{stage}: up to date, skipped" for stage in ("train-ontology", "encode", "fit", "evaluate")]


def test_the_same_settings_give_the_same_files(world, finished, tmp_path):
    run, _ = built(tmp_path / "run", world.config(), "train-ontology", "encode")
    assert contents(run, "encode") == contents(finished, "encode")
