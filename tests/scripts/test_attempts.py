"""The question's own attempts do what they are said to do, wrong or right."""

from pathlib import Path

import numpy as np
import pytest
import torch

from hyplink.candidates.examples import Example
from hyplink.errors import InputError
from hyplink.poincare.geometry import dist


@pytest.fixture(autouse=True)
def _scripts_are_importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts" / "studies")


def slope_of(attempt, output, target):
    outputs = torch.tensor([output], requires_grad=True)
    attempt.loss(outputs, torch.tensor([target])).backward()
    return outputs.grad[0]


@pytest.mark.parametrize("name", ["bare", "clipped", "stable"])
def test_inside_the_ball_every_distance_is_the_distance(name):
    from attempts import DISTANCES

    u, v = torch.rand(2, 20, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) - 0.5
    assert torch.allclose(DISTANCES[name](u, v), dist(u, v))


def test_what_was_asked_has_no_slope_where_a_point_meets_its_target_and_the_repair_has():
    from attempts import AS_ASKED, REPAIRED

    assert slope_of(AS_ASKED, [0.5, 0.0], [0.5, 0.0]).isnan().all()
    assert (slope_of(REPAIRED, [0.5, 0.0], [0.5, 0.0]) == 0).all()


def test_beyond_the_ball_the_clip_hides_how_far_out_an_output_is():
    from attempts import clipped_dist

    outputs = torch.tensor([[0.0, 1.5]], requires_grad=True)
    clipped_dist(outputs, torch.tensor([[0.0, 0.9]])).backward()
    rim = 1e-7 * (1 - 0.9**2)  # what 1 − ε and the target leave of the denominators
    pull = 2 * 1.2 / rim / torch.tensor(1 + 2 * 0.36 / rim).square().sub(1).sqrt()
    assert outputs.grad[0, 1].item() == pytest.approx(pull.item(), rel=0.2)


def _asked_loss(outputs, targets):
    """The loss of the question (DataScience Stack Exchange 56889), transcribed to NumPy in float64.

    Squared norms of outputs u and targets v are clipped to [0, 1 − ε], with ε = 1e-7 as in Keras; the difference u − v
    is not. The distance is arcosh(1 + 2·|u − v|² / ((1 − |u|²)·(1 − |v|²))), the loss −log(exp(−distance)). Keras takes
    the mean over the batch.
    """
    max_norm = 1 - 1e-7
    squared_u = np.clip(np.sum(outputs**2, axis=-1), 0, max_norm)
    squared_v = np.clip(np.sum(targets**2, axis=-1), 0, max_norm)
    squared_difference = np.sum((outputs - targets) ** 2, axis=-1)
    distances = np.arccosh(1 + squared_difference / ((1 - squared_u) * (1 - squared_v)) * 2)
    return np.mean(-np.log(np.exp(-distances)))


def _asked_adam(weights, gradients, lr):
    """The optimiser of the question, transcribed to NumPy in float64: the weights after one step per gradient.

    It is the class AdamPoincare, a modified Adam of Keras 2.1.6. For weights p of a layer, (n_in, n_out) or (n_out,):

    1. The squared norm of p along the last axis gives the factor (1 − ‖p‖²)²/4. The gradient is multiplied by it first
       of all: g ← factor · g.
    2. m ← 0.9·m + 0.1·g and v ← 0.999·v + 0.001·g², which start at 0, and lr_t = lr·√(1 − 0.999ᵗ) / (1 − 0.9ᵗ).
    3. p_t = p − lr_t·m / (√v + ε), with ε = 1e-7.
    4. The projection uses the norm from step 1, that of p: p ← p_t / max(‖p‖, 1), less ε where ‖p‖ > 1.
    """
    epsilon, m, v = 1e-7, np.zeros_like(weights), np.zeros_like(weights)
    for t, gradient in enumerate(gradients, start=1):
        squared_norm = np.sum(weights**2, axis=-1, keepdims=True)
        g = (1 - squared_norm) ** 2 / 4 * gradient
        norm = np.sqrt(squared_norm)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        lr_t = lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        stepped = weights - lr_t * m / (np.sqrt(v) + epsilon)
        weights = stepped / np.maximum(norm, 1) - (norm > 1) * epsilon
    return weights


@pytest.mark.parametrize("scale", [0.1, 0.5, 2.0, 10.0])  # in the ball, some outside, all outside
def test_the_asked_loss_agrees_with_the_question(scale):
    from attempts import AS_ASKED

    outputs, targets = np.random.default_rng(0).normal(size=(2, 50, 3))
    outputs, targets = scale * outputs, 0.9 * targets / (1 + np.linalg.norm(targets, axis=1, keepdims=True))
    loss = AS_ASKED.loss(AS_ASKED.place(torch.from_numpy(outputs)), torch.from_numpy(targets)).item()
    assert loss == pytest.approx(_asked_loss(outputs, targets), rel=1e-9)


def test_the_gradient_of_the_asked_loss_agrees_with_finite_differences_of_the_question():
    from attempts import AS_ASKED

    outputs, targets = np.random.default_rng(0).normal(size=(2, 6, 3))
    targets = 0.9 * targets / (1 + np.linalg.norm(targets, axis=1, keepdims=True))
    moved = torch.from_numpy(outputs).requires_grad_()
    AS_ASKED.loss(moved, torch.from_numpy(targets)).backward()
    expected, h = np.empty_like(outputs), 1e-6
    for place in np.ndindex(outputs.shape):
        shift = np.zeros_like(outputs)
        shift[place] = h
        expected[place] = (_asked_loss(outputs + shift, targets) - _asked_loss(outputs - shift, targets)) / (2 * h)
    assert (np.linalg.norm(outputs, axis=1) > 1).any()
    assert (np.linalg.norm(outputs, axis=1) < 1).any()
    assert moved.grad.numpy() == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("scale", [0.0, 0.2, 0.4, 1.5])  # norms of 0, within 1, around 1 and beyond 1
def test_the_asked_optimiser_agrees_with_the_question(scale):
    from attempts import AskedAdam

    generator = np.random.default_rng(0)
    kernel, bias = scale * generator.normal(size=(7, 5)), scale * generator.normal(size=5)
    gradients = generator.normal(size=(40, 7, 5)), generator.normal(size=(40, 5))
    # torch stores the weights of a layer as (n_out, n_in)
    weights = [torch.nn.Parameter(torch.from_numpy(each.T.copy())) for each in (kernel, bias)]
    optimiser = AskedAdam(weights, lr=0.05, projection="old norm")
    for step in range(40):
        for each, its_gradients in zip(weights, gradients, strict=True):
            each.grad = torch.from_numpy(its_gradients[step].T.copy())
        optimiser.step()
    expected = _asked_adam(kernel, gradients[0], 0.05), _asked_adam(bias, gradients[1], 0.05)
    assert weights[0].detach().T.numpy() == pytest.approx(expected[0], rel=1e-9, abs=1e-12)
    assert weights[1].detach().numpy() == pytest.approx(expected[1], rel=1e-9, abs=1e-12)


def test_the_first_asked_step_is_almost_that_of_adam():
    """Adam divides a gradient by its own size, and so divides the factor of the gradient out again."""
    from attempts import AskedAdam

    weights = torch.nn.Parameter(torch.tensor([[0.6, 0.0], [0.0, 0.9]]))  # a column is a "point"
    optimiser = AskedAdam([weights], lr=0.1, projection="none")
    weights.sum().backward()
    optimiser.step()
    assert optimiser.scales[0].tolist() == [pytest.approx([0.1024, (1 - 0.9**2) ** 2 / 4], rel=1e-4)]
    assert weights.tolist() == [pytest.approx([0.5, -0.1], abs=1e-3), pytest.approx([-0.1, 0.8], abs=1e-3)]


@pytest.mark.parametrize(
    ("before", "gradient", "asked", "new_norm"),
    [(0.9, -1.0, 1.4, 1.0), (3.0, 1.0, 2.5 / 3, 1.0), (1.4, 1.0, 0.9 / 1.4, 0.9)],
)
def test_the_asked_projection_is_one_step_late(before, gradient, asked, new_norm):
    """A first step of Adam has the length of the learning rate, 0.5."""
    from attempts import AskedAdam

    for projection, expected in (("old norm", asked), ("new norm", new_norm), ("none", before - 0.5 * gradient)):
        weights = torch.nn.Parameter(torch.tensor([[before]]))
        optimiser = AskedAdam([weights], lr=0.5, projection=projection)
        weights.grad = torch.tensor([[gradient]])
        optimiser.step()
        assert weights.item() == pytest.approx(expected, abs=1e-3)


def test_projection_by_the_new_norm_keeps_the_direction_of_weights():
    from attempts import AskedAdam

    weights = torch.nn.Parameter(torch.tensor([[3.0], [4.0]]))
    optimiser = AskedAdam([weights], lr=1e-9, projection="new norm")
    weights.sum().backward()
    optimiser.step()
    assert weights.flatten().tolist() == pytest.approx([0.6, 0.8], abs=1e-5)


@pytest.mark.parametrize("head", ["project", "tanh-project"])
def test_the_projecting_layers_of_the_question_agree_with_their_formulas(head):
    """The layer PoincareNormalize (TensorFlow Addons) on each output, for `tanh-project` after a layer with tanh.

    x stays where its norm is at most 1 − ε, ε = 1e-5; otherwise it becomes (1 − ε)·x/‖x‖.
    """
    from attempts import Attempt

    outputs = 2 * np.random.default_rng(0).normal(size=(40, 3))
    inputs = np.tanh(outputs) if head == "tanh-project" else outputs
    norms = np.sqrt(np.sum(inputs**2, axis=1, keepdims=True))
    expected = np.where(norms > 1 - 1e-5, (1 - 1e-5) * inputs / norms, inputs)
    assert (norms > 1).any()
    assert (norms < 1).any()
    placed = Attempt("a projecting layer", head=head).place(torch.from_numpy(outputs)).numpy()
    assert placed == pytest.approx(expected, rel=1e-12)


def test_mentions_without_a_concept_in_the_ontology_are_not_evaluated():
    from study_repairs import judged_mentions

    def example(*gold):
        return Example("rod", "rod", gold)

    dev = [example(()), example(("A", "B")), example(), example(("C",), ("D",))]
    assert judged_mentions(dev) == ([1, 3], [("A", "B"), ("C",)])
    with pytest.raises(InputError, match=r"data\.dev: none of 2 mentions resolves"):
        judged_mentions([dev[0], dev[2]])


def test_the_page_shows_every_attempt_by_its_name():
    from attempts import ATTEMPTS

    page = (Path(__file__).parents[2] / "docs" / "hyperbolic-output.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip().strip("*") for line in page.splitlines() if line.startswith("|")]
    assert [name for name in rows if name in {attempt.name for attempt in ATTEMPTS}] == [
        attempt.name for attempt in ATTEMPTS
    ]
