"""What the question's own attempts yield, as they were asked and with one part repaired at a time.

Usage: python scripts/studies/study_repairs.py --config FILE --work FOLDER [--set SECTION.KEY=VALUE]… [PART]…

A network with one hidden layer is trained to map the mean word vector of a name or train mention to the frozen point
of its concept: 10,000 steps with batches of 32. The parts, all of them if none is given:
  ball    in the dimension of the configuration, at the default learning rate of Keras, 0.001
  fast    the same at the learning rate 0.1
  disk    at 0.001 in two dimensions, where points reach their targets sooner, with targets at radius 3
  slopes  loss and gradient for single outputs; without training
Every dev mention that resolves to a concept of the ontology is evaluated. Each result is kept in FOLDER/repairs.jsonl,
and a second call continues from there.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from attempts import AS_ASKED, ATTEMPTS, BARE, REPAIRED, STABLE, AskedAdam, Attempt, network_of
from rich.console import Console
from rich.table import Table
from torch import nn
from workbench import Ledger, Workbench

from hyplink.candidates.examples import Example
from hyplink.errors import InputError
from hyplink.poincare.geometry import dist0, max_norm, project, radius_of_norm
from hyplink.poincare.index import ConceptIndex

STEPS, BATCH = 10_000, 32
LR, HIGH_LR = 1e-3, 1e-1
CURVE_EVERY = 50
DISK_RADIUS = 3.0
IN_THE_DISK = tuple(replace(each, radius=DISK_RADIUS) for each in ATTEMPTS if each.radius > DISK_RADIUS)
PLACES = {
    "on its target, 0.5 from the origin": ((0.5, 0.0), (0.5, 0.0)),
    "0.0001 from a target at the origin": ((1e-4, 0.0), (0.0, 0.0)),
    "at 1.5, outside the ball, target at 0.9": ((1.5, 0.0), (0.9, 0.0)),
    "at 10¹⁸, target at 0.9": ((1e18, 0.0), (0.9, 0.0)),
}
"""Outputs and targets at which the losses are looked at one by one."""


def main() -> None:
    """Reads the command line, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("--config", type=Path, required=True, help="a hyplink configuration with data.dev")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--work", type=Path, required=True, help="folder for vectors and results")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {min(unknown)!r}; there are {', '.join(PARTS)}")
    torch.set_num_threads(1)
    bench = Workbench(arguments.config, arguments.overrides, arguments.work / "shared")
    ledger = Ledger(arguments.work / "repairs.jsonl")
    for part in arguments.parts or PARTS:
        Console(width=160).print(part, PARTS[part](bench, ledger))


def ball(bench: Workbench, ledger: Ledger) -> Table:
    """All attempts in the dimension of the configuration."""
    dim = bench.settings().train_ontology.dim
    return table([kept(bench, ledger, attempt, LR, dim) for attempt in ATTEMPTS])


def fast(bench: Workbench, ledger: Ledger) -> Table:
    """The same at a high learning rate."""
    dim = bench.settings().train_ontology.dim
    return table([kept(bench, ledger, attempt, HIGH_LR, dim) for attempt in ATTEMPTS])


def disk(bench: Workbench, ledger: Ledger) -> Table:
    """All attempts in two dimensions."""
    return table([kept(bench, ledger, attempt, LR, 2) for attempt in IN_THE_DISK])


def kept(bench: Workbench, ledger: Ledger, attempt: Attempt, lr: float, dim: int) -> dict[str, Any]:
    """The result of an attempt, made unless it was before."""
    print(f"{attempt.name}, lr {lr:g}, {dim} dimensions", flush=True)
    key = {"attempt": asdict(attempt), "lr": lr, "dim": dim}
    return ledger.result(key, lambda: Trial(bench, attempt, dim).result(lr))


class Trial:
    """One attempt on the data of a workbench."""

    def __init__(self, bench: Workbench, attempt: Attempt, dim: int) -> None:
        self._bench, self._attempt, self._dim = bench, attempt, dim
        config = bench.settings(
            "research.concepts=frozen", f"train_ontology.max_radius={attempt.radius}", f"train_ontology.dim={dim}"
        )
        self._concepts = bench.starts(config)
        self._judged_rows, self._gold = judged_mentions(bench.dev)

    def result(self, lr: float) -> dict[str, Any]:
        """What the attempt yields."""
        torch.manual_seed(0)
        network = network_of(self._bench.examples.blocks[0], self._dim)
        losses, scale = self._trained(network, lr)
        bad = ~np.isfinite(losses)
        weights = torch.cat([each.detach().flatten() for each in network.parameters()])
        return {
            "steps": len(losses),
            "bad_losses": int(bad.sum()),
            "first_bad": int(bad.argmax()) if bad.any() else None,
            "bad_weights": int((~weights.isfinite()).sum()),
            "scale": scale,
            "curve": [round(float(each), 4) for each in losses[::CURVE_EVERY]],
            **self._judged(network),
        }

    def _trained(self, network: nn.Module, lr: float) -> tuple[np.ndarray[Any, np.dtype[np.float64]], float | None]:
        """The loss of each step, and the median factor of the last gradients of an optimiser that scales them."""
        examples, targets = self._bench.examples, torch.from_numpy(self._concepts).float()
        vectors = torch.cat([each[:, : examples.blocks[0]] for each in examples.vectors()])
        optimiser = self._attempt.optimiser_of(network, lr)
        generator = torch.Generator().manual_seed(0)
        losses = np.empty(STEPS)
        for step in range(STEPS):
            rows = torch.randint(len(examples), (BATCH,), generator=generator)
            points = self._attempt.place(network(vectors[rows]))
            loss = self._attempt.loss(points, targets[examples.concepts[rows]])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses[step] = loss.item()
        scales = optimiser.scales if isinstance(optimiser, AskedAdam) else []
        return losses, float(torch.cat([each.flatten() for each in scales]).median()) if scales else None

    @torch.no_grad()
    def _judged(self, network: nn.Module) -> dict[str, Any]:
        bench = self._bench
        vectors = torch.from_numpy(bench.dev_vectors[self._judged_rows])[:, : bench.examples.blocks[0]]
        points = self._attempt.place(network(vectors)).double()
        gold = self._concepts[[bench.ontology.index_of[ids[0]] for ids in self._gold]]
        drawn = {"points": points.numpy().round(4).tolist(), "gold": gold.round(4).tolist()} if self._dim == 2 else {}
        if not points.isfinite().all():
            return {"bad_outputs": int((~points.isfinite()).sum()), **drawn}
        inside = project(points, radius_of_norm(max_norm(torch.float64)))
        index = ConceptIndex(self._concepts, list(bench.ontology.concept_ids))
        nearest = [bench.ontology.concept_ids[row] for row in index.nearest(inside.numpy(), 1)[0][:, 0]]
        return {
            "bad_outputs": 0,
            "mentions": len(self._gold),
            "outside": float((torch.linalg.vector_norm(points, dim=1) >= 1).double().mean()),
            "output_radius": float(dist0(inside).median()),
            "target_radius": float(dist0(torch.from_numpy(gold)).median()),
            **self._nearness(nearest),
            **drawn,
        }

    def _nearness(self, nearest: list[str]) -> dict[str, float]:
        """Accuracy@1 and mean tree distance of the nearest concepts of the judged mentions."""
        tree_distance = self._bench.ontology.tree_distance
        steps = [min(tree_distance(one, right) for right in ids) for one, ids in zip(nearest, self._gold, strict=True)]
        return {"accuracy_at_1": float(np.mean([each == 0 for each in steps])), "tree_distance": float(np.mean(steps))}


def judged_mentions(dev: Sequence[Example]) -> tuple[list[int], list[tuple[str, ...]]]:
    """The rows of the dev mentions that can be judged, and the ids of which any is right for each.

    With `data.roots` or `data.exclude`, some mentions are annotated with concepts that are not in the ontology; they
    are left out. Of a composite mention, the first part counts.

    Raises:
        InputError: no mention can be judged.
    """
    gold_of = {row: example.gold[0] for row, example in enumerate(dev) if example.gold and example.gold[0]}
    if not gold_of:
        raise InputError(f"data.dev: none of {len(dev)} mentions resolves to a concept of the ontology")
    return list(gold_of), list(gold_of.values())


def slopes(*_: object) -> Table:
    """Loss and its derivative along the radius of an output, at the places where the question's loss breaks."""
    shown = Table(box=None, header_style="dim", padding=(0, 1))
    shown.add_column("loss, slope")
    attempts = (BARE, AS_ASKED, STABLE, REPAIRED)
    for attempt in attempts:
        shown.add_column(attempt.name, justify="right")
    for place, (output, target) in PLACES.items():
        shown.add_row(place, *("{:.3g}, {:.3g}".format(*_slope(each, output, target)) for each in attempts))
    return shown


def _slope(attempt: Attempt, output: tuple[float, ...], target: tuple[float, ...]) -> tuple[float, float]:
    outputs = torch.tensor([output], requires_grad=True)
    loss = attempt.loss(attempt.place(outputs), torch.tensor([target]))
    (gradient,) = torch.autograd.grad(loss, outputs)
    return loss.item(), gradient[0, 0].item()


COLUMNS: dict[str, Callable[[dict[str, Any]], str]] = {
    "not finite / 1,000 steps": lambda row: f"{row['bad_losses'] / row['steps'] * 1000:g}",
    "from step": lambda row: "–" if row["first_bad"] is None else f"{row['first_bad']:,}",
    "outside": lambda row: _shown(row.get("outside"), 2),
    "radius": lambda row: _shown(row.get("output_radius"), 1),
    "of targets": lambda row: _shown(row.get("target_radius"), 1),
    "acc@1": lambda row: _shown(row.get("accuracy_at_1"), 3),
    "tree dist.": lambda row: _shown(row.get("tree_distance"), 2),
    "gradients scaled by": lambda row: "–" if row["scale"] is None else f"{row['scale']:.2g}",
}

PARTS: dict[str, Callable[[Workbench, Ledger], Table]] = {"ball": ball, "fast": fast, "disk": disk, "slopes": slopes}
"""The parts of the study by their names on the command line."""


def table(results: list[dict[str, Any]]) -> Table:
    """A row an attempt and learning rate."""
    shown = Table(box=None, header_style="dim", padding=(0, 1))
    shown.add_column("attempt")
    shown.add_column("lr", justify="right")
    for heading in COLUMNS:
        shown.add_column(heading, justify="right")
    for result in results:
        cells = (cell(result) for cell in COLUMNS.values())
        shown.add_row(result["key"]["attempt"]["name"], f"{result['key']['lr']:g}", *cells)
    return shown


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    main()
