import shutil
from dataclasses import replace

import numpy as np
import pytest

from hyplink.config import TrainOntologySettings
from hyplink.errors import InputError
from hyplink.ontology import Concept, load_ontology
from hyplink.poincare.training import train_points
from hyplink.run import Run, read_json_lines
from hyplink.stages import update_stage
from tests.stages.world import Reporter, built, concepts, contents, write_ontology

GENSIM = "poincare.kv"  # gensim writes down when it was saved, and where


def points_of(run):
    return np.load(run.path("train-ontology", "points.npy"))


def ontology_of(run):
    return load_ontology(run.path("train-ontology", "ontology"))


def history_of(run):
    return list(read_json_lines(run.path("train-ontology", "history.jsonl")))


def trained(world, folder, **settings):
    run, _ = built(folder, world.config(**settings), "train-ontology")
    return run


def last_points(settings, relations, n_concepts):
    *_, record = train_points(settings, relations, n_concepts)
    return record.points


def test_row_i_of_the_points_is_concept_i_of_the_file(finished):
    ids = [concept.concept_id for concept in concepts()]
    assert finished.path("train-ontology", "concepts.txt").read_text().splitlines() == ids
    assert list(ontology_of(finished).concept_ids) == ids
    assert points_of(finished).shape == (len(ids), 4)
    assert points_of(finished).dtype == np.float64


def test_gensim_reads_the_same_points_under_the_concepts_ids(finished):
    from gensim.models.poincare import PoincareKeyedVectors

    vectors = PoincareKeyedVectors.load(str(finished.path("train-ontology", "poincare.kv")))
    ontology = ontology_of(finished)
    for concept_id, row in ontology.index_of.items():
        assert vectors[concept_id].tolist() == points_of(finished)[row].tolist()
        n_pairs = len(ontology.ancestors(concept_id)) - 1 + len(ontology.descendants(concept_id)) - 1
        assert vectors.get_vecattr(concept_id, "count") == n_pairs


@pytest.mark.parametrize(
    "settings",
    [
        {"train_ontology": {"seed": 7}},
        {"train_ontology": {"dim": 3, "lr": 0.3}},
        {"train_ontology": {"epochs": 3, "negatives": 5}},
        {"research": {"embedding_pairs": "parents"}},
        {"train_ontology": {"trainer": "construct"}},
    ],
)
def test_the_points_are_those_that_the_settings_and_the_hierarchy_give(world, tmp_path, finished, settings):
    run = trained(world, tmp_path / "run", **settings)
    ontology = ontology_of(run)
    of_parents = settings.get("research", {}).get("embedding_pairs") == "parents"
    relations = ontology.edges() if of_parents else ontology.closure()
    assert len(relations) == (24 if of_parents else 44)
    expected = last_points(run.config.train_ontology_settings, relations, len(ontology))
    assert points_of(run).tolist() == expected.tolist()
    assert points_of(run).shape != points_of(finished).shape or (points_of(run) != points_of(finished)).any()


def test_the_history_has_a_line_for_each_epoch_and_figures_at_the_end(finished):
    history = history_of(finished)
    assert [each["epoch"] for each in history] == list(range(1, 9))  # burn-in among them
    assert ["figures" in each for each in history] == [False] * 7 + [True]
    losses = [each["loss"] for each in history]
    assert losses[0] > losses[-1] > 0


def test_checkpoints_are_not_kept(finished):
    assert not (finished.folder / "train-ontology" / "checkpoints").exists()


def test_the_same_settings_give_the_same_files(world, finished, tmp_path):
    again = trained(world, tmp_path / "run")
    assert contents(again, "train-ontology", GENSIM) == contents(finished, "train-ontology", GENSIM)


def test_the_texts_are_not_looked_at(world, finished, tmp_path):
    other = trained(world, tmp_path / "run", data={"train": (), "dev": (world.train,)})
    assert contents(other, "train-ontology", GENSIM) == contents(finished, "train-ontology", GENSIM)


def test_without_an_ontology_there_is_nothing_to_train(tmp_path, world):
    with pytest.raises(InputError, match=r"data\.ontology"):
        trained(world, tmp_path / "run", data={"ontology": None})


def test_settings_have_the_defaults_that_the_tests_count_on():
    assert (TrainOntologySettings().trainer, TrainOntologySettings().embedding_pairs) == ("fast", "ancestors")


# An update


@pytest.fixture(scope="module")
def updated(finished, tmp_path_factory):
    """A new release in another order: one concept came, one went, one moved to another organ, one has another id."""
    folder = tmp_path_factory.mktemp("release")
    by_id = {concept.concept_id: concept for concept in concepts()}
    del by_id["D:11"]
    by_id["D:20"] = replace(by_id["D:20"], parents=("D:3",))
    by_id["D:X"] = replace(by_id.pop("D:33"), concept_id="D:X", alternative_ids=("D:33",))
    by_id["D:new"] = Concept("D:new", "lung fever", parents=("D:2",))
    write_ontology(list(by_id.values())[::-1], folder / "release.obo")
    data = finished.config.data.model_copy(update={"ontology": folder / "release.obo"})
    run, reporter = Run.create(folder / "run", finished.config.model_copy(update={"data": data})), Reporter()
    update_stage("train-ontology", run, finished, reporter)
    return run, reporter.lines


def test_concepts_with_unchanged_relations_keep_bit_identical_points(updated, finished):
    run, lines = updated
    old, new = ontology_of(finished), ontology_of(run)
    former = {concept_id: concept_id for concept_id in new.concept_ids} | {"D:X": "D:33"}
    kept = [concept_id for concept_id in new.concept_ids if concept_id not in ("D:20", "D:new")]
    assert new.concept_ids[:2] != old.concept_ids[:2]
    assert len(kept) == 23
    for concept_id in kept:
        before, after = points_of(finished)[old.index_of[former[concept_id]]], points_of(run)[new.index_of[concept_id]]
        assert after.tolist() == before.tolist(), concept_id
    assert "train-ontology: 23 concepts kept in place, 2 to be placed" in lines


def test_concepts_that_came_or_moved_are_placed_anew(updated, finished):
    run, _ = updated
    old, new = ontology_of(finished), ontology_of(run)
    assert np.isfinite(points_of(run)).all()
    moved = points_of(run)[new.index_of["D:20"]]
    assert moved.tolist() != points_of(finished)[old.index_of["D:20"]].tolist()
    assert len(np.unique(points_of(run), axis=0)) == len(new)


def test_an_update_has_no_burn_in(updated):
    assert [each["epoch"] for each in history_of(updated[0])] == list(range(1, 7))


def test_an_update_leaves_the_former_run_alone(finished, updated, tmp_path):
    before = contents(finished, "train-ontology")
    copy = Run.open(shutil.copytree(finished.folder, tmp_path / "copy"))
    update_stage("train-ontology", updated[0], copy, Reporter())
    assert contents(copy, "train-ontology") == before
