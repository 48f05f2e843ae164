"""Checkpoints from which an interrupted training resumes: one file of plain arrays, written atomically."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.run import replacing

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint file of one training.

    Attributes:
        path: the `.npz` file.
        fingerprint: SHA-256 of the training's settings and relations; a file with another fingerprint is ignored.
    """

    path: Path
    fingerprint: str

    @classmethod
    def from_training(
        cls, folder: Path, settings: TrainOntologySettings, relations: NDArray[np.int32], n_concepts: int
    ) -> "Checkpoint":
        """The checkpoint, inside `folder`, of a training with these settings and relations."""
        digest = hashlib.sha256(f"{settings.model_dump_json()} {n_concepts}".encode())
        digest.update(np.ascontiguousarray(relations).tobytes())
        return cls(folder / "checkpoint.npz", digest.hexdigest())

    def write(self, arrays: Arrays) -> None:
        """Writes the arrays, replacing an older checkpoint; creates the folder if it is missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, fingerprint=np.array(self.fingerprint), **arrays)

    def read(self) -> Arrays | None:
        """The arrays, or None if the file is missing, damaged or has another fingerprint."""
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = dict(arrays)
        except Exception:  # a damaged archive can raise anything
            return None
        return found if str(found.pop("fingerprint", "")) == self.fingerprint else None

    def remove(self) -> None:
        """Deletes the file if it exists."""
        self.path.unlink(missing_ok=True)
