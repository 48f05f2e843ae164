"""The model that is tuned: a transformer, a linear head, and the space that compares its outputs with concepts."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from hyplink.config import SpaceResearch
from hyplink.encoders.sequences import PassageTokenizer, TokenSequence, batches, max_tokens
from hyplink.encoders.transformer import load_transformer
from hyplink.poincare.geometry import expmap0
from hyplink.regressor.spaces import Space, space_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

START_RADIUS = 2.0
"""Mean hyperbolic radius of the initial points. Points that start close together can still change places."""

PART_SIZE = 32
"""Sequences that are encoded at a time: with more, a part holds more padding."""


class TunedModel:
    """A transformer whose mean states a linear head maps to the tangent space of the ball.

    The transformer runs on the device. Head and points stay in the memory of the CPU, where a step costs little.

    Args:
        folder: folder of the transformer, as for `TransformerEncoder`.
        window: number of context words on each side of a mention.
        device: PyTorch's name of the device.
    """

    def __init__(self, folder: Path, window: int, device: str) -> None:
        tokenizer, network = load_transformer(folder)
        self.network: PreTrainedModel = network.to(device)
        self.tokenizer = PassageTokenizer(tokenizer, max_tokens(tokenizer, network), window)
        self.device = device
        self.dim = int(network.config.hidden_size)
        self.head: nn.Linear
        self.space: Space

    def states(self, batch: Sequence[TokenSequence]) -> Tensor:
        """The normalised mean states of the mentions of a batch, in their order, on the device, (M, d)."""
        with self._mixed_precision():
            return self.tokenizer.mean_states(self.network, batch)[:, 0]

    @torch.no_grad()
    def encode(self, sequences: Sequence[TokenSequence], n_rows: int) -> Tensor:
        """The vectors of the passages in some sequences, by row, on the device, (n_rows, d)."""
        self.network.eval()
        vectors = torch.zeros(n_rows, self.dim, device=self.device)
        for batch in batches(sorted(sequences, key=lambda each: len(each.tokens))):
            vectors[[row for each in batch for row, _, _ in each.mentions]] = self.states(batch)
        return vectors

    def start_points(self, dim: int, vectors: Tensor, pairs: tuple[Tensor, Tensor], n_concepts: int) -> "Start":
        """The initial head and points: the principal components of the concepts' mean name vectors.

        The head projects a vector onto the components; the initial point of a concept is the image of its mean, and the
        origin if it has no name, as most concepts of a lexicon that is tuned on a few words.

        Args:
            dim: dimension of the ball.
            vectors: of the names, (n_names, d).
            pairs: (name, concept) of all names.
            n_concepts: number of concepts.
        """
        rows, concepts = pairs
        sums = torch.zeros(n_concepts, self.dim).index_add(0, concepts, vectors.float().cpu()[rows])
        named = torch.unique(concepts)
        means = nn.functional.normalize(sums[named], dim=1)
        centre = means.mean(0)
        components = _principal_components(means - centre, dim)
        projected = (means - centre) @ components.T  # (n_named, dim)
        scale = START_RADIUS / 2 / projected.norm(dim=1).mean().clamp_min(1e-6)
        points = torch.zeros(n_concepts, dim, dtype=torch.float64)
        points[named] = expmap0((scale * projected).double())
        return Start(points, scale * components, -scale * (components @ centre))

    def begin(self, settings: SpaceResearch, start: "Start") -> None:
        """Makes the head and the space.

        A head with other outputs than the coordinates of a point, as in the flat space, starts from random weights.

        Args:
            settings: name the space and the map to its points.
            start: the initial weights and points.
        """
        self.space = space_of(settings, start.points.numpy())
        self.head = nn.Linear(self.dim, self.space.output_dim)
        if self.space.output_dim == len(start.weight):
            self.head.load_state_dict({"weight": start.weight, "bias": start.bias})

    @property
    def modules(self) -> dict[str, nn.Module]:
        """The trained modules by name."""
        return {"network": self.network, "head": self.head, "space": self.space}

    def _mixed_precision(self) -> AbstractContextManager[object]:
        """bfloat16 where the device multiplies it faster: on CUDA, and on CPUs with instructions for it."""
        device_type = torch.device(self.device).type
        return torch.autocast(device_type, torch.bfloat16, enabled=device_type == "cuda" or _cpu_multiplies_bfloat16())


class Start(NamedTuple):
    """The initial values of what is trained beside the transformer.

    Attributes:
        points: of the concepts in the ball, float64 (n_concepts, dim).
        weight: of the head, (dim, d).
        bias: of the head, (dim,).
    """

    points: Tensor
    weight: Tensor
    bias: Tensor


def resolved_device(setting: str) -> str:
    """PyTorch's name of the device that a setting `device` selects: `auto` is CUDA where there is one."""
    if setting == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return setting


def _cpu_multiplies_bfloat16() -> bool:
    known = getattr(torch.cpu, "get_capabilities", dict)  # not in older versions of PyTorch
    capabilities: dict[str, object] = known()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def _principal_components(centred: Tensor, dim: int) -> Tensor:
    """The `dim` first principal components (dim, d) of centred rows (n, d), zero beyond their number."""
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    components = torch.zeros(dim, centred.shape[1])
    components[: len(directions)] = directions[:dim]
    return components
