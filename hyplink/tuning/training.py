"""The tuning of a transformer: a generator that yields one record per step.

Tuning has two phases. In the first the model is trained on everything except the examples that the ranker learns from:
on these the tuned encoder would otherwise look better than it is for new text. A snapshot of it serves to train the
ranker. In the second, short phase it is trained on the examples that were held out, and on as many of the others.
"""

import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from hyplink.config import TuneSettings
from hyplink.encoders.sequences import TokenSequence
from hyplink.errors import HyplinkError
from hyplink.regressor.losses import HierarchyTargets, sample_concepts, softmax_loss
from hyplink.tuning.batches import EpochBatches, parts_of_similar_length
from hyplink.tuning.checkpoint import (
    Position,
    read_checkpoint,
    with_prefix,
    write_checkpoint,
)
from hyplink.tuning.examples import TuningExamples
from hyplink.tuning.model import PART_SIZE, Start, TunedModel
from hyplink.tuning.name_bank import NameBank
from hyplink.tuning.optimisers import TuningOptimisers

RANDOM_CONCEPTS = 1024
"""Concepts sampled at random in each step, which the points of a batch are compared with."""

SECONDS_BETWEEN_CHECKPOINTS = 300.0

LATER_SCALE = 0.2
"""Factor of the learning rates in the second phase."""


class EpochLoss(NamedTuple):
    """The mean loss of a finished epoch.

    Attributes:
        phase: number of the phase, from 0.
        epoch: number of the epoch in the phase, from 1.
        loss: mean over its steps.
    """

    phase: int
    epoch: int
    loss: float


@dataclass(frozen=True, slots=True)
class TuneRecord:
    """The state of tuning after a step.

    Attributes:
        phase: number of the phase, from 0.
        loss: mean loss of the step.
        n_done: number of steps done.
        n_steps: approximate number of all steps.
        seconds: time since the start, or since tuning was continued.
        ends_phase: whether it is the last step of the phase; the model is then ready for use.
        history: the finished epochs.
    """

    phase: int
    loss: float
    n_done: int
    n_steps: int
    seconds: float
    ends_phase: bool
    history: tuple[EpochLoss, ...]


@dataclass(frozen=True, slots=True)
class _Phase:
    """What a phase trains on, and for how long.

    Attributes:
        chosen: whether each passage is trained on, bool (n_examples,).
        left_out: whether each name takes no part in the contrastive loss, bool (n_names,).
        epochs: number of epochs.
        scale: factor of all learning rates.
    """

    chosen: Tensor
    left_out: Tensor
    epochs: int
    scale: float


def phases_of(settings: TuneSettings, examples: TuningExamples) -> list[_Phase]:
    """The phases of tuning; only one if nothing is held out."""
    held, names = examples.held_out, slice(examples.n_names)
    first = _Phase(~held, held[names], settings.epochs, 1.0)
    n_held = int(held.sum())
    if not n_held:
        return [first]
    generator = torch.Generator().manual_seed(settings.seed)
    others = torch.nonzero(~held).squeeze(1)
    repeated = others[torch.randperm(len(others), generator=generator)[:n_held]]
    chosen = held.clone()
    chosen[repeated] = True
    return [first, _Phase(chosen, torch.zeros_like(held[names]), 1, LATER_SCALE)]


def tune_encoder(
    settings: TuneSettings,
    model: TunedModel,
    examples: TuningExamples,
    hierarchy_targets: HierarchyTargets,
    dim: int,
    checkpoints: Path,
    seconds_between_checkpoints: float = SECONDS_BETWEEN_CHECKPOINTS,
) -> Iterator[TuneRecord]:
    """Tunes a model in place and yields a record after each step; it continues from a checkpoint if there is one.

    The loss of a step is the cross-entropy of a softmax over −τ·distance from the concepts, with hierarchy smoothing,
    plus a contrastive loss over the names (`NameBank`). The same settings, examples, device and number of threads give
    the same result, whether or not tuning was interrupted.

    Args:
        settings: the settings of tuning.
        model: the transformer; its head and space are made here.
        examples: the training examples.
        hierarchy_targets: the neighbours that share the target of each concept.
        dim: dimension of the ball.
        checkpoints: folder of the checkpoint.
        seconds_between_checkpoints: least time between two of them.

    Raises:
        HyplinkError: the loss becomes infinite or not a number.
    """
    training = _Training(settings, model, examples, hierarchy_targets)
    position: Position | None = training.resume(checkpoints) or training.begin(dim)
    start = last_checkpoint = time.perf_counter()
    while position is not None:
        following = training.step(position)
        ends_phase = following is None or following.phase != position.phase
        if ends_phase:
            training.finish()
        yield training.record(position, time.perf_counter() - start, ends_phase)
        if following is not None and ends_phase:
            training.begin_phase(following.phase)
        if following is not None and time.perf_counter() - last_checkpoint >= seconds_between_checkpoints:
            training.write(checkpoints, following)
            last_checkpoint = time.perf_counter()
        position = following


class _Training:
    """The state of a tuning, and its steps.

    All random choices of a step are drawn from a generator that is seeded by the step's position, so that a checkpoint
    need not hold the states of generators.
    """

    def __init__(
        self, settings: TuneSettings, model: TunedModel, examples: TuningExamples, hierarchy_targets: HierarchyTargets
    ) -> None:
        self._settings, self._model, self._examples = settings, model, examples
        self._hierarchy_targets = hierarchy_targets
        self._n_concepts = len(hierarchy_targets.neighbours)
        self._sequences = examples.sequences(model.tokenizer)
        self._drawn = EpochBatches(examples, self._sequences, settings.batch_size)
        self._phases = phases_of(settings, examples)
        self._n_steps = [len(self._steps_of(Position(phase, 0, 0))) for phase in range(len(self._phases))]
        self._drawn_epoch: Position | None = None
        self._steps: list[list[list[TokenSequence]]] = []
        self.history: list[EpochLoss] = []
        self.losses: list[float] = []  # of the present epoch
        self._bank: NameBank
        self._start: Start
        self._optimisers: TuningOptimisers

    def begin(self, dim: int) -> Position:
        """Starts from the untuned transformer."""
        used = ~self._phases[0].left_out
        vectors, (rows, concepts) = self._encoded_names(used), self._examples.pairs
        pairs = rows[used[rows]], concepts[used[rows]]
        torch.manual_seed(self._settings.seed)
        self._start = self._model.start_points(dim, vectors, pairs, self._n_concepts)
        self._model.begin(self._settings, self._start)
        self._make_bank(vectors, self._phases[0])
        self._make_optimisers(0)
        return Position(0, 0, 0)

    def resume(self, checkpoints: Path) -> Position | None:
        """Continues from the checkpoint in a folder; None if there is none."""
        found = read_checkpoint(checkpoints)
        if found is None:
            return None
        position, tensors = found
        self._start = Start(**with_prefix("start.", tensors))
        self._model.begin(self._settings, self._start)
        for name, module in self._model.modules.items():
            module.load_state_dict(with_prefix(f"{name}.", tensors))
        self._make_bank(tensors["bank"].to(self._model.device), self._phases[position.phase])
        self._make_optimisers(position.phase)
        self.losses = tensors["losses"].tolist()
        self.history = [EpochLoss(int(phase), int(epoch), loss) for phase, epoch, loss in tensors["history"].tolist()]
        self._optimisers.restore(with_prefix("optimisers.", tensors))
        return position

    def begin_phase(self, number: int) -> None:
        """Starts a later phase: the names that were held out join the contrastive loss."""
        vectors = self._bank.vectors
        joining = self._phases[number - 1].left_out & ~self._phases[number].left_out
        vectors[joining.to(vectors.device)] = self._encoded_names(joining)[joining.to(vectors.device)]
        self._make_bank(vectors, self._phases[number])
        self._make_optimisers(number)

    def write(self, checkpoints: Path, position: Position) -> None:
        """Writes a checkpoint."""
        tensors = {f"start.{name}": value for name, value in self._start._asdict().items()}
        for name, module in self._model.modules.items():
            tensors |= {f"{name}.{key}": value for key, value in module.state_dict().items()}
        tensors |= {f"optimisers.{key}": value for key, value in self._optimisers.tensors().items()}
        tensors["bank"] = self._bank.vectors
        tensors["losses"] = torch.tensor(self.losses, dtype=torch.float64)
        tensors["history"] = torch.tensor(self.history, dtype=torch.float64).reshape(-1, len(EpochLoss._fields))
        write_checkpoint(checkpoints, position, tensors)

    def step(self, position: Position) -> Position | None:
        """Takes the step at a position; returns the position of the next one, or None after the last."""
        batches = self._batches(position)
        generator = self._generator(position, "step")
        torch.manual_seed(generator.initial_seed())  # dropout draws from PyTorch's own generator
        self._model.network.train()
        losses = []
        for batch in batches:
            loss = self._loss(batch, generator) / len(batches)
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.item())
        if not math.isfinite(sum(losses)):
            raise HyplinkError("tuning the encoder diverged: the loss is not a number; try a lower tune.lr")
        self._optimisers.step(position.epoch * self._n_steps[position.phase] + position.step)
        self.losses.append(sum(losses))
        return self._after(position)

    def record(self, position: Position, seconds: float, ends_phase: bool) -> TuneRecord:
        """The record of the step at a position."""
        n_steps = [steps * phase.epochs for steps, phase in zip(self._n_steps, self._phases, strict=True)]
        n_done = sum(n_steps[: position.phase]) + position.epoch * self._n_steps[position.phase] + position.step + 1
        loss = self.losses[-1] if self.losses else self.history[-1].loss
        total = sum(n_steps)
        return TuneRecord(position.phase, loss, min(n_done, total), total, seconds, ends_phase, tuple(self.history))

    def _after(self, position: Position) -> Position | None:
        """The position of the step after a position; ends the epoch where it was the last one."""
        phase, epoch, step = position
        if step + 1 < len(self._steps):
            return Position(phase, epoch, step + 1)
        self.history.append(EpochLoss(phase, epoch + 1, sum(self.losses) / len(self.losses)))
        self.losses.clear()
        if epoch + 1 < self._phases[phase].epochs:
            return Position(phase, epoch + 1, 0)
        return Position(phase + 1, 0, 0) if phase + 1 < len(self._phases) else None

    def _batches(self, position: Position) -> list[list[TokenSequence]]:
        """The batches of a step; their gradients are added up."""
        epoch = position._replace(step=0)
        if self._drawn_epoch != epoch:
            self._drawn_epoch, self._steps = epoch, self._steps_of(epoch)
        return self._steps[position.step]

    def _steps_of(self, epoch: Position) -> list[list[list[TokenSequence]]]:
        """The batches of each step of the epoch that starts at a position."""
        size, generator = self._settings.accumulation, self._generator(epoch, "batches")
        batches = self._drawn.draw(self._phases[epoch.phase].chosen, generator)
        return [batches[start : start + size] for start in range(0, len(batches), size)]

    def finish(self) -> None:
        """Brings the points of all concepts up to date, and makes the model ready for use."""
        for optimiser in self._optimisers.of_points:
            optimiser.catch_up(None)
        self._model.network.eval()

    def _loss(self, batch: Sequence[TokenSequence], generator: torch.Generator) -> Tensor:
        parts = parts_of_similar_length(batch, PART_SIZE)
        rows = [row for part in parts for each in part for row, _, _ in each.mentions]
        vectors = torch.cat([self._model.states(part) for part in parts])  # (B, d), on the device
        concepts = self._examples.draw_concepts(rows, generator)
        loss = self._loss_of_space(vectors.cpu(), concepts, generator)
        passages = torch.tensor(rows)
        if weight := self._settings.contrastive_weight:
            on_device = passages.to(vectors.device), concepts.to(vectors.device)
            loss = loss + weight * self._bank.loss(vectors, *on_device, self._settings.temperature).cpu()
        is_name = passages < self._examples.n_names
        self._bank.replace(passages[is_name].to(vectors.device), vectors[is_name.to(vectors.device)])
        return loss

    def _loss_of_space(self, vectors: Tensor, concepts: Tensor, generator: torch.Generator) -> Tensor:
        neighbours = self._hierarchy_targets.sample(concepts, generator)
        sample = sample_concepts(concepts, neighbours, self._n_concepts, RANDOM_CONCEPTS, generator)
        for optimiser in self._optimisers.of_points:
            optimiser.catch_up(sample.concepts)
        logits = self._model.space.logits(self._model.head(vectors), sample.concepts)
        return softmax_loss(logits, sample, torch.ones(len(concepts)), self._settings.smoothing)

    def _encoded_names(self, chosen: Tensor) -> Tensor:
        """The vectors of all names, (n_names, d), of which only the chosen ones are encoded; the others are 0."""
        names = (each for each in self._sequences if each.mentions[0][0] < self._examples.n_names)
        kept = (TokenSequence(each.tokens, [name for name in each.mentions if chosen[name[0]]]) for each in names)
        return self._model.encode([each for each in kept if each.mentions], self._examples.n_names)

    def _make_bank(self, vectors: Tensor, phase: _Phase) -> None:
        self._bank = NameBank(vectors, *self._examples.pairs, phase.left_out)

    def _make_optimisers(self, number: int) -> None:
        phase = self._phases[number]
        n_steps = phase.epochs * self._n_steps[number]
        self._optimisers = TuningOptimisers(self._settings.lr, self._model, n_steps, phase.scale)

    def _generator(self, position: Position, purpose: str) -> torch.Generator:
        """A generator seeded by the seed of the settings, a position and a purpose."""
        text = f"{self._settings.seed} {tuple(position)} {purpose}"
        return torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big"))
