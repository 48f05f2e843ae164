"""Tuning of a tiny transformer: what it learns, and that an interruption does not change the result."""

import pytest
import torch

from hyplink.config import TuneSettings
from hyplink.encoders import Passage
from hyplink.errors import HyplinkError
from hyplink.regressor.losses import HierarchyTargets
from hyplink.tuning import TunedModel, TuningExamples, tune_encoder
from tests.tiny_transformer import write_transformer

COLOURS = ["red", "green", "blue", "grey", "pink", "black"]
OTHER = ["crimson", "verdant", "azure", "ashen", "rosy", "sable"]
CONTEXT = ["the", "a", "cell", "of", "seen"]
SETTINGS = TuneSettings(encoder="all", epochs=3, batch_size=4, lr=1e-3, window=4, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_transformer(tmp_path_factory.mktemp("models") / "tiny", [*COLOURS, *OTHER, *CONTEXT])


def examples(n_held=0):
    """Two names of each concept, and a mention in context of each; the last second names are held out."""
    names = [(Passage(f"{word} cell"), [i], False) for i, word in enumerate(COLOURS)]
    names += [(Passage(word), [i], i >= len(OTHER) - n_held) for i, word in enumerate(OTHER)]
    return TuningExamples.from_labelled(
        names, [(Passage(word, "the ", " cell"), [i], False) for i, word in enumerate(COLOURS)]
    )


def hierarchy():
    """Concepts in a ring: each shares its target with the next."""
    n = len(COLOURS)
    return HierarchyTargets((torch.arange(n)[:, None] + 1) % n, torch.ones(n, 1))


def tuned(folder, checkpoints, settings=SETTINGS, n_held=0, most=None, seconds=0.0):
    """A tuned model and its records; tuning is interrupted after `most` steps."""
    model = TunedModel(folder, settings.window, "cpu")
    records = []
    for record in tune_encoder(settings, model, examples(n_held), hierarchy(), 4, checkpoints, seconds):
        records.append(record)
        if len(records) == most:
            break
    return model, records


def weights(model):
    return {
        f"{part}.{name}": value.clone()
        for part, module in model.modules.items()
        for name, value in module.state_dict().items()
    }


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


@pytest.mark.parametrize("most", [1, 4, 5, 12])
def test_an_interrupted_tuning_continues_to_the_same_result(folder, tmp_path, most):
    whole, records = tuned(folder, tmp_path / "whole", n_held=2)
    assert most < len(records)
    tuned(folder, tmp_path / "cut", n_held=2, most=most)
    continued, rest = tuned(folder, tmp_path / "cut", n_held=2)
    # the checkpoint after the last step was not written before the interruption
    assert len(rest) == len(records) - most + 1
    assert_equal(weights(whole), weights(continued))
    assert rest[-1].history == records[-1].history


def test_tuning_brings_the_names_of_a_concept_together(folder, tmp_path):
    def margin(model):
        """How much more similar a second name is to the first name of its concept than to those of others."""
        passages = [Passage(f"{word} cell") for word in COLOURS] + [Passage(word) for word in OTHER]
        vectors = model.encode(list(model.tokenizer.sequences(passages)), len(passages))
        similarity = vectors[len(COLOURS) :] @ vectors[: len(COLOURS)].T
        return (similarity.diag() - (similarity.sum(1) - similarity.diag()) / (len(COLOURS) - 1)).mean().item()

    model, records = tuned(folder, tmp_path, SETTINGS.model_copy(update={"epochs": 40, "lr": 5e-3}))
    assert margin(model) > margin(TunedModel(folder, 4, "cpu")) + 0.3
    assert records[-1].history[-1].loss < records[0].loss


def test_the_points_alone_learn_the_concepts(folder, tmp_path):
    model, _ = tuned(
        folder, tmp_path, SETTINGS.model_copy(update={"epochs": 40, "lr": 5e-3, "contrastive_weight": 0.0})
    )
    passages = [Passage(word) for word in OTHER]
    with torch.no_grad():
        outputs = model.head(model.encode(list(model.tokenizer.sequences(passages)), len(passages)))
    assert model.space.rank(outputs, 1).concepts[:, 0].tolist() == list(range(len(OTHER)))


def test_what_is_held_out_does_not_affect_the_first_phase(folder, tmp_path):
    def after_first_phase(labelled, checkpoints):
        model = TunedModel(folder, SETTINGS.window, "cpu")
        for record in tune_encoder(SETTINGS, model, labelled, hierarchy(), 4, checkpoints, 1e9):
            if record.ends_phase:
                return weights(model)
        raise AssertionError

    given = examples(2)
    pairs = list(zip(given.passages, given.held_out.tolist(), strict=True))
    others = [Passage(f"seen {passage.mention}") if held else passage for passage, held in pairs]
    changed = TuningExamples(others, given.concepts, given.n_names, given.held_out)
    one, other = (after_first_phase(each, tmp_path / str(i)) for i, each in enumerate((given, changed)))
    assert_equal(one, other)


def test_accumulated_batches_give_one_step(folder, tmp_path):
    _, single = tuned(folder, tmp_path / "1")
    _, double = tuned(folder, tmp_path / "2", SETTINGS.model_copy(update={"accumulation": 2}))
    assert len(double) == len(single) // 2 + len(single) % 2


def test_concepts_without_names_start_at_the_origin_and_do_not_move_the_others_to_the_boundary(folder):
    model = TunedModel(folder, 4, "cpu")
    vectors = torch.nn.functional.normalize(torch.randn(6, model.dim, generator=torch.Generator().manual_seed(0)))
    rows = torch.arange(6)
    alone = model.start_points(4, vectors, (rows, rows), 6)
    among_many = model.start_points(4, vectors, (rows, rows), 600)
    assert torch.equal(among_many.points[:6], alone.points)
    assert not among_many.points[6:].any()
    assert torch.equal(among_many.weight, alone.weight)


def test_tuning_that_diverges_ends_at_once(folder, tmp_path):
    model = TunedModel(folder, SETTINGS.window, "cpu")
    records = tune_encoder(SETTINGS, model, examples(), hierarchy(), 4, tmp_path)
    next(records)
    with torch.no_grad():
        model.head.weight.fill_(torch.nan)
    with pytest.raises(HyplinkError, match="the loss is not a number; try a lower"):
        next(records)
