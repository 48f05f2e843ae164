"""The regressor learns, is saved and loaded, and ranks concepts; training examples are weighted and sampled."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from hyplink.config import FitSettings
from hyplink.errors import InputError, RunError
from hyplink.ontology import read_ontology
from hyplink.regressor import TrainingExamples, load_regressor, train_regressor
from hyplink.regressor.losses import HierarchyTargets, clustering_loss

N, BLOCKS = 10, (6, 2)


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    """Hierarchy targets of ten concepts: 0 is the parent of 1 and 2, 1 of 3 to 5, 2 of 6 to 8, and 8 of 9."""
    path = tmp_path_factory.mktemp("tree") / "tree.tsv"
    edges = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 8}
    path.write_text("".join(f"C:{child}\tC:{parent}\n" for child, parent in edges.items()))
    return HierarchyTargets.from_ontology(read_ontology(path))


def _names(seed=0):
    vectors = np.random.default_rng(seed).normal(size=(N, 8)).astype(np.float32)
    vectors[:, 6:] = 0
    return vectors


def _points():
    return np.random.default_rng(1).uniform(-0.3, 0.3, size=(N, 3))


def _trained(targets, unlabelled=None, **settings):
    none = np.zeros((0, 8), np.float32)
    gold = [[concept] for concept in range(N)]
    examples = TrainingExamples.from_vectors(_names()[:, :6], none, [], gold, BLOCKS, unlabelled)
    defaults = {"epochs": 300, "hidden": 32, "batch_size": 5, "hierarchy_smoothing": 0.1}
    return list(train_regressor(FitSettings(**(defaults | settings)), examples, _points(), targets))


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_a_toy_problem_is_learned_without_errors(targets, space):
    records = _trained(targets, space=space)
    assert records[-1].regressor.rank(_names(), 1).concepts[:, 0].tolist() == list(range(N))
    assert records[-1].loss < records[0].loss
    assert [record.epoch for record in records] == list(range(1, 301))


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_a_loaded_regressor_ranks_as_the_saved_one(targets, space, tmp_path):
    regressor = _trained(targets, space=space, epochs=3)[-1].regressor
    regressor.save(tmp_path)
    before, after = regressor.rank(_names(7), 4), load_regressor(tmp_path).rank(_names(7), 4)
    assert (before.concepts == after.concepts).all()
    assert before.scores == pytest.approx(after.scores, abs=1e-12)
    assert (tmp_path / "points.npy").exists() == (space != "flat")


@pytest.mark.parametrize("hidden", [0, 8])
def test_the_weights_of_earlier_runs_are_loaded_by_their_former_names(targets, hidden, tmp_path):
    regressor = _trained(targets, epochs=1, layer="angular", hidden=hidden)[-1].regressor
    regressor.save(tmp_path)
    former = {
        name.replace("max_radius", "reach").replace("parametrizations.weights.original", "weights"): weight
        for name, weight in load_file(tmp_path / "regressor.safetensors").items()
    }
    assert {"space.reach", "network.layers.3.weights" if hidden else "network.layers.weights"} <= former.keys()
    save_file(former, tmp_path / "regressor.safetensors")
    assert (load_regressor(tmp_path).points(_names(7)) == regressor.points(_names(7))).all()


def test_training_depends_only_on_the_seed(targets):
    first, again, other = (
        _trained(targets, epochs=2, seed=seed)[-1].regressor.rank(_names(7), 3).scores for seed in (5, 5, 6)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_the_clustering_loss_reduces_the_entropy_of_predictions_for_unlabelled_mentions(targets):
    unlabelled = np.random.default_rng(3).normal(size=(40, 8)).astype(np.float32)
    unlabelled[:, 6:] = 0

    def entropy(regressor):
        logits = regressor.space.logits(regressor.outputs(unlabelled))
        return clustering_loss(logits, None, gamma=0.0).item()

    settings = {"concepts": "frozen", "hierarchy_smoothing": 0.0}
    trained_without = _trained(targets, **settings)[-1].regressor
    trained_with = _trained(targets, unlabelled, clustering_weight=0.1, **settings)[-1].regressor
    assert entropy(trained_with) < entropy(trained_without)
    assert trained_with.rank(_names(), 1).concepts[:, 0].tolist() == list(range(N))


def test_contexts_of_unlabelled_mentions_are_ignored_if_no_labelled_example_has_one(targets):
    without_context, with_context = np.zeros((20, 8), np.float32), np.ones((20, 8), np.float32)
    with_context[:, :6] = 0
    first, second = (
        _trained(targets, each, clustering_weight=1.0, epochs=2)[-1].regressor.rank(_names(7), 3).scores
        for each in (without_context, with_context)
    )
    assert (first == second).all()


def test_tuned_points_stay_inside_the_ball(targets):
    regressor = _trained(targets, epochs=50, points_lr=0.1)[-1].regressor
    assert np.linalg.norm(regressor.space.concept_points(), axis=1).max() < 1
    assert np.linalg.norm(regressor.points(_names()), axis=1).max() < 1


def test_contexts_are_ignored_if_no_training_example_has_one(targets):
    regressor = _trained(targets, epochs=2)[-1].regressor
    with_context = _names(7)
    with_context[:, 6:] = 3
    assert (regressor.rank(with_context, 3).scores == regressor.rank(_names(7), 3).scores).all()


def test_comparison_gives_the_scores_of_the_ranking(targets):
    regressor = _trained(targets, epochs=2)[-1].regressor
    ranking = regressor.rank(_names(7), 2)
    compared = regressor.compare(_names(7), np.arange(N), ranking.concepts[:, 1])
    assert compared.scores == pytest.approx(ranking.scores[:, 1], abs=1e-9)


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
@pytest.mark.parametrize("pairs_at_a_time", [13, 2048])
def test_ranking_and_comparing_outputs_agree_with_ranking_and_comparing_vectors(
    targets, space, pairs_at_a_time, monkeypatch
):
    monkeypatch.setattr("hyplink.regressor.regressor.COMPARED_AT_A_TIME", pairs_at_a_time)
    regressor, vectors = _trained(targets, space=space, epochs=2)[-1].regressor, _names(7)
    mentions, concepts = np.random.default_rng(2).integers(0, N, (2, 50))
    outputs = regressor.outputs(vectors)
    from_outputs, from_vectors = regressor.rank_outputs(outputs, 4), regressor.rank(vectors, 4)
    assert (from_outputs.concepts == from_vectors.concepts).all()
    assert (from_outputs.scores == from_vectors.scores).all()
    compared = regressor.compare_outputs(outputs, mentions, concepts)
    expected = regressor.compare(vectors, mentions, concepts)
    # The network rounds differently in batches of other sizes.
    assert compared.scores == pytest.approx(expected.scores, abs=1e-5)
    single_pairs = [np.array([pair]) for pair in zip(mentions, concepts, strict=True)]
    pair_by_pair = [regressor.compare_outputs(outputs, pair[:, 0], pair[:, 1]).scores[0] for pair in single_pairs]
    assert compared.scores.tolist() == pair_by_pair
    if space == "flat":
        assert compared.distances is None
    else:
        assert compared.distances == pytest.approx(expected.distances, abs=1e-5)


def test_no_mentions_and_no_pairs_give_empty_results(targets):
    regressor, none = _trained(targets, epochs=1)[-1].regressor, np.empty(0, np.int64)
    assert regressor.rank(np.empty((0, 8), np.float32), 4).concepts.shape == (0, 4)
    assert regressor.compare(_names(), none, none).scores.shape == (0,)
    assert regressor.compare_outputs(regressor.outputs(_names()), none, none).distances.shape == (0,)


def test_points_of_a_regressor_in_flat_space_are_an_error(targets):
    with pytest.raises(InputError, match="poincare"):
        _trained(targets, space="flat", epochs=1)[-1].regressor.points(_names())


def test_a_missing_regressor_is_an_error_that_names_the_command_to_run(tmp_path):
    with pytest.raises(RunError, match="re-run its stage"):
        load_regressor(tmp_path)


def test_weights_fall_with_the_root_of_the_frequency_and_are_divided_among_gold_concepts():
    names, mentions = np.zeros((2, 6), np.float32), np.zeros((6, 8), np.float32)
    texts = ["rod", "Rod", "rod", "rod", "cone", "lost"]
    gold = [set(), {0}, {1}, {1}, {1}, {1}, {2, 3}, set()]
    examples = TrainingExamples.from_vectors(names, mentions, texts, gold, BLOCKS)
    assert examples.concepts.tolist() == [0, 1, 1, 1, 1, 2, 3]
    assert examples.rows.tolist() == [1, 0, 1, 2, 3, 4, 4]
    weights = examples.weights / examples.weights[0]
    assert weights.tolist() == pytest.approx([1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])  # 4 occurrences weigh √4 together
    assert examples.weights.mean().item() == pytest.approx(1)


def test_contexts_are_dropped_from_some_mentions_and_borrowed_for_some_names():
    names, mentions = np.full((1000, 6), 2, np.float32), np.ones((1000, 8), np.float32)
    examples = TrainingExamples.from_vectors(names, mentions, ["m"] * 1000, [[0]] * 1000 + [[1]] * 1000, BLOCKS)
    vectors, concepts, _ = examples.batch(torch.arange(2000), torch.Generator().manual_seed(0))
    has_context = vectors[:, 6:].all(1)
    assert (vectors[:1000, :6] == 2).all()  # mention blocks do not change
    assert (vectors[1000:, :6] == 1).all()
    assert has_context[:1000].float().mean().item() == pytest.approx(0.7, abs=0.05)
    assert has_context[1000:].float().mean().item() == pytest.approx(0.7, abs=0.05)
    assert concepts.tolist() == [0] * 1000 + [1] * 1000
    assert (examples.mentions == 1).all()  # the stored vectors do not change


def test_an_output_depends_on_no_other_row_to_the_last_digit(targets):
    """With 512 hidden units, as by default, matrix products of one row and of many differ in the last digits."""
    regressor = _trained(targets, epochs=1, hidden=512)[-1].regressor
    vectors = np.random.default_rng(2).normal(size=(70, 8)).astype(np.float32)
    outputs = regressor.outputs(vectors)
    assert outputs.shape == (70, 3)
    assert len(regressor.outputs(vectors[:0])) == 0
    for rows in ([3], [69, 3], np.random.default_rng(3).permutation(70), range(40)):
        assert torch.equal(regressor.outputs(vectors[list(rows)]), outputs[list(rows)])
