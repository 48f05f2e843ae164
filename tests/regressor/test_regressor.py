import numpy as np
import pytest
import torch

from hyplink.config import FitSettings
from hyplink.errors import InputError, RunError
from hyplink.ontology import read_ontology
from hyplink.regressor import TrainingExamples, load_regressor, train_regressor
from hyplink.regressor.losses import HierarchyTargets, clustering_loss

N, BLOCKS = 10, (6, 2)


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """The targets of a tree of ten concepts: 0 above 1 and 2, 1 above 3 to 5, 2 above 6 to 8, 8 above 9."""
    path = tmp_path_factory.mktemp("tree") / "tree.tsv"
    edges = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 8}
    path.write_text("".join(f"C:{child}\tC:{parent}\n" for child, parent in edges.items()))
    return HierarchyTargets.of(read_ontology(path))


def _names(seed=0):
    vectors = np.random.default_rng(seed).normal(size=(N, 8)).astype(np.float32)
    vectors[:, 6:] = 0
    return vectors


def _points():
    return np.random.default_rng(1).uniform(-0.3, 0.3, size=(N, 3))


def _trained(near, unlabelled=None, **settings):
    none = np.zeros((0, 8), np.float32)
    examples = TrainingExamples.of(_names()[:, :6], none, [], [[concept] for concept in range(N)], BLOCKS, unlabelled)
    defaults = {"epochs": 300, "hidden": 32, "batch_size": 5, "hierarchy_smoothing": 0.1}
    return list(train_regressor(FitSettings(**(defaults | settings)), examples, _points(), near))


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_a_toy_problem_is_learned_whole(near, space):
    records = _trained(near, space=space)
    assert records[-1].regressor.rank(_names(), 1).concepts[:, 0].tolist() == list(range(N))
    assert records[-1].loss < records[0].loss
    assert [record.epoch for record in records] == list(range(1, 301))


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_what_is_saved_and_loaded_ranks_the_same(near, space, tmp_path):
    regressor = _trained(near, space=space, epochs=3)[-1].regressor
    regressor.save(tmp_path)
    before, after = regressor.rank(_names(7), 4), load_regressor(tmp_path).rank(_names(7), 4)
    assert (before.concepts == after.concepts).all()
    assert before.scores == pytest.approx(after.scores, abs=1e-12)
    assert (tmp_path / "points.npy").exists() == (space != "flat")


def test_the_same_seed_gives_the_same_regressor_and_another_one_another(near):
    first, again, other = (
        _trained(near, epochs=2, seed=seed)[-1].regressor.rank(_names(7), 3).scores for seed in (5, 5, 6)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_the_clustering_loss_makes_unlabelled_mentions_sure_of_their_concepts(near):
    unlabelled = np.random.default_rng(3).normal(size=(40, 8)).astype(np.float32)
    unlabelled[:, 6:] = 0

    def doubt(regressor):
        logits = regressor.space.logits(regressor.outputs(unlabelled))
        return clustering_loss(logits, None, gamma=0.0).item()

    settings = {"concepts": "frozen", "hierarchy_smoothing": 0.0}
    without = _trained(near, **settings)[-1].regressor
    helped = _trained(near, unlabelled, clustering_weight=0.1, **settings)[-1].regressor
    assert doubt(helped) < doubt(without)
    assert helped.rank(_names(), 1).concepts[:, 0].tolist() == list(range(N))


def test_unlabelled_mentions_have_no_context_where_none_is_learned_from(near):
    alone, within = np.zeros((20, 8), np.float32), np.ones((20, 8), np.float32)
    within[:, :6] = 0
    first, second = (
        _trained(near, each, clustering_weight=1.0, epochs=2)[-1].regressor.rank(_names(7), 3).scores
        for each in (alone, within)
    )
    assert (first == second).all()


def test_tuned_points_stay_inside_the_ball(near):
    regressor = _trained(near, epochs=50, points_lr=0.1)[-1].regressor
    assert np.linalg.norm(regressor.space.concept_points(), axis=1).max() < 1
    assert np.linalg.norm(regressor.points(_names()), axis=1).max() < 1


def test_a_context_counts_for_nothing_where_none_was_seen_in_training(near):
    regressor = _trained(near, epochs=2)[-1].regressor
    with_context = _names(7)
    with_context[:, 6:] = 3
    assert (regressor.rank(with_context, 3).scores == regressor.rank(_names(7), 3).scores).all()


def test_comparing_is_ranking_pair_by_pair(near):
    regressor = _trained(near, epochs=2)[-1].regressor
    ranking = regressor.rank(_names(7), 2)
    compared = regressor.compare(_names(7), np.arange(N), ranking.concepts[:, 1])
    assert compared.scores == pytest.approx(ranking.scores[:, 1], abs=1e-9)


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
@pytest.mark.parametrize("pairs_at_a_time", [13, 2048])
def test_outputs_that_are_computed_once_give_the_ranking_and_comparison_of_vectors(
    near, space, pairs_at_a_time, monkeypatch
):
    monkeypatch.setattr("hyplink.regressor.regressor.COMPARED_AT_A_TIME", pairs_at_a_time)
    regressor, vectors = _trained(near, space=space, epochs=2)[-1].regressor, _names(7)
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


def test_no_mentions_and_no_pairs_give_empty_answers(near):
    regressor, none = _trained(near, epochs=1)[-1].regressor, np.empty(0, np.int64)
    assert regressor.rank(np.empty((0, 8), np.float32), 4).concepts.shape == (0, 4)
    assert regressor.compare(_names(), none, none).scores.shape == (0,)
    assert regressor.compare_outputs(regressor.outputs(_names()), none, none).distances.shape == (0,)


def test_a_flat_regressor_has_no_points_to_give(near):
    with pytest.raises(InputError, match="poincare"):
        _trained(near, space="flat", epochs=1)[-1].regressor.points(_names())


def test_a_folder_without_a_regressor_says_what_to_run(tmp_path):
    with pytest.raises(RunError, match="hyplink fit"):
        load_regressor(tmp_path)


def test_mentions_weigh_by_the_root_of_how_often_they_stand_and_once_over_all_meanings():
    names, mentions = np.zeros((2, 6), np.float32), np.zeros((6, 8), np.float32)
    texts = ["rod", "Rod", "rod", "rod", "cone", "lost"]
    gold = [set(), {0}, {1}, {1}, {1}, {1}, {2, 3}, set()]
    examples = TrainingExamples.of(names, mentions, texts, gold, BLOCKS)
    assert examples.concepts.tolist() == [0, 1, 1, 1, 1, 2, 3]
    assert examples.rows.tolist() == [1, 0, 1, 2, 3, 4, 4]
    weights = examples.weights / examples.weights[0]
    assert weights.tolist() == pytest.approx([1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])  # 4 rods count √4 in all
    assert examples.weights.mean().item() == pytest.approx(1)


def test_contexts_are_dropped_from_some_mentions_and_lent_to_some_names():
    names, mentions = np.full((1000, 6), 2, np.float32), np.ones((1000, 8), np.float32)
    examples = TrainingExamples.of(names, mentions, ["m"] * 1000, [[0]] * 1000 + [[1]] * 1000, BLOCKS)
    vectors, concepts, _ = examples.batch(torch.arange(2000), torch.Generator().manual_seed(0))
    has_context = vectors[:, 6:].all(1)
    assert (vectors[:1000, :6] == 2).all()  # the words themselves are never touched
    assert (vectors[1000:, :6] == 1).all()
    assert has_context[:1000].float().mean().item() == pytest.approx(0.7, abs=0.05)
    assert has_context[1000:].float().mean().item() == pytest.approx(0.7, abs=0.05)
    assert concepts.tolist() == [0] * 1000 + [1] * 1000
    assert (examples.mentions == 1).all()  # and the examples keep what they have
