"""Studies go on where they were cut short, and compare models of one size."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from hyplink.config import Config
from hyplink.regressor import TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import random_points
from tests.hand_made import identity_regressor

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


def test_a_regressor_without_a_space_proposes_nothing_and_prefers_nothing():
    from study_placement import Pointless

    known = identity_regressor([0.5, 1.0, -1.0])
    pointless = Pointless(known.whitening, known.network, known.space, known.uses_context)
    outputs = pointless.outputs(np.ones((2, sum(known.whitening.blocks)), np.float32))
    assert (known.rank_outputs(outputs, 2).concepts >= 0).all()
    assert (pointless.rank_outputs(outputs, 2).concepts == -1).all()
    compared = pointless.compare_outputs(outputs, np.array([0, 0, 1]), np.array([0, 1, 2]))
    assert compared.scores.tolist() == [0, 0, 0]
    assert compared.distances is None


def figures(reciprocal_rank, macro_f1, rule=0.4):
    def placement(value):
        rates = dict.fromkeys(("hits_at_1", "hits_at_5", "too_high", "wrong_branch"), value)
        return {"mean_reciprocal_rank": value, **rates}

    relations = dict.fromkeys(("expected_calibration_error", "none_f1", "none_auroc"), 0.5)
    return {
        "placement": {
            "hyplink": placement(reciprocal_rank),
            "TF-IDF": placement(rule),
            "BM25": placement(rule - 0.1),
            "parents by ball": placement(0.9),
        },
        "relations": {
            "macro_f1": macro_f1,
            "thresholds_macro_f1": 0.55,
            "thresholds_none_auroc": 0.45,
            **relations,
        },
    }


def test_the_table_of_placement_has_means_deviations_and_paired_differences():
    from study_placement import table

    values = {"ball": (0.6, 0.8), "Euclidean": (0.5, 0.8), "none": (0.6, 0.4)}
    rows = [
        {"key": {"seed": seed, "space": space}, "figures": figures(found[seed], 0.7)}
        for seed in (0, 1)
        for space, found in values.items()
    ]
    lines = list(table(rows))
    cells = {line.split(" | ")[0].strip("| "): line.strip("| ").split(" | ") for line in lines if "---" not in line}
    assert cells["ball"][1] == "0.700 ± 0.141"
    assert cells["none"][1] == "0.500 ± 0.141"
    assert cells["ball"][6] == "0.700 ± 0.000"
    assert cells["ball − Euclidean"][1] == "+0.100 +0.000"
    assert cells["ball − none"][1] == "+0.000 +0.400"
    assert cells["best rule"][1:3] == ["0.400 ± 0.000"] * 2  # TF-IDF; what uses points is no rule of names
    assert cells["best rule"][6] == "0.550 ± 0.000"
    assert cells["best rule"][7:9] == ["–", "–"]
