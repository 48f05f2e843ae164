import json

import numpy as np
import pytest

from hyplink.candidates.examples import Example, mention_batch, read_examples, texts_of
from hyplink.confidence.backoff import Posterior, backed_off
from hyplink.confidence.calibration import Calibration
from hyplink.confidence.reliability import posteriors_about
from hyplink.corpus import read_documents
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.linker import Linker
from hyplink.metrics.backoff import back_off_point
from hyplink.metrics.guarantee import binomial_p_value, hoeffding_bentkus_p_value
from hyplink.ontology import Concept, Ontology
from hyplink.stages import threshold
from hyplink.stages.threshold import find_threshold, losses_of, thresholds_from
from tests.stages.world import document, rebuilt, write_lines

# A root; a heart disease with two kinds, and a lung disease.
PARENTS = {"D": (), "heart": ("D",), "valve": ("heart",), "myopathy": ("heart",), "lung": ("D",)}
ONTOLOGY = Ontology([Concept(each, each, parents=parents) for each, parents in PARENTS.items()])


def calibration(sure):
    return Calibration("documents", 100, 9, 1.0, 0.0, 0.5, 1.0, sure, None, 0.0)


def mention(doc, *gold):
    return Example("words", "words", (gold,), doc)


@pytest.mark.parametrize(("sure", "strictest"), [(0.625, 0.62), (0.999, 0.99), (0.5, 0.5), (0.004, 0.0)])
def test_thresholds_are_tried_from_the_strictest_down_to_none_in_steps_of_a_hundredth(sure, strictest):
    tried = thresholds_from(calibration(sure))
    assert tried == [percent / 100 for percent in reversed(range(round(100 * strictest) + 1))]
    assert (tried[0], tried[-1]) == (strictest, 0.0)


def test_the_loss_of_a_document_is_the_share_of_its_answers_that_is_wrong():
    examples = [
        mention("a", "valve"),
        mention("b", "valve"),
        mention("a", "lung"),
        mention("a", "valve"),
        mention("c", "lung"),
        mention("b", "lung"),
    ]
    answers = ["heart", "lung", "heart", "valve", None, "lung"]  # above the gold is right, beside it wrong
    assert losses_of(examples, answers, ONTOLOGY, "documents").tolist() == [1 / 3, 1 / 2]
    assert losses_of(examples, answers, ONTOLOGY, "mentions").tolist() == [0, 1, 1, 0, 0]


def test_any_of_several_gold_concepts_is_right_and_none_of_no_gold_concept():
    examples = [mention("a", "lung", "valve"), mention("a")]
    assert losses_of(examples, ["valve", "lung"], ONTOLOGY, "mentions").tolist() == [0, 1]
    assert losses_of(examples, [None, None], ONTOLOGY, "documents").tolist() == []


class Fixed:
    """A linker of which the search for a threshold asks no more than its calibration and its ontology."""

    def __init__(self, sure):
        self.calibration, self.ontology = calibration(sure), ONTOLOGY


def searched(monkeypatch, confidences, accuracy, delta, unit="mentions", sure=0.9):
    """The threshold for answers that are right, or wrong where the confidence is minus it; each its own document."""
    examples = [mention(f"doc {row}", "valve") for row in range(len(confidences))]
    posteriors = [
        Posterior("valve", each, {"valve": each}) if each > 0 else Posterior("lung", -each, {"lung": -each})
        for each in confidences
    ]
    monkeypatch.setattr(threshold.Linker, "from_run", lambda run: Fixed(sure))
    monkeypatch.setattr(threshold, "_dev_posteriors", lambda run, linker: (examples, posteriors))
    return find_threshold(None, accuracy, delta, unit)


def test_the_search_stops_above_the_first_threshold_that_fails_though_lower_ones_would_pass(monkeypatch):
    # Right answers at .9 and at .3, wrong ones at .5: from .9 to .51 all is right, at .5 a third is wrong, and with
    # the many right ones at .3 all would be well again. Tried from below, the threshold would be another.
    confidences = [0.9] * 20 + [-0.5] * 10 + [0.3] * 400
    found = searched(monkeypatch, confidences, accuracy=0.85, delta=0.1)
    assert found.point.min_confidence == 0.51
    assert (found.unit, found.n_units) == ("mentions", 20)
    assert found.p_value == pytest.approx(0.85**20)
    assert (found.point.n_answered, found.point.accuracy) == (20, 1.0)
    assert binomial_p_value(np.array([0.0] * 420 + [1.0] * 10), 0.15) < 0.1


def test_where_every_threshold_passes_the_least_is_none(monkeypatch):
    found = searched(monkeypatch, [0.9] * 40 + [0.2] * 10, accuracy=0.85, delta=0.1)
    assert found.point.min_confidence == 0.0
    assert found.n_units == 50


def test_where_the_strictest_fails_nothing_below_it_is_tried(monkeypatch):
    with pytest.raises(HyplinkError, match=r"cannot be shown at delta 0\.1 even at confidence 0\.9 \(p = 1\.000\)"):
        searched(monkeypatch, [-0.9] * 20 + [0.5] * 500, accuracy=0.85, delta=0.1)


def test_a_refusal_states_the_best_accuracy_that_so_few_units_can_show(monkeypatch):
    # Without an error, five units show that the accuracy is at least .1 ** (1 / 5) = .631.
    few = "5 dev {} with an answer can show no accuracy above 0.631 at delta 0.1, not even without an error; 0.9 was"
    with pytest.raises(HyplinkError, match=few.format("mentions")) as caught:
        searched(monkeypatch, [0.9] * 5, accuracy=0.9, delta=0.1)
    assert "--unit mentions" not in str(caught.value)
    with pytest.raises(HyplinkError, match=few.format("documents")) as caught:
        searched(monkeypatch, [0.9] * 5, accuracy=0.9, delta=0.1, unit="documents")
    assert "--unit mentions" in str(caught.value)
    with pytest.raises(HyplinkError, match=r"0 dev mentions with an answer can show no accuracy above 0\.000"):
        searched(monkeypatch, [0.1] * 5, accuracy=0.9, delta=0.1)


def test_documents_and_mentions_have_their_own_p_values(monkeypatch):
    confidences = [0.9] * 30 + [-0.9]
    losses = np.array([0.0] * 30 + [1.0])
    by_mention = searched(monkeypatch, confidences, 0.7, 0.2)
    assert by_mention.p_value == pytest.approx(binomial_p_value(losses, 0.3))
    by_document = searched(monkeypatch, confidences, 0.7, 0.2, "documents")
    assert by_document.p_value == pytest.approx(hoeffding_bentkus_p_value(losses, 0.3))
    assert by_document.p_value > by_mention.p_value


# On a run


@pytest.fixture(scope="module")
def linked(finished):
    """The single dev mentions of the finished run, and the posterior of each, looked up one by one."""
    linker = Linker.from_run(finished)
    examples = read_examples(finished.path("encode", "mentions.jsonl"))["dev"]
    vectors = np.load(finished.path("encode", "dev.npy"))
    texts = texts_of(read_documents(finished.config.data.dev, finished.config.data.input_format))
    docs = sorted({each.doc for each in examples})
    found = {}
    for doc in docs:  # the mentions of a document are seen together
        rows = [row for row, each in enumerate(examples) if each.doc == doc]
        chosen = [examples[row] for row in rows]
        candidates = linker.candidates(mention_batch(chosen), vectors[rows], {doc: texts[doc]})
        told = posteriors_about(candidates, linker.ranker, linker.calibration, linker.ontology)
        found |= dict(zip(rows, told, strict=True))
    single = [row for row, each in enumerate(examples) if len(each.gold) == 1]
    assert len(single) < len(examples)
    return linker, [examples[row] for row in single], [found[row] for row in single]


@pytest.mark.parametrize("accuracy", [0.3, 0.7, 0.8])
def test_the_threshold_of_a_run_is_the_last_of_those_that_pass_one_after_the_other(finished, linked, accuracy):
    linker, examples, posteriors = linked
    golds = [frozenset(each.gold[0]) for each in examples]
    expected = None
    for percent in range(int(100 * linker.calibration.sure), -1, -1):
        answers = [backed_off(each, percent / 100, linker.ontology).concept for each in posteriors]
        p_value = binomial_p_value(losses_of(examples, answers, linker.ontology, "mentions"), 1 - accuracy)
        if p_value > 0.2:
            break
        expected = back_off_point(percent / 100, answers, golds, linker.ontology), p_value
    found = find_threshold(finished, accuracy, 0.2, "mentions")
    assert found.point == expected[0]
    assert found.p_value == pytest.approx(expected[1])


def test_without_dev_mentions_there_is_nothing_to_choose_on(world, finished, tmp_path):
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data={"dev": ()}), "encode")
    with pytest.raises(InputError, match=r"set data\.dev"):
        find_threshold(run, 0.9, 0.1, "documents")


def test_a_run_without_confidences_says_why(world, finished, tmp_path):
    few = write_lines(tmp_path / "few.jsonl", [document("few", 0)])
    run, _ = rebuilt(finished, tmp_path / "run", world.config(data={"train": (few,)}), "encode", "fit")
    reason = json.loads(run.path("fit", "calibration.json").read_text())["reason"]
    with pytest.raises(InputError, match="this run gives no confidences to choose from: ") as caught:
        find_threshold(run, 0.9, 0.1, "documents")
    assert str(caught.value).endswith(reason)
