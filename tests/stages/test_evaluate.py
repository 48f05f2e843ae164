import json
from collections import Counter
from typing import get_args

import numpy as np
import pytest

from hyplink.candidates.examples import Example, mention_batch, read_examples, texts_of
from hyplink.candidates.lexical import Ranked
from hyplink.confidence.reliability import posteriors_about, reliability_figures
from hyplink.config import EncodeSettings
from hyplink.corpus import read_documents
from hyplink.errors import InputError
from hyplink.linking.evaluation import evaluated_documents, found_links, raw_text_figures
from hyplink.linking.linker import Linker
from hyplink.metrics.linking import linking_metrics
from hyplink.ontology import Concept, Ontology
from hyplink.regressor import load_regressor
from hyplink.run import SilentReporter, read_json, read_json_lines
from hyplink.stages.evaluate import ENCODERS, evaluate_documents, examples_below, predictions_of
from tests.stages.world import N_DEV, Reporter, contents, document, rebuilt, write_lines

SMALL = Ontology(
    [
        Concept("X:0", "disease"),
        Concept("X:1", "heart disease", parents=("X:0",)),
        Concept("X:2", "valve disease", parents=("X:1",)),
        Concept("X:3", "lung disease", parents=("X:0",)),
    ]
)


@pytest.fixture(scope="module")
def dev(finished):
    """The linker of the finished run, its dev mentions, their vectors and their candidates."""
    linker = Linker.from_run(finished)
    examples = read_examples(finished.path("encode", "mentions.jsonl"))["dev"]
    vectors = np.load(finished.path("encode", "dev.npy"))
    texts = texts_of(read_documents(finished.config.data.dev, finished.config.data.input_format))
    return linker, examples, vectors, linker.candidates(mention_batch(examples), vectors, texts)


@pytest.fixture(scope="module")
def metrics(finished):
    return read_json(finished.path("evaluate", "metrics.json"))


@pytest.fixture(scope="module")
def predictions(finished):
    return list(read_json_lines(finished.path("evaluate", "predictions.jsonl")))


def ids_of(ranked, ontology):
    return [[ontology.concept_ids[concept] for concept in row if concept >= 0] for row in ranked.concepts.tolist()]


def answers_of(dev, finished):
    """What each model answers, asked without the stage."""
    linker, examples, vectors, candidates = dev
    texts, names = [each.read_as for each in examples], linker.generator.names
    ranking = load_regressor(finished.path("fit")).rank(vectors, 10)
    return {
        "hyplink": linker.ranker.rank(candidates, len(examples), 10),
        "ball alone": Ranked(ranking.concepts, ranking.scores),
        "exact name": names.exact.rank(texts, 10),
        "character n-gram TF-IDF": names.tfidf.rank(texts, 10),
        "nearest name by fastText": names.nearest.rank(vectors[:, :6], 10),
    }


def test_each_line_of_predictions_is_a_dev_mention_with_its_own_candidates(dev, predictions):
    linker, examples, _, candidates = dev
    assert [Example.from_json(each) for each in predictions] == examples
    ranked = linker.ranker.rank(candidates, len(examples), 10)
    for line, ids, scores in zip(predictions, ids_of(ranked, linker.ontology), ranked.scores.tolist(), strict=True):
        assert [each["concept"] for each in line["candidates"]] == ids
        assert [each["score"] for each in line["candidates"]] == scores[: len(ids)]


def test_each_line_of_predictions_has_the_confidence_of_its_best_candidate(dev, predictions):
    linker, _, _, candidates = dev
    told = posteriors_about(candidates, linker.ranker, linker.calibration, linker.ontology)
    assert [each["confidence"] for each in predictions] == [each.probability for each in told]
    assert len({each["confidence"] for each in predictions}) > 5


def test_every_model_has_the_figures_of_its_own_answers(dev, finished, metrics):
    linker, examples, _, _ = dev
    seen = {
        concept
        for each in read_examples(finished.path("encode", "mentions.jsonl"))["train"]
        for part in each.gold
        for concept in part
    }
    answers = answers_of(dev, finished)
    assert list(metrics["models"]) == list(answers)
    for name, answer in answers.items():
        predictions = predictions_of(examples, answer, linker.ontology, seen)
        expected = linking_metrics(predictions, linker.ontology, seed=0).as_dict()
        assert metrics["models"][name] == json.loads(json.dumps(expected)), name
    models = [json.dumps(each) for each in metrics["models"].values()]
    assert len(set(models)) == len(models)
    assert metrics["n_mentions"] == len(examples) == N_DEV * 12


def test_confidences_and_raw_text_are_evaluated_on_the_dev_documents(dev, finished, metrics):
    linker, examples, _, candidates = dev
    told = posteriors_about(candidates, linker.ranker, linker.calibration, linker.ontology)
    expected = reliability_figures(examples, told, linker.calibration, linker.ontology, seed=0)
    assert metrics["confidence"] == json.loads(json.dumps(expected))
    documents = list(read_documents(finished.config.data.dev, "auto"))
    with SilentReporter().progress("", N_DEV) as progress:
        found = found_links(linker, documents, progress)
    evaluated = evaluated_documents(documents, found, linker.ontology)
    expected = raw_text_figures(documents, found, evaluated, linker.ontology, seed=0)
    assert metrics["raw_text"] == json.loads(json.dumps(expected))
    lines = list(read_json_lines(finished.path("evaluate", "found.jsonl")))
    assert lines == [json.loads(json.dumps(link.as_json())) for links in found for link in links]


def test_the_mistakes_are_the_wrong_answers_with_their_confidence(finished, predictions):
    lines = list(read_json_lines(finished.path("evaluate", "mistakes.jsonl")))
    wrong = {
        (each["doc"], each["start"], each["end"]): (each["candidates"][0]["concept"], each["confidence"])
        for each in predictions
        if len(each["gold"]) == 1 and each["candidates"][0]["concept"] not in each["gold"][0]
    }
    given = [each for each in lines if each["source"] == "given"]
    assert wrong == {(each["doc"], *each["spans"][0]): (each["answer"], each["confidence"]) for each in given}
    assert {each["source"] for each in lines} == {"given", "found"}


def test_a_concept_counts_as_seen_if_training_mentions_mean_it_whatever_dev_mentions_mean(world, finished, tmp_path):
    lines = [json.loads(line) for line in world.train.read_text().splitlines()]
    for line in lines:
        line["mentions"] = [each for each in line["mentions"] if "D:23" not in "|".join(each["concepts"])]
    data = {"train": (write_lines(tmp_path / "train.jsonl", lines),)}
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data=data), "encode", "fit", "evaluate")
    dev = [each.gold for each in read_examples(run.path("encode", "mentions.jsonl"))["dev"] if len(each.gold) == 1]
    unseen = [gold for gold in dev if gold[0] == ("D:23",)]
    models = read_json(run.path("evaluate", "metrics.json"))["models"]
    assert unseen
    assert models["hyplink"]["unseen_concept"]["n_mentions"] == len(unseen)
    assert models["hyplink"]["seen_concept"]["n_mentions"] == sum(gold != ((),) for gold in dev) - len(unseen)


def test_the_seed_is_that_of_all_intervals(world, finished, metrics, tmp_path):
    other, _ = rebuilt(finished, tmp_path / "run", world.config(evaluate={"seed": 6}), "evaluate")
    found = read_json(other.path("evaluate", "metrics.json"))
    assert found["models"]["hyplink"] != metrics["models"]["hyplink"]
    assert found["confidence"]["calibration"]["noise_floor"] != metrics["confidence"]["calibration"]["noise_floor"]
    assert found["raw_text"] != metrics["raw_text"]  # some interval of few documents is another
    assert contents(other, "evaluate")["predictions.jsonl"] == contents(finished, "evaluate")["predictions.jsonl"]


def test_with_a_branch_only_its_mentions_are_evaluated(world, finished, predictions, tmp_path):
    run, _ = rebuilt(finished, tmp_path / "run", world.config(evaluate={"branch": "D:2"}), "evaluate")
    found, lines = (
        read_json(run.path("evaluate", "metrics.json")),
        list(read_json_lines(run.path("evaluate", "predictions.jsonl"))),
    )
    inside = [each for each in predictions if any(i.startswith("D:2") and i != "D:2" for p in each["gold"] for i in p)]
    assert found["branch"] == "D:2"
    assert found["n_mentions"] == len(inside) < len(predictions)
    without = [{**each, "confidence": None, "candidates": None} for each in lines]
    assert without == [{**each, "confidence": None, "candidates": None} for each in inside]
    assert found["raw_text"] != read_json(finished.path("evaluate", "metrics.json"))["raw_text"]


def test_mentions_below_a_branch_keep_their_own_vectors():
    examples = [
        Example("a", "a", (("X:1",),)),
        Example("b", "b", (("X:2",),)),
        Example("c", "c", (("X:3",), ("X:2", "X:0"))),
        Example("d", "d", ((),)),
        Example("e", "e", (("X:3", "X:2"),)),
    ]
    vectors = np.arange(10, dtype=np.float32).reshape(5, 2)
    chosen, rows = examples_below(examples, vectors, SMALL, "X:1")
    assert [each.text for each in chosen] == ["b", "c", "e"]
    assert rows.tolist() == [[2, 3], [4, 5], [8, 9]]
    everything, same = examples_below(examples, vectors, SMALL, None)
    assert everything is examples
    assert same is vectors
    with pytest.raises(InputError, match="no annotated mention is of a concept below X:3; name a wider one"):
        examples_below(examples, vectors, SMALL, "X:3")
    with pytest.raises(InputError, match=r"evaluate\.branch"):
        examples_below(examples, vectors, SMALL, "X:9")


def test_a_prediction_has_the_candidates_of_its_row_and_the_gold_of_its_example():
    examples = [
        Example("Valve Disease", "read as other words", (("X:2",),), "a"),
        Example("lungs", "lungs", (("X:3",), ("X:1", "X:2")), "b"),
        Example("heart disease", "heart disease", ((),), "c"),
    ]
    ranked = Ranked(
        np.array([[2, 1, -1], [3, -1, -1], [-1, -1, -1]]),
        np.array([[-0.1, -3.0, -np.inf], [-0.5, -np.inf, -np.inf], [-np.inf] * 3]),
    )
    first, second, third = predictions_of(examples, ranked, SMALL, {"X:1"})
    assert (first.doc_id, first.candidates, first.scores) == ("a", ("X:2", "X:1"), (-0.1, -3.0))
    assert (first.gold.parts, first.gold.composite) == ((frozenset({"X:2"}),), False)
    assert (first.seen_concept, first.exact_name) == (False, True)
    assert (second.doc_id, second.candidates, second.scores) == ("b", ("X:3",), (-0.5,))
    assert (second.gold.composite, second.seen_concept, second.exact_name) == (True, True, False)
    assert (third.candidates, third.scores) == ((), ())
    assert (third.seen_concept, third.exact_name) == (False, False)


def test_dev_data_that_changed_since_training_is_evaluated_without_training_again(world, finished, metrics, tmp_path):
    given = [document("new", 8, 10), document("newer", 9, 7)]
    path = write_lines(tmp_path / "new.jsonl", given)
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data={"dev": (path,)}), "evaluate")
    expected = evaluate_documents(finished, list(read_documents([path], "auto")), Reporter())
    assert read_json(run.path("evaluate", "metrics.json")) == json.loads(json.dumps(expected.metrics))
    assert contents(run, "encode") == contents(finished, "encode")


def test_other_documents_are_evaluated_as_the_dev_documents_are_and_the_run_stays(finished, metrics, predictions):
    before = {stage: contents(finished, stage) for stage in ("encode", "fit", "evaluate")}
    documents = list(read_documents(finished.config.data.dev, "auto"))
    found = evaluate_documents(finished, documents, Reporter())
    assert json.loads(json.dumps(found.metrics)) == metrics
    assert [json.loads(json.dumps(each)) for each in found.predictions] == predictions
    assert {stage: contents(finished, stage) for stage in before} == before
    assert len(found.found) == N_DEV


def test_evaluation_of_other_documents_uses_their_own_mentions(finished, tmp_path):
    path = write_lines(tmp_path / "new.jsonl", [document("new", 8, 10), document("newer", 9, 7)])
    found = evaluate_documents(finished, list(read_documents([path], "auto")), Reporter())
    assert found.metrics["n_mentions"] == 17
    assert Counter(each["doc"] for each in found.predictions) == {"new": 10, "newer": 7}
    bare = write_lines(tmp_path / "bare.jsonl", [{"doc": "bare", "text": "A heart tumour."}])
    with pytest.raises(InputError, match="hold no annotated mentions"):
        evaluate_documents(finished, list(read_documents([bare], "auto")), Reporter())


def test_without_annotated_dev_mentions_there_is_nothing_to_evaluate(world, finished, tmp_path):
    with pytest.raises(InputError, match=r"set data\.dev"):
        rebuilt(finished, tmp_path / "run", world.config(data={"dev": ()}), "encode", "fit", "evaluate")


def test_every_encoder_has_a_name_in_tables():
    assert set(ENCODERS) == set(get_args(EncodeSettings.model_fields["encoder"].annotation))
