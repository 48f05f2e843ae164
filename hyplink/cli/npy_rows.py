"""Writing of a `.npy` file whose number of rows is known only at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hyplink.cli.outputs import write_errors_explained
from hyplink.run.outputs import output_file

WriteRows = Callable[[NDArray[np.float64]], None]


@contextmanager
def writing_rows(path: Path, dim: int) -> Iterator[WriteRows]:
    """A function that appends rows, float64 (n, dim), to a `.npy` file, which gets its name once it is complete.

    Raises:
        HyplinkError: the file cannot be written.
    """
    with write_errors_explained(path), output_file(path) as temporary, temporary.open("wb") as file:
        n_rows = 0
        _write_header(file, (0, dim))

        def write(rows: NDArray[np.float64]) -> None:
            nonlocal n_rows
            n_rows += len(rows)
            file.write(rows.astype("<f8").tobytes())

        yield write
        file.seek(0)
        _write_header(file, (n_rows, dim))


def _write_header(file: BinaryIO, shape: tuple[int, int]) -> None:
    """Writes the header of an array; numpy pads it to the same length for any number of rows."""
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
