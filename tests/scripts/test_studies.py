"""Studies go on where they were cut short, and compare models of one size."""

import math
from pathlib import Path

import pytest
import torch

from hyplink.config import Config
from hyplink.regressor import TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import random_points

N, WIDTH = 300, 30


@pytest.fixture(autouse=True)
def _scripts_are_importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts" / "studies")


@pytest.fixture
def examples():
    vectors = torch.randn(N, WIDTH, generator=torch.Generator().manual_seed(0)).numpy()
    return TrainingExamples.from_vectors(vectors, vectors[:0], [], [[concept] for concept in range(N)], (WIDTH,))


def fitted(examples, hidden, space="poincare"):
    config = Config(fit={"epochs": 1, "hidden": hidden}, train_ontology={"dim": 8}, research={"space": space})
    near = HierarchyTargets(torch.zeros(N, 1, dtype=torch.int64), torch.ones(N, 1))
    *_, last = train_regressor(config.fit_settings, examples, random_points(N, 8, 1.0, seed=0), near)
    return config, last


def test_a_result_that_was_kept_is_not_worked_out_again(tmp_path):
    from workbench import Ledger

    ledger = Ledger(tmp_path / "results.jsonl")
    first = ledger.result({"row": (1, 2)}, lambda: {"value": 3, "loss": math.nan})
    assert first == {"key": {"row": [1, 2]}, "value": 3, "loss": None}
    assert ledger.result({"row": (1, 2)}, lambda: pytest.fail("worked out again"))["value"] == 3
    assert ledger.result({"row": 2}, lambda: {"value": 4})["value"] == 4


def test_a_result_that_failed_leaves_those_before_it(tmp_path):
    from workbench import Ledger

    ledger = Ledger(tmp_path / "results.jsonl")
    ledger.result({"row": 1}, lambda: {"value": 3})
    with pytest.raises(ZeroDivisionError):
        ledger.result({"row": 2}, lambda: {"value": 1 / 0})
    assert ledger.rows() == [{"key": {"row": 1}, "value": 3}]


def test_the_flat_softmax_of_a_comparison_has_as_many_parameters_as_the_ball(examples):
    from compare_models import units_of_equal_flat
    from workbench import n_parameters

    config, ball = fitted(examples, hidden=64)
    units = units_of_equal_flat(config, examples, N)
    _, flat = fitted(examples, hidden=units, space="flat")
    assert n_parameters(flat.regressor) == pytest.approx(n_parameters(ball.regressor), rel=0.5 * (N + WIDTH) / 5000)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_fit_is_made_in_the_precision_that_a_study_asks_for(examples, dtype):
    from workbench import non_finite, precision

    with precision(dtype):
        _, last = fitted(examples, hidden=4)
        counts = non_finite([last], last.regressor, examples.names.numpy())
    learned = [*last.regressor.network.parameters(), last.regressor.space.points]
    assert {parameter.dtype for parameter in learned} == {getattr(torch, dtype)}
    assert counts == {"steps": 3, "bad_losses": 0, "bad_weights": 0, "bad_outputs": 0}
    assert torch.get_default_dtype() is torch.float32
