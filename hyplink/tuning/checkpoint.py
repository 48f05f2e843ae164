"""Checkpoints from which an interrupted tuning continues to the same result: tensors in one safetensors file."""

from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from hyplink.run import replacing

CHECKPOINT = "checkpoint.safetensors"


class Position(NamedTuple):
    """How far tuning has come.

    Attributes:
        phase: number of the phase, from 0.
        epoch: number of the epoch in the phase, from 0.
        step: number of the next step in the epoch, from 0.
    """

    phase: int
    epoch: int
    step: int


def write_checkpoint(folder: Path, position: Position, tensors: dict[str, Tensor]) -> None:
    """Writes the tensors, replacing an older checkpoint; creates the folder if it is missing."""
    folder.mkdir(exist_ok=True)
    metadata = {name: str(value) for name, value in position._asdict().items()}
    contiguous = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with replacing(folder / CHECKPOINT) as temporary:
        save_file(contiguous, temporary, metadata)


def read_checkpoint(folder: Path) -> tuple[Position, dict[str, Tensor]] | None:
    """The position and the tensors of a checkpoint; None if there is none, or it is damaged."""
    try:
        with safe_open(folder / CHECKPOINT, framework="pt") as file:
            metadata = file.metadata() or {}
            position = Position(*(int(metadata[name]) for name in Position._fields))
            return position, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def with_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose name has a prefix, named without it."""
    return {name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)}
