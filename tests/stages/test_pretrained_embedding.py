"""Runs whose concept points come from an embedding made elsewhere, `train_ontology.embedding`."""

import math
from dataclasses import replace

import numpy as np
import pytest
from gensim.models.poincare import PoincareKeyedVectors, PoincareModel

from hyplink.errors import InputError
from hyplink.ontology import load_ontology
from hyplink.run import Run, read_json_lines
from hyplink.stages import STAGES, update_stage
from tests.stages.world import Reporter, built, concepts, write_ontology

IDS = [concept.concept_id for concept in concepts()]


@pytest.fixture(scope="module")
def vectors(world):
    """The world's diseases as gensim embeds them, in an order of its own."""
    relations = [(each.concept_id, parent) for each in concepts()[::-1] for parent in each.parents]
    model = PoincareModel(relations, size=3, negative=5, seed=1)
    model.train(epochs=30)
    assert model.kv.index_to_key != IDS
    return model.kv


@pytest.fixture(scope="module")
def file(vectors, tmp_path_factory):
    path = tmp_path_factory.mktemp("embedding") / "mine.kv"
    vectors.save(str(path))
    return path


def saved(path, keys, points):
    vectors = PoincareKeyedVectors(np.shape(points)[1], 0)
    vectors.index_to_key, vectors.vectors = list(keys), np.array(points, np.float64)
    vectors.save(str(path))
    return path


def points_of(run, stage="train-ontology"):
    return np.load(run.path(stage, "points.npy"))


def built_from(world, folder, path, *stages, dim=3, **research):
    config = world.config(train_ontology={"embedding": path, "dim": dim}, research=research)
    return built(folder, config, *(stages or ["train-ontology"]))


def test_row_i_of_the_points_is_the_files_point_of_concept_i(world, file, vectors, tmp_path):
    run, lines = built_from(world, tmp_path / "run", file)
    assert points_of(run).tolist() == [vectors[each].tolist() for each in IDS]
    assert f"train-ontology: the points of 25 concepts are read from {file}" in lines
    (record,) = read_json_lines(run.path("train-ontology", "history.jsonl"))
    assert 0 < record["figures"]["reconstruction"]["mean_average_precision"] <= 1
    again = PoincareKeyedVectors.load(str(run.path("train-ontology", "poincare.kv")))
    assert again["D:20"].tolist() == vectors["D:20"].tolist()


def test_frozen_concepts_keep_the_files_points_and_tuned_ones_move(world, file, vectors, tmp_path):
    stages = ("train-ontology", "encode", "fit", "evaluate")
    frozen, _ = built_from(world, tmp_path / "frozen", file, *stages, concepts="frozen")
    tuned, _ = built_from(world, tmp_path / "tuned", file, *stages, concepts="tuned")
    assert points_of(frozen, "fit").tolist() == points_of(frozen).tolist()
    assert points_of(tuned, "fit").shape == (25, 3)
    assert np.abs(points_of(tuned, "fit") - points_of(tuned)).max() > 0.01


def test_a_concept_without_a_point_is_named_with_the_keys_that_are_no_concepts(world, vectors, tmp_path):
    keys = [each.replace("D:2", "D_2") for each in vectors.index_to_key]
    path = saved(tmp_path / "mine.kv", keys, vectors.vectors)
    with pytest.raises(InputError, match=r"no point for 6 of 25 concepts: D:2, D:20, D:21, …;.*none: D_2\d?, D_2"):
        built_from(world, tmp_path / "run", path)


def test_keys_that_are_no_concepts_are_reported_and_left_out(world, vectors, tmp_path):
    path = saved(tmp_path / "mine.kv", ["Z:1", *vectors.index_to_key], np.vstack([np.zeros(3), vectors.vectors]))
    run, lines = built_from(world, tmp_path / "run", path)
    assert f"train-ontology: {path}: keys that are no concept ids, left out: 1 (Z:1)" in lines
    assert points_of(run).tolist() == [vectors[each].tolist() for each in IDS]


def test_another_dimension_than_that_of_the_settings_is_refused(world, file, tmp_path):
    with pytest.raises(InputError, match=r"3 dimensions, and train_ontology\.dim is 4; set train_ontology\.dim to 3"):
        built_from(world, tmp_path / "run", file, dim=4)


def test_points_at_the_rim_as_gensim_puts_them_are_moved_to_what_single_precision_can_represent(world, tmp_path):
    points = np.full((25, 2), 0.1)
    points[3], points[4] = (0.99999, 0.0), (0.0, math.tanh(11.9 / 2))
    run, lines = built_from(world, tmp_path / "run", saved(tmp_path / "mine.kv", IDS, points), dim=2)
    assert any("beyond hyperbolic radius 12," in line and line.endswith("moved back to it: 1") for line in lines)
    radii = 2 * np.arctanh(np.linalg.norm(points_of(run), axis=1))
    assert radii[3] == pytest.approx(12)
    assert np.delete(points_of(run), 3, axis=0).tolist() == np.delete(points, 3, axis=0).tolist()


def test_embeddings_at_the_rim_can_be_fitted_frozen(world, tmp_path):
    draw = np.random.default_rng(0).standard_normal((25, 3))
    points = 0.99999 * draw / np.linalg.norm(draw, axis=1, keepdims=True)
    path = saved(tmp_path / "mine.kv", IDS, points)
    run, _ = built_from(world, tmp_path / "run", path, "train-ontology", "encode", "fit", concepts="frozen")
    assert points_of(run, "fit").tolist() == points_of(run).tolist()


def test_the_stage_is_stale_when_the_file_or_the_array_beside_it_changes(world, vectors, tmp_path):
    path = tmp_path / "mine.kv"
    vectors.save(str(path), sep_limit=1)
    run, _ = built_from(world, tmp_path / "run", path)
    assert run.is_fresh(STAGES["train-ontology"])
    np.save(f"{path}.vectors.npy", vectors.vectors / 2)
    assert run.is_fresh(STAGES["train-ontology"]).reason == "input train_ontology.embedding changed"
    saved(path, vectors.index_to_key, vectors.vectors)
    assert run.is_fresh(STAGES["train-ontology"]).reason == "input train_ontology.embedding changed"


def test_an_update_takes_all_points_from_the_file(world, file, vectors, tmp_path):
    former, _ = built_from(world, tmp_path / "former", file)
    by_id = {concept.concept_id: concept for concept in concepts()}
    by_id["D:20"] = replace(by_id["D:20"], parents=("D:3",))
    del by_id["D:11"]
    write_ontology(list(by_id.values())[::-1], tmp_path / "release.obo")
    data = former.config.data.model_copy(update={"ontology": tmp_path / "release.obo"})
    run = Run.create(tmp_path / "run", former.config.model_copy(update={"data": data}))
    update_stage("train-ontology", run, former, Reporter())
    ids = load_ontology(run.path("train-ontology", "ontology")).concept_ids
    assert len(ids) == 24
    assert points_of(run).tolist() == [vectors[each].tolist() for each in ids]
