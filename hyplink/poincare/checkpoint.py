"""Where a training that was cut short can go on: one file of plain arrays, written whole or not at all."""

import hashlib
import zipfile
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
    """A checkpoint file of one training, told from others by what the training is made from.

    Attributes:
        path: the file.
        fingerprint: SHA-256 of the settings and the relations; a file with another one is not used.
    """

    path: Path
    fingerprint: str

    @classmethod
    def of(
        cls, folder: Path, settings: TrainOntologySettings, relations: NDArray[np.int32], n_concepts: int
    ) -> "Checkpoint":
        """The checkpoint that a training of these relations keeps in a folder."""
        digest = hashlib.sha256(f"{settings.model_dump_json()} {n_concepts}".encode())
        digest.update(np.ascontiguousarray(relations).tobytes())
        return cls(folder / "checkpoint.npz", digest.hexdigest())

    def write(self, arrays: Arrays) -> None:
        """Writes the arrays, over an older checkpoint if there is one; makes the folder where it is missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, fingerprint=np.array(self.fingerprint), **arrays)

    def read(self) -> Arrays | None:
        """The arrays; None where there is no file, a damaged one or one of another training."""
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = dict(arrays)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        return found if str(found.pop("fingerprint", "")) == self.fingerprint else None

    def remove(self) -> None:
        """Removes the file, if there is one."""
        self.path.unlink(missing_ok=True)
