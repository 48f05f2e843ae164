from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example, read_examples, texts_of
from hyplink.candidates.features import FEATURES
from hyplink.confidence.calibration import Uncalibrated, load_calibration, train_calibration
from hyplink.corpus import read_documents
from hyplink.encoders import load_encoder
from hyplink.errors import InputError, RunError
from hyplink.linking.index_bundle import INDEX_FOLDER, IndexBundle
from hyplink.linking.linker import Linker
from hyplink.ontology import Concept, Ontology, load_ontology
from hyplink.placement.training import PlacementTraining
from hyplink.ranking.cross_fitting import (
    concatenated,
    held_batch,
    held_out_splits,
    out_of_fold_examples,
    with_document_features,
)
from hyplink.ranking.ranker import FIRST_WEIGHTS, WEIGHTS, load_ranker, prior_ranker, train_ranker
from hyplink.regressor import Regressor, load_regressor, train_regressor
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.network import Network
from hyplink.regressor.spaces import PoincareSpace
from hyplink.regressor.start import initial_points, scale_radii
from hyplink.regressor.whitening import Whitening
from hyplink.run import Run, read_json_lines
from hyplink.run.tables import read_tables
from hyplink.stages import fit, update_stage
from hyplink.stages.fit import points_in_new_release, read_encoded, training_examples
from tests.batches import DOCUMENTS, NAMES
from tests.stages.world import (
    N_TRAIN,
    PER_DOCUMENT,
    Reporter,
    built,
    concepts,
    contents,
    document,
    rebuilt,
    write_lines,
    write_ontology,
)


@dataclass
class Training:
    """One training of a regressor: what it was given, and what came of it."""

    settings: object
    learned: object
    points: np.ndarray
    former: object  # the weights that it goes on from
    regressor: object = None


class Spy:
    """Keeps every training of a regressor, and what was said of every split, while `fit` runs.

    The regressors that placement is learned from, which hold out concepts, are left out.
    """

    def __init__(self, patch):
        self.trainings, self.splits, self.told = [], [], []
        self._holds_out_concepts, self._placement = False, fit._placement
        patch.setattr(fit, "_placement", self.placement)
        patch.setattr(fit, "train_regressor", self.train_regressor)
        patch.setattr(fit, "out_of_fold_examples", self.out_of_fold_examples)

    def placement(self, *parts):
        self._holds_out_concepts = True
        return self._placement(*parts)

    def train_regressor(self, settings, learned, points, near, *, warm_start=None):
        if self._holds_out_concepts:
            yield from train_regressor(settings, learned, points, near, warm_start=warm_start)
            return
        training = Training(settings, learned, points.copy(), warm_start and weights(warm_start))
        self.trainings.append(training)
        for record in train_regressor(settings, learned, points, near, warm_start=warm_start):
            training.regressor = record.regressor
            yield record

    def out_of_fold_examples(self, ontology, encoded, regressor, split, mode):
        assert regressor is self.trainings[-1].regressor
        self.splits.append(split)
        self.told.append(out_of_fold_examples(ontology, encoded, regressor, split, mode))
        return self.told[-1]


def spied(run, folder, config, *stages):
    """A copy of a run whose stages were done again, what they told, and the spy that watched."""
    with pytest.MonkeyPatch.context() as patch:
        spy = Spy(patch)
        copy, lines = rebuilt(run, folder, config, *(stages or ("fit",)))
    return copy, lines, spy


def weights(regressor):
    """Everything that a regressor has learned, as bytes."""
    parts = {"network": regressor.network, "whitening": regressor.whitening, "space": regressor.space}
    return {
        f"{part}.{name}": tensor.detach().numpy().tobytes()
        for part, module in parts.items()
        for name, tensor in module.state_dict().items()
    }


def ontology_of(run):
    return load_ontology(run.path("train-ontology", "ontology"))


def embedding_of(run):
    return np.load(run.path("train-ontology", "points.npy"))


@pytest.fixture(scope="module")
def watched(world, finished, tmp_path_factory):
    """The finished run, fitted again under watch, with another seed."""
    config = world.config(fit={"seed": 5, "epochs": 5})
    return spied(finished, tmp_path_factory.mktemp("watched") / "run", config)


# What is learned from


def test_the_examples_are_the_names_and_then_the_training_mentions_beside_their_vectors(finished):
    encoded = read_encoded(finished)
    known = read_examples(finished.path("encode", "mentions.jsonl"))
    assert encoded.examples == [*known["names"], *known["train"]]
    assert encoded.blocks == (6, 6, 6)
    names, train = (np.load(finished.path("encode", f"{split}.npy")) for split in ("names", "train"))
    assert encoded.names.tolist() == names.tolist()
    assert encoded.texts.tolist() == train.tolist()
    assert encoded.glosses.shape == (0, 18)


def test_glosses_follow_the_mentions(finished, tmp_path, monkeypatch):
    folder, path = tmp_path, Run.path
    np.save(folder / "glosses.npy", np.full((25, 18), 7, np.float32))

    def with_glosses(run, stage, name=""):
        return folder / name if name == "glosses.npy" else path(run, stage, name)

    monkeypatch.setattr(Run, "path", with_glosses)
    assert (read_encoded(finished).glosses == 7).all()
    assert read_encoded(finished).glosses.shape == (25, 18)


def test_vectors_of_another_version_are_refused(finished, tmp_path, monkeypatch):
    path = Run.path
    np.save(tmp_path / "names.npy", np.zeros((130, 18), np.float32))
    monkeypatch.setattr(
        Run, "path", lambda run, stage, name="": (tmp_path if name == "names.npy" else path(run, stage)) / name
    )
    with pytest.raises(RunError, match="not such an array as hyplink writes"):
        read_encoded(finished)


SMALL = Ontology([Concept("X:0", "rod"), Concept("X:1", "cone"), Concept("X:2", "lens")])
ENCODED = Encoded(
    [
        Example("rod", "rod", (("X:0",),)),
        Example("cone", "cone", (("X:1",),)),
        Example("RC", "rod cell", (("X:0",),), "a"),
        Example("both", "both", (("X:0",), ("X:1",)), "a"),
        Example("either", "either", (("X:2", "X:1"),), "b"),
        Example("none", "none", ((),), "b"),
        Example("rod cell", "rod cell", (("X:0",),), "b"),
    ],
    np.arange(4, dtype=np.float32).reshape(2, 2),
    np.arange(40, dtype=np.float32).reshape(-1, 4),  # five mentions, and five more rows: three glosses fit
    (2, 1, 1),
)


def learned_pairs(learned):
    return list(zip(learned.rows.tolist(), learned.concepts.tolist(), strict=True))


def test_each_example_trains_its_own_concept_and_a_composite_mention_none():
    encoded = replace(ENCODED, texts=ENCODED.texts[:5])
    learned = training_examples(encoded, SMALL)
    assert learned.n_names == 2
    assert learned_pairs(learned) == [(0, 0), (1, 1), (0, 0), (2, 1), (2, 2), (4, 0)]
    assert learned.blocks == (2, 1, 1)
    assert learned.unlabelled is None
    # Two mentions of one wording count √2 in all, one of two concepts once in all; a name counts 1.
    expected = np.array([1, 1, 2**-0.5, 0.5, 0.5, 2**-0.5])
    assert learned.weights.tolist() == pytest.approx((expected / expected.mean()).tolist())


def test_examples_that_are_not_kept_are_not_trained_on_and_the_others_keep_their_rows():
    encoded = replace(ENCODED, texts=ENCODED.texts[:5])
    kept = np.array([False, True, True, True, False, True, True])
    learned = training_examples(encoded, SMALL, kept)
    assert learned.n_names == 1
    assert learned_pairs(learned) == [(1, 1), (0, 0), (4, 0)]
    assert learned.names.tolist() == encoded.names.tolist()


def test_a_gloss_is_a_mention_of_its_concept_that_is_always_kept():
    encoded = replace(ENCODED, texts=ENCODED.texts[:8])
    learned = training_examples(encoded, SMALL, np.zeros(7, dtype=bool))
    assert learned.n_names == 0
    assert learned_pairs(learned) == [(5, 0), (6, 1), (7, 2)]
    whole = training_examples(encoded, SMALL)
    assert learned_pairs(whole)[-3:] == [(5, 0), (6, 1), (7, 2)]


def test_unlabelled_vectors_are_learned_beside_them():
    unlabelled = np.ones((3, 4), np.float32)
    learned = training_examples(replace(ENCODED, texts=ENCODED.texts[:5]), SMALL, unlabelled=unlabelled)
    assert learned.unlabelled.tolist() == unlabelled.tolist()


# The trainings of a fit


def test_the_regressor_learns_everything_and_those_of_the_splits_what_they_keep(watched):
    run, _, spy = watched
    encoded, ontology = read_encoded(run), ontology_of(run)
    splits = held_out_splits(ontology, encoded.examples, DOCUMENTS, 5)
    assert len(splits) == 2
    for split, expected in zip(spy.splits, splits, strict=True):
        assert split.kept.tolist() == expected.kept.tolist()
        assert split.held.tolist() == expected.held.tolist()
    for training, kept in zip(spy.trainings, (None, *(split.kept for split in splits)), strict=True):
        expected = training_examples(encoded, ontology, kept)
        assert learned_pairs(training.learned) == learned_pairs(expected)
        assert training.learned.weights.tolist() == expected.weights.tolist()
        assert training.learned.mentions.tolist() == expected.mentions.tolist()
        assert training.former is None


def test_the_splits_depend_on_the_seed_of_the_configuration(watched):
    run, _, spy = watched
    other = held_out_splits(ontology_of(run), read_encoded(run).examples, DOCUMENTS, 0)
    assert spy.splits[0].kept.tolist() != other[0].kept.tolist()


def test_a_regressor_of_a_split_has_half_the_epochs_and_all_else_of_the_configuration(watched):
    run, lines, spy = watched
    settings = run.config.fit_settings
    assert [each.settings.epochs for each in spy.trainings] == [5, 2, 2]  # half of five, rounded to an even number
    for each in spy.trainings:
        assert each.settings.model_copy(update={"epochs": 5}) == settings
    assert settings.seed == 5
    n_steps = -(-len(spy.trainings[1].learned) // settings.batch_size)
    assert any(line.startswith("cross-fitting, 1 of 2: 130 names") for line in lines)
    assert any(line.endswith(f"2 epochs of {n_steps} steps") for line in lines)


def test_a_regressor_of_a_split_has_one_epoch_at_least(world, finished, tmp_path):
    _, _, spy = spied(finished, tmp_path / "run", world.config(fit={"epochs": 1}))
    assert [each.settings.epochs for each in spy.trainings] == [1, 1, 1]


def test_where_no_epochs_are_configured_they_follow_from_the_number_of_examples(world, finished, tmp_path):
    config = world.config(fit={"epochs": None, "batch_size": 512})
    _, _, spy = spied(finished, tmp_path / "run", config)
    # 300 steps: two an epoch, and half as many epochs of one for cross-fitting
    assert [each.settings.epochs for each in spy.trainings] == [150, 150, 150]


def test_all_regressors_start_from_the_embedding_scale_radii(watched):
    run, _, spy = watched
    share = run.config.fit_settings.start_share
    assert 0 < share < 1
    expected = scale_radii(embedding_of(run), share)
    for training in spy.trainings:
        assert training.points.tolist() == expected.tolist()


@pytest.mark.parametrize("start", ["random", "construct"])
def test_the_start_and_its_share_are_those_of_the_configuration(world, finished, tmp_path, start):
    config = world.config(fit={"epochs": 1, "seed": 3}, research={"start": start, "start_share": 0.8})
    run, _, spy = spied(finished, tmp_path / "run", config)
    expected = scale_radii(initial_points(start, embedding_of(run), ontology_of(run), 3), 0.8)
    assert [each.points.tolist() for each in spy.trainings] == [expected.tolist()] * 3


def test_frozen_concepts_stay_where_the_embedding_has_them(world, finished, tmp_path):
    config = world.config(fit={"epochs": 1}, research={"concepts": "frozen"})
    run, _, spy = spied(finished, tmp_path / "run", config)
    assert spy.trainings[0].points.tolist() == embedding_of(run).tolist()
    assert np.load(run.path("fit", "points.npy")).tolist() == embedding_of(run).tolist()


def test_the_regressor_that_is_saved_is_the_one_that_learned_everything(watched):
    run, _, spy = watched
    saved = load_regressor(run.path("fit"))
    assert weights(saved)["network.layers.0.weight"] == weights(spy.trainings[0].regressor)["network.layers.0.weight"]
    points = spy.trainings[0].regressor.space.concept_points()
    assert np.load(run.path("fit", "points.npy")).tolist() == points.tolist()
    history = list(read_json_lines(run.path("fit", "history.jsonl")))
    assert [each["epoch"] for each in history] == [1, 2, 3, 4, 5]


def test_the_history_has_the_accuracy_of_the_regressor_on_dev_after_each_epoch(watched):
    run, _, _ = watched
    examples, ontology = read_examples(run.path("encode", "mentions.jsonl"))["dev"], ontology_of(run)
    nearest = load_regressor(run.path("fit")).rank(np.load(run.path("encode", "dev.npy")), 1).concepts[:, 0]
    right = [
        ontology.concept_ids[concept] in each.gold[0]
        for concept, each in zip(nearest, examples, strict=True)
        if len(each.gold) == 1 and each.gold[0]
    ]
    assert len(right) < len(examples)  # there are composite mentions
    history = list(read_json_lines(run.path("fit", "history.jsonl")))
    assert [0 <= each["dev_accuracy_at_1"] <= 1 for each in history] == [True] * 5
    assert history[-1]["dev_accuracy_at_1"] == sum(right) / len(right)
    assert len({each["dev_accuracy_at_1"] for each in history}) > 1


def test_without_dev_data_the_history_has_losses_alone_and_the_same_is_learned(world, finished, tmp_path):
    without, _ = rebuilt(finished, tmp_path / "run", world.config(data={"dev": ()}), "encode", "fit")
    for each in read_json_lines(without.path("fit", "history.jsonl")):
        assert each.keys() == {"epoch", "loss", "seconds"}
    assert contents(without, "fit", "history.jsonl") == contents(finished, "fit", "history.jsonl")


def test_the_ranker_and_the_calibration_learn_from_what_all_splits_said(watched):
    run, lines, spy = watched
    first = concatenated(spy.told)
    assert set(first.documents) <= {f"train {i}" for i in range(N_TRAIN)}
    ranker = train_ranker(first.candidates, first.is_target, of_names=False)
    assert load_ranker(run.path("fit", "ranker") / FIRST_WEIGHTS).weights.tolist() == ranker.weights.tolist()
    whole = with_features_of_documents(run, spy)
    ranker = train_ranker(whole.candidates, whole.is_target, of_names=False)
    assert load_ranker(run.path("fit", "ranker") / WEIGHTS).weights.tolist() == ranker.weights.tolist()
    calibration = load_calibration(run.path("fit", "calibration.json"))
    assert calibration == train_calibration(whole, DOCUMENTS)
    assert (calibration.source, calibration.n_documents) == ("documents", 6)
    assert calibration.n_mentions == len(whole.documents) == 6 * (PER_DOCUMENT - 1)  # each has a composite mention
    said = f"fit: confidences calibrated on {calibration.n_mentions} mentions of 6 documents, held out"
    assert lines[-2:] == [
        said,
        "fit: no relations and no placement of new concepts, 5 concepts could be held out; 30 are needed",
    ]


def with_features_of_documents(run, spy):
    """What the splits said, each with the points of its own regressor and the topics of its documents."""
    encoded = read_encoded(run)
    documents = list(dict.fromkeys(each.doc for each in encoded.examples if each.doc))
    topics = dict(zip(documents, np.load(run.path("encode", "topics.npy")), strict=True))
    of_concepts = read_tables(IndexBundle, run.path("encode", INDEX_FOLDER)).topics
    regressors = [training.regressor for training in spy.trainings[1:]]
    batches = [held_batch(encoded, split) for split in spy.splits]
    whole = concatenated(with_document_features(spy.told, batches, regressors, of_concepts, topics.__getitem__))
    assert whole.candidates.features[:, FEATURES.index("document_links")].any()
    return whole


def test_the_topics_of_training_documents_are_those_of_their_texts(finished, world):
    encoder = load_encoder(finished.path("encode"))
    texts = texts_of(read_documents(world.config().data.train, "auto"))
    for doc, topic in read_encoded(finished).topics.items():
        assert topic.tolist() == encoder.topics([texts[doc]])[0].tolist()


def test_placement_learns_with_the_names_and_the_ranker_that_linking_uses(world, finished, tmp_path, monkeypatch):
    given = []

    class Watched(PlacementTraining):
        def trained(self):
            given.append(self)
            return super().trained()

    monkeypatch.setattr(fit, "PlacementTraining", Watched)
    run, _ = rebuilt(finished, tmp_path / "run", world.config(fit={"epochs": 1, "seed": 9}), "fit")
    (training,) = given
    linker = Linker.from_run(run)
    stored = linker.generator.names
    assert list(training.ontology.concept_ids) == list(linker.ontology.concept_ids)
    assert training.encoded.examples == read_encoded(run).examples
    for ours, theirs in ((training.names.tfidf, stored.tfidf), (training.names.labels, stored.labels)):
        assert ours.concepts.tolist() == theirs.concepts.tolist()
        assert list(ours.ngrams) == list(theirs.ngrams)
        assert (ours.weights != theirs.weights).nnz == 0
    assert training.names.nearest.vectors.tolist() == stored.nearest.vectors.tolist()
    assert training.ranker.weights.tolist() == linker.ranker.weights.tolist()
    assert training.calibration == linker.calibration
    assert (training.mode, training.seed) == (linker.mode, 9)


def test_dev_documents_are_held_out_of_nothing(watched):
    *_, spy = watched
    assert not {doc for told in spy.told for doc in told.documents if doc.startswith("dev")}


def test_without_documents_the_ranker_moves_half_way_from_its_prior(world, finished, tmp_path):
    config = world.config(data={"train": ()})
    run, lines, spy = spied(finished, tmp_path / "run", config, "encode", "fit")
    (told,) = spy.told
    assert set(told.documents) == {""}
    ranker = train_ranker(told.candidates, told.is_target, of_names=True)
    assert load_ranker(run.path("fit", "ranker") / WEIGHTS).weights.tolist() == ranker.weights.tolist()
    assert ranker.weights.tolist() != train_ranker(told.candidates, told.is_target, of_names=False).weights.tolist()
    calibration = load_calibration(run.path("fit", "calibration.json"))
    assert calibration == train_calibration(told, NAMES)
    assert f"fit: no confidences, {calibration.reason}" in lines
    assert any(line.startswith("cross-fitting: ") for line in lines)


def test_with_too_few_names_the_ranker_is_the_prior_one(world, tmp_path):
    there = world.copied_to(tmp_path / "world")
    write_ontology([Concept("D:1", "heart"), Concept("D:2", "lung")], there.ontology)
    config = there.config(data={"train": (), "dev": ()})
    run, _ = built(tmp_path / "run", config, "train-ontology", "encode", "fit")
    assert load_ranker(run.path("fit", "ranker") / WEIGHTS).weights.tolist() == prior_ranker().weights.tolist()
    reason = "the ontology has too few names to hold any out"
    assert load_calibration(run.path("fit", "calibration.json")) == Uncalibrated(reason)


def test_torch_has_the_threads_of_the_configuration(world, finished, tmp_path):
    before = torch.get_num_threads()
    try:
        rebuilt(finished, tmp_path / "run", world.config(fit={"epochs": 1, "batch_size": 1000, "threads": 2}), "fit")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# What a held-out document may not change


@pytest.fixture(scope="module")
def changed(world, finished, tmp_path_factory):
    """The watched run with one document, of those that the first split holds out, that has other text and gold."""
    folder = tmp_path_factory.mktemp("changed")
    examples = read_encoded(finished).examples
    first, _ = held_out_splits(ontology_of(finished), examples, DOCUMENTS, 5)
    out = sorted({each.doc for each, kept in zip(examples, first.kept, strict=True) if not kept})[0]
    documents = [document(f"train {i}", 1 if f"train {i}" == out else 0) for i in range(N_TRAIN)]
    train = write_lines(folder / "train.jsonl", documents)
    config = world.config(data={"train": (train,)}, fit={"seed": 5, "epochs": 5})
    return out, *spied(finished, folder / "run", config, "encode", "fit")


def test_a_held_out_document_changes_nothing_that_the_regressor_of_its_split_learns(watched, changed):
    before, after = watched[2].trainings, changed[3].trainings
    assert weights(after[1].regressor) == weights(before[1].regressor)
    # The others have learned it.
    assert weights(after[0].regressor) != weights(before[0].regressor)
    assert weights(after[2].regressor) != weights(before[2].regressor)


def test_a_held_out_document_changes_nothing_that_is_said_of_the_others_of_its_split(watched, changed):
    out, first, again = changed[0], watched[2].told[0], changed[3].told[0]
    assert out in first.documents

    def said(told):
        """Candidates, features and outcome of each mention of other documents, in order."""
        mentions = [[] for _ in told.documents]
        parts = (told.candidates.concepts, told.candidates.features, told.is_gold, told.is_target)
        for mention, *row in zip(told.candidates.mentions, *(each.tolist() for each in parts), strict=True):
            mentions[mention].append(row)
        return [each for each, doc in zip(mentions, told.documents, strict=True) if doc != out]

    assert said(again) == said(first)
    assert again.documents == first.documents
    assert again.candidates.features.tolist() != first.candidates.features.tolist()


# Unlabelled text


@pytest.fixture(scope="module")
def unlabelled(world, finished, tmp_path_factory):
    """The configuration of the finished run with unlabelled text, and the run encoded so."""
    folder = tmp_path_factory.mktemp("unlabelled")
    text = write_lines(folder / "text.jsonl", [{"doc": "t", "text": "A heart tumour, and cysts of the lung."}])
    data = {"unlabelled": (text,)}
    run, _ = rebuilt(finished, folder / "run", world.config(data=data), "encode")
    return data, run


def test_unlabelled_mentions_are_used_if_their_loss_has_a_weight(world, unlabelled, tmp_path):
    data, run = unlabelled
    config = world.config(data=data, fit={"epochs": 1}, research={"clustering_weight": 0.5})
    _, lines, spy = spied(run, tmp_path / "run", config)
    expected = np.load(run.path("encode", "unlabelled.npy")).tolist()
    assert len(expected) == 2
    assert [each.learned.unlabelled.tolist() for each in spy.trainings] == [expected] * 3
    assert "fit: 2 unlabelled mentions beside them" in lines


def test_without_a_weight_unlabelled_mentions_are_not_looked_at(world, unlabelled, finished, tmp_path):
    data, run = unlabelled
    copy, lines, spy = spied(run, tmp_path / "run", world.config(data=data))
    assert {each.learned.unlabelled for each in spy.trainings} == {None}
    assert any("2 unlabelled mentions not used" in line for line in lines)
    assert contents(copy, "fit", "history.jsonl") == contents(finished, "fit", "history.jsonl")


def test_a_weight_without_unlabelled_mentions_is_refused(world, finished, tmp_path):
    with pytest.raises(InputError, match=r"clustering_weight is 0\.5 and there is no unlabelled text"):
        rebuilt(finished, tmp_path / "run", world.config(research={"clustering_weight": 0.5}), "fit")


# An update


def release(path):
    """A new release in another order: one concept went, one came, one has another id."""
    by_id = {concept.concept_id: concept for concept in concepts()}
    del by_id["D:11"]
    by_id["D:X"] = replace(by_id.pop("D:33"), concept_id="D:X", alternative_ids=("D:33",))
    by_id["D:new"] = Concept("D:new", "lung growth", parents=("D:2",))
    write_ontology(list(by_id.values())[::-1], path)
    return path


def updated(world, former, folder, **sections):
    config = world.config(**{**sections, "data": {"ontology": release(folder / "release.obo")}})
    run, reporter = Run.create(folder / "run", config), Reporter()
    with pytest.MonkeyPatch.context() as patch:
        spy = Spy(patch)
        for stage in ("train-ontology", "encode", "fit"):
            update_stage(stage, run, former, reporter)
    return run, reporter.lines, spy


def test_an_update_goes_on_from_the_former_regressor_for_a_tenth_of_the_epochs(world, finished, tmp_path):
    run, lines, spy = updated(world, finished, tmp_path, fit={"epochs": 34})
    (training,) = spy.trainings
    assert training.settings.epochs == 3
    former = load_regressor(finished.path("fit"))
    assert training.former == weights(former)
    expected = points_in_new_release(ontology_of(finished), ontology_of(run), former, read_encoded(run))
    assert training.points.tolist() == expected.tolist()
    assert learned_pairs(training.learned) == learned_pairs(training_examples(read_encoded(run), ontology_of(run)))
    assert any(line.startswith("fitting on: ") for line in lines)
    assert [each["epoch"] for each in read_json_lines(run.path("fit", "history.jsonl"))] == [1, 2, 3]


def test_an_update_keeps_the_ranker_and_its_calibration(world, finished, tmp_path):
    run, _, spy = updated(world, finished, tmp_path)
    assert spy.told == []
    for name in ("ranker/weights.json", "calibration.json"):
        assert contents(run, "fit")[name] == contents(finished, "fit")[name]
    saved = np.load(run.path("fit", "points.npy"))
    assert saved.tolist() == spy.trainings[0].regressor.space.concept_points().tolist()


def test_without_tuned_points_in_the_ball_an_update_fits_anew(world, finished, tmp_path):
    research = {"concepts": "frozen"}
    former, _ = rebuilt(finished, tmp_path / "former", world.config(fit={"epochs": 2}, research=research), "fit")
    _, _, spy = updated(world, former, tmp_path, fit={"epochs": 2}, research=research)
    assert [each.settings.epochs for each in spy.trainings] == [2, 1, 1]
    assert [each.former for each in spy.trainings] == [None] * 3


def test_unchanged_concepts_keep_their_points_and_new_ones_get_the_mean_of_their_names_and_mentions():
    old = Ontology([Concept("X:0", "rod"), Concept("X:1", "cone"), Concept("X:2", "lens")])
    new = Ontology(
        [
            Concept("Y:0", "iris"),
            Concept("X:2", "lens"),
            Concept("Y:1", "pupil"),
            Concept("X:7", "cone", alternative_ids=("X:1",)),
            Concept("Y:2", "retina"),
        ]
    )
    torch.manual_seed(0)
    points = np.array([[0.1, 0.2], [0.3, -0.1], [-0.2, 0.4]])
    network = Network(4, 0, 2, LastLayer("linear", "cosine", 0.3))
    regressor = Regressor(Whitening((2, 1, 1)), network, PoincareSpace(points, "expmap0", tuned=False), True)
    examples = [
        Example("lens", "lens", (("X:2",),)),
        Example("iris", "iris", (("Y:0",),)),
        Example("irises", "irises", (("Y:0",),), "a"),
        Example("both", "both", (("Y:0",), ("Y:1",)), "a"),
        Example("either", "either", (("Y:1", "X:2"),), "a"),
        Example("none", "none", ((),), "a"),
    ]
    vectors = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    vectors[:2, 2:] = 0
    encoded = Encoded(examples, vectors[:2, :2], vectors[2:], (2, 1, 1))
    found = points_in_new_release(old, new, regressor, encoded)
    sent = regressor.points(vectors)
    assert found[new.index_of["X:2"]].tolist() == points[2].tolist()
    assert found[new.index_of["X:7"]].tolist() == points[1].tolist()
    assert found[new.index_of["Y:0"]] == pytest.approx((sent[1] + sent[2]) / 2)  # of its name and its mention
    assert found[new.index_of["Y:1"]] == pytest.approx(sent[4])
    assert found[new.index_of["Y:2"]].tolist() == [0, 0]  # nothing is known of it
