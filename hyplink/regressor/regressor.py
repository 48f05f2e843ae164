"""The trained regressor: maps vectors of mentions to ranked concepts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from safetensors.torch import save
from torch import Tensor
from typing_extensions import TypedDict

from hyplink.errors import InputError, RunError
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.network import Network
from hyplink.regressor.spaces import Comparison, EuclideanSpace, FlatSpace, PoincareSpace, Ranking, Space
from hyplink.regressor.whitening import Whitening
from hyplink.run import read_record
from hyplink.run.array_files import read_array, read_tensors

RANKED_AT_A_TIME = 4096
"""Mentions ranked at a time, to bound memory."""

COMPARED_AT_A_TIME = 2048
"""Pairs compared at a time, to bound memory: in the flat space each pair takes a row of n_concepts logits."""

_BLOCK = 32
"""Rows that the network gets at a time."""

FORMER_NAMES = {
    "space.reach": "space.max_radius",
    "network.layers.weights": "network.layers.parametrizations.weights.original",
    "network.layers.3.weights": "network.layers.3.parametrizations.weights.original",
}
"""Names of weights in runs of earlier versions, and their present names."""

Size = Annotated[int, Field(ge=1)]


class Regressor:
    """A network with its input whitening and the space that compares its outputs with concepts.

    Callers that both rank all concepts and compare pairs compute `outputs` once and pass them to `rank_outputs` and
    `compare_outputs`.

    Args:
        whitening: applied to the vectors first.
        network: maps whitened vectors to outputs.
        space: compares outputs with concepts.
        uses_context: whether training examples had a context; if not, context blocks are set to zero.
    """

    def __init__(self, whitening: Whitening, network: Network, space: Space, uses_context: bool) -> None:
        self.whitening = whitening
        self.network = network
        self.space = space
        self.uses_context = uses_context

    def in_space(self, space: Space) -> "Regressor":
        """A regressor with the same whitening, network and (if both spaces have one) temperature in another space."""
        if not isinstance(space, FlatSpace) and not isinstance(self.space, FlatSpace):
            space.inverse_temperature.load_state_dict(self.space.inverse_temperature.state_dict())
        return Regressor(self.whitening, self.network, space, self.uses_context)

    @torch.no_grad()
    def outputs(self, vectors: NDArray[np.float32]) -> Tensor:
        """The network's outputs, float32 (n, output_dim), for vectors, float32 (n, dim).

        The output for a vector is the same to the last digit whatever the others are. Matrix products differ with the
        number of rows, so the network gets blocks of so many rows always, the last one filled with zeros.
        """
        network = self.network.eval()
        padded = np.zeros((len(vectors) + -len(vectors) % _BLOCK, vectors.shape[1]), np.float32)
        padded[: len(vectors)] = vectors
        starts = range(0, max(1, len(padded)), _BLOCK)
        outputs = [network(self._inputs(torch.from_numpy(padded[start : start + _BLOCK]))) for start in starts]
        return torch.cat(outputs)[: len(vectors)]

    def _inputs(self, vectors: Tensor) -> Tensor:
        """The whitened vectors, without their context if it is not used."""
        inputs: Tensor = self.whitening(vectors)
        if not self.uses_context:
            inputs[:, self.whitening.blocks[0] :] = 0
        return inputs

    def points(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """The points of the ball, float64 (n, d), for vectors, float32 (n, dim).

        Raises:
            InputError: the space of the regressor is not the Poincaré ball.
        """
        with torch.no_grad():
            points: NDArray[np.float64] = self._ball.to_points(self.outputs(vectors).double()).numpy()
        return points

    def nearest(self, points: NDArray[np.float64], k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The k concepts nearest to points of the ball, float64 (n, d): indices int64 (n, k), distances float64 (n, k).

        Raises:
            InputError: the space of the regressor is not the Poincaré ball.
        """
        return self._ball.index.nearest(points, k)

    @property
    def point_dim(self) -> int:
        """The dimension of the ball.

        Raises:
            InputError: the space of the regressor is not the Poincaré ball.
        """
        return self._ball.points.shape[1]

    @property
    def _ball(self) -> PoincareSpace:
        if not isinstance(self.space, PoincareSpace):
            raise InputError(
                f"research.space of this run is {self.space.name}, which has no points of the ball; "
                "set research.space to poincare and re-run `hyplink fit`"
            )
        return self.space

    def rank(self, vectors: NDArray[np.float32], k: int) -> Ranking:
        """The k best concepts for each mention, given the mentions' vectors, float32 (n, dim)."""
        return self.rank_outputs(self.outputs(vectors), k)

    def rank_outputs(self, outputs: Tensor, k: int) -> Ranking:
        """The k best concepts for each mention, given the network's outputs for the mentions, (n, output_dim)."""
        batches = [self.space.rank(batch, k) for batch in torch.split(outputs, RANKED_AT_A_TIME)]
        distances = [batch.distances for batch in batches if batch.distances is not None]
        return Ranking(
            np.concatenate([batch.concepts for batch in batches]),
            np.concatenate([batch.scores for batch in batches]),
            np.concatenate(distances) if distances else None,
        )

    def compare(
        self, vectors: NDArray[np.float32], mentions: NDArray[np.int64], concepts: NDArray[np.int64]
    ) -> Comparison:
        """Scores and distances of (mention, concept) pairs, given the mentions' vectors.

        The network runs on the mentions of `COMPARED_AT_A_TIME` pairs at a time, so that the outputs of all mentions
        are never held together.

        Args:
            vectors: of the mentions, float32 (n, dim).
            mentions: row of each pair's mention in `vectors`, int64 (p,).
            concepts: index of each pair's concept, int64 (p,).
        """

        def compared(pairs: slice) -> Comparison:
            rows, places = np.unique(mentions[pairs], return_inverse=True)
            return self._compared(self.outputs(vectors[rows]), places, concepts[pairs])

        return _concatenated([compared(pairs) for pairs in _slices(len(mentions))])

    def compare_outputs(self, outputs: Tensor, mentions: NDArray[np.int64], concepts: NDArray[np.int64]) -> Comparison:
        """Scores and distances of (mention, concept) pairs, given the network's outputs for the mentions.

        Args:
            outputs: of `outputs`, (n, output_dim).
            mentions: row of each pair's mention in `outputs`, int64 (p,).
            concepts: index of each pair's concept, int64 (p,).
        """
        return _concatenated(
            [self._compared(outputs, mentions[pairs], concepts[pairs]) for pairs in _slices(len(mentions))]
        )

    def _compared(self, outputs: Tensor, mentions: NDArray[np.int64], concepts: NDArray[np.int64]) -> Comparison:
        return self.space.compare(outputs[torch.from_numpy(mentions)], torch.from_numpy(concepts))

    def gromov_products(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """The Gromov products, float64 (A, B), of the points of concepts (A,) and (B,); None in the flat space."""
        return self.space.gromov_products(torch.from_numpy(first), torch.from_numpy(second))

    def save(self, folder: Path) -> None:
        """Writes `regressor.safetensors`, `regressor.json` and, if concepts have points, `points.npy`."""
        (folder / "regressor.safetensors").write_bytes(save(self._weights()))
        points = self.space.concept_points()
        if points is not None:
            np.save(folder / "points.npy", points, allow_pickle=False)
        settings = {
            "space": self.space.name,
            "blocks": self.whitening.blocks,
            "hidden": self.network.hidden,
            "last_layer": asdict(self.network.last),
            "output_dim": self.space.output_dim,
            "head": self.space.head_name if isinstance(self.space, PoincareSpace) else None,
            "uses_context": self.uses_context,
        }
        (folder / "regressor.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def _weights(self) -> dict[str, Tensor]:
        """All weights except the concept points, which are stored in a file of their own."""
        modules = {"whitening": self.whitening, "network": self.network, "space": self.space}
        return {
            f"{part}.{name}": weight
            for part, module in modules.items()
            for name, weight in module.state_dict().items()
            if (part, name) != ("space", "points")
        }


def _slices(n_pairs: int) -> list[slice]:
    """Consecutive slices of at most `COMPARED_AT_A_TIME` pairs; a single empty one if there are no pairs."""
    return [slice(start, start + COMPARED_AT_A_TIME) for start in range(0, max(n_pairs, 1), COMPARED_AT_A_TIME)]


def _concatenated(parts: Sequence[Comparison]) -> Comparison:
    distances = [part.distances for part in parts if part.distances is not None]
    return Comparison(np.concatenate([part.scores for part in parts]), np.concatenate(distances) if distances else None)


def load_regressor(folder: Path) -> Regressor:
    """The regressor that `Regressor.save` wrote to a folder.

    Raises:
        RunError: a file is missing or damaged.
    """
    settings = read_record(_Settings, folder / "regressor.json")
    tensors = read_tensors(folder / "regressor.safetensors")
    _check_sizes(settings, sum(each.size for each in tensors.values()), folder)
    weights = {FORMER_NAMES.get(name, name): torch.from_numpy(tensor) for name, tensor in tensors.items()}
    try:
        return _restored(settings, weights, folder / "points.npy")
    except (ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise RunError(f"{folder}: cannot read the regressor ({reason}); re-run `hyplink fit RUN --force`") from error


class _Settings(TypedDict):
    """The content of `regressor.json`."""

    space: Literal["poincare", "euclidean", "flat"]
    blocks: Annotated[tuple[Size, ...], Field(min_length=1)]
    hidden: Annotated[int, Field(ge=0)]
    last_layer: LastLayer
    output_dim: Size
    head: str | None
    uses_context: bool


def _check_sizes(settings: _Settings, n_weights: int, folder: Path) -> None:
    """Checks that the file holds as many weights as the settings ask for, before memory is allocated for them."""
    n_inputs, hidden, n_outputs = sum(settings["blocks"]), settings["hidden"], settings["output_dim"]
    network = (n_inputs + n_outputs) * hidden if hidden else n_inputs * n_outputs
    if network + sum(length**2 for length in settings["blocks"]) > n_weights:
        raise RunError(f"{folder}: damaged: a larger regressor in regressor.json than in regressor.safetensors")


def _restored(settings: _Settings, weights: dict[str, Tensor], points_path: Path) -> Regressor:
    blocks = settings["blocks"]
    whitening = Whitening(blocks)
    whitening.load_state_dict(_with_prefix("whitening.", weights))
    network = Network(sum(blocks), settings["hidden"], settings["output_dim"], settings["last_layer"])
    network.load_state_dict(_with_prefix("network.", weights))
    space: Space = FlatSpace(settings["output_dim"])
    if settings["space"] != "flat":
        points = read_array(points_path, np.float64, (None, None))
        weights["space.points"] = torch.from_numpy(points)
        poincare = settings["space"] == "poincare"
        if poincare and not (np.square(points.clip(-2, 2)).sum(1) < 1).all():  # no square overflows
            raise ValueError("a point of points.npy is not inside the ball")
        space = PoincareSpace(points, settings["head"] or "", False) if poincare else EuclideanSpace(points, False)
    if space.output_dim != settings["output_dim"]:
        raise ValueError(f"{settings['output_dim']} outputs; expected {space.output_dim}")
    space.load_state_dict(_with_prefix("space.", weights))
    return Regressor(whitening, network, space, settings["uses_context"])


def _with_prefix(prefix: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights whose name has a prefix, named without it."""
    return {name.removeprefix(prefix): weight for name, weight in weights.items() if name.startswith(prefix)}
