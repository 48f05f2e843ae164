"""Training agrees with gensim, stays finite, is reproducible and resumes after an interruption."""

from itertools import islice

import numpy as np
import pytest
import torch
from gensim.models.poincare import PoincareKeyedVectors, PoincareModel
from hypothesis import given, settings
from hypothesis import strategies as st

from hyplink.config import TrainOntologySettings
from hyplink.poincare import training
from hyplink.poincare.geometry import dist
from hyplink.poincare.keyed_vectors import write_keyed_vectors
from hyplink.poincare.trainers.checkpoint import Checkpoint
from hyplink.poincare.training import train_points
from tests.poincare.conftest import ZOO_CLOSURE, trees

ZOO = np.array(ZOO_CLOSURE, np.int32)
TRAINERS = pytest.mark.parametrize("trainer", ["gensim", "fast", "construct"])


def settings_of(**changed):
    defaults = {"trainer": "fast", "dim": 3, "epochs": 8, "burn_in_epochs": 2, "negatives": 2, "threads": 1}
    return TrainOntologySettings(**{**defaults, **changed})


def trained(relations=ZOO, n_concepts=10, **changed):
    *_, last = train_points(settings_of(**changed), relations, n_concepts)
    return last


def radii(points):
    return 2 * np.arctanh(np.linalg.norm(points, axis=1))


def test_the_gensim_trainer_gives_the_points_of_gensim_bit_for_bit():
    model = PoincareModel(ZOO.tolist(), size=4, negative=3, burn_in=2, seed=5)
    model.train(epochs=6)
    last = trained(trainer="gensim", gensim_clip=True, dim=4, negatives=3, epochs=6, seed=5)
    assert np.array_equal(last.points[model.kv.index_to_key], model.kv.vectors)


def test_gensim_loads_the_keyed_vectors(tmp_path):
    ids = [f"Z:{i}" for i in range(10)]
    points = trained().points
    write_keyed_vectors(tmp_path / "poincare.kv", ids, points, np.bincount(ZOO.ravel(), minlength=10))
    vectors = PoincareKeyedVectors.load(str(tmp_path / "poincare.kv"))
    assert vectors.index_to_key == ids
    assert np.array_equal(vectors["Z:3"], points[3])
    assert vectors.get_vecattr("Z:0", "count") == 8
    assert vectors.most_similar("Z:8", topn=1)[0][0] in ids


@TRAINERS
def test_no_point_exceeds_the_maximum_radius(trainer):
    last = trained(trainer=trainer, max_radius=1.5, lr=2.0, epochs=30)
    assert radii(last.points).max() <= 1.5 * (1 + 1e-5)


@TRAINERS
@pytest.mark.parametrize("negatives", [1, 10, 3000])
def test_two_concepts_are_trained_with_any_number_of_negatives(trainer, negatives):
    last = trained(np.array([[1, 0]], np.int32), 2, trainer=trainer, negatives=negatives)
    assert last.points.shape == (2, 3)
    assert np.isfinite(last.points).all()
    assert last.figures.reconstruction.mean_average_precision == 1.0


@TRAINERS
def test_concepts_without_relations_have_distinct_points(trainer):
    points = trained(np.array([[1, 0], [2, 0]], np.int32), 6, trainer=trainer).points
    assert len(np.unique(points.round(9), axis=0)) == 6


@TRAINERS
def test_an_ontology_without_relations_has_points(trainer):
    last = trained(np.empty((0, 2), np.int32), 3, trainer=trainer)
    assert np.isfinite(last.points).all()
    assert last.epoch == last.n_epochs


def test_the_gensim_trainer_terminates_with_so_many_negatives_that_gensim_would_not():
    star = np.array([(child, child % 3) for child in range(3, 700)], np.int32)
    assert np.isfinite(trained(star, 700, trainer="gensim", negatives=120, epochs=1, burn_in_epochs=0).points).all()


@settings(max_examples=25)
@given(trees(sizes=(2, 30)), st.integers(1, 20), st.floats(1e-3, 10), st.floats(0.1, 12), st.floats(0.1, 20))
def test_points_stay_finite_with_any_settings(tree, negatives, lr, max_radius, inverse_temperature):
    relations, n = tree
    last = trained(
        relations, n, negatives=negatives, lr=lr, max_radius=max_radius, inverse_temperature=inverse_temperature
    )
    assert np.isfinite(last.points).all()
    assert np.isfinite(last.loss)
    assert radii(last.points).max() <= max_radius * (1 + 1e-2)


def test_training_ranks_ancestors_before_other_concepts():
    last = trained(dim=5, epochs=400, burn_in_epochs=20, negatives=5, max_radius=12.0, lr=0.2)
    assert last.figures.reconstruction.mean_average_precision > 0.95


@TRAINERS
def test_training_is_reproducible_bit_for_bit(trainer):
    assert np.array_equal(trained(trainer=trainer).points, trained(trainer=trainer).points)


@pytest.mark.parametrize("init", ["random", "construct"])
@pytest.mark.parametrize(
    "chosen", [{"trainer": "gensim"}, {"trainer": "fast"}, {"trainer": "fast", "refine_epochs": 6, "hard_negatives": 2}]
)
def test_an_interrupted_training_resumes_and_gives_the_same_points_bit_for_bit(tmp_path, monkeypatch, chosen, init):
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    chosen = settings_of(**chosen, embedding_init=init, evaluate_every=2, patience=50)
    *_, uninterrupted = train_points(chosen, ZOO, 10)
    for _ in islice(train_points(chosen, ZOO, 10, tmp_path / "checkpoints"), 5):
        pass
    resumed = list(train_points(chosen, ZOO, 10, tmp_path / "checkpoints"))
    assert resumed[0].epoch == 6
    assert np.array_equal(resumed[-1].points, uninterrupted.points)
    assert resumed[-1].figures == uninterrupted.figures
    assert not list((tmp_path / "checkpoints").iterdir())


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_ignored(tmp_path):
    ours = Checkpoint.from_training(tmp_path, settings_of(), ZOO, 10)
    ours.write({"epoch": np.array(3)})
    assert int(ours.read()["epoch"]) == 3
    assert Checkpoint.from_training(tmp_path, settings_of(lr=0.2), ZOO, 10).read() is None
    assert Checkpoint.from_training(tmp_path, settings_of(), ZOO[::-1], 10).read() is None
    ours.path.write_bytes(ours.path.read_bytes()[:100])
    assert ours.read() is None


def test_metrics_are_computed_every_evaluate_every_epochs_and_at_the_end():
    records = list(train_points(settings_of(evaluate_every=4), ZOO, 10))
    assert [record.epoch for record in records if record.figures] == [4, 8, 10]


def test_early_stopping_returns_the_best_evaluated_points():
    records = list(
        train_points(settings_of(epochs=500, evaluate_every=1, patience=3, lr=10.0, max_radius=12.0), ZOO, 10)
    )
    scores = [record.figures.reconstruction.mean_average_precision for record in records]
    assert len(records) < 502
    assert scores[-1] == max(scores)


def test_held_out_pairs_are_implied_by_other_pairs():
    last = trained(held_out_edges=0.5)
    assert last.figures.prediction.n_concepts >= 1
    assert last.figures.reconstruction.n_concepts == 8  # every concept keeps its parents


def test_refinement_starts_from_the_points_of_the_preceding_epochs():
    records = list(train_points(settings_of(refine_epochs=3), ZOO, 10))
    assert [record.epoch for record in records] == list(range(1, 14))
    assert np.array_equal(records[9].points, trained().points)
    assert not np.array_equal(records[-1].points, trained(epochs=11).points)


def test_training_with_two_threads_ranks_ancestors_before_other_concepts():
    last = trained(dim=5, epochs=400, burn_in_epochs=20, negatives=5, max_radius=12.0, lr=0.2, threads=2)
    assert last.figures.reconstruction.mean_average_precision > 0.95


def test_gensim_prints_and_logs_nothing(capfd, caplog):
    trained(trainer="gensim")
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


@settings(max_examples=20)
@given(trees(sizes=(2, 30)), st.randoms(use_true_random=False), st.sampled_from(["gensim", "fast", "construct"]))
def test_frozen_points_stay_unchanged_bit_for_bit_and_the_others_stay_within_the_maximum_radius(tree, random, trainer):
    relations, n = tree
    before = trained(relations, n, trainer=trainer, max_radius=2.0).points
    frozen = before.copy()
    frozen[[i for i in range(n) if random.random() < 0.3]] = np.nan
    *_, last = train_points(settings_of(trainer=trainer, max_radius=2.0), relations, n, None, frozen)
    is_frozen = ~np.isnan(frozen[:, 0])
    assert np.array_equal(last.points[is_frozen], frozen[is_frozen])
    assert (radii(last.points) <= 2.0 + 1e-6).all()


def test_a_concept_trained_among_frozen_points_is_placed_nearest_to_its_parent():
    before = trained(epochs=200, dim=5).points
    for leaf, parent, unrelated in ((8, 3, (4, 5, 6, 7)), (6, 2, (3, 4, 5, 8)), (4, 1, (6, 7))):
        frozen = before.copy()
        frozen[leaf] = np.nan
        *_, last = train_points(settings_of(epochs=200, dim=5), ZOO, 10, None, frozen)
        near = dist(torch.from_numpy(last.points[leaf]), torch.from_numpy(last.points)).numpy()
        assert near[parent] < near[list(unrelated)].min()
