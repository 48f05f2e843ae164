"""How hyplink compiles its inner loops with numba: one decorator, so that all of them keep the same rules."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

# Sums may be reordered into vector registers. Infinities keep their meaning; NaN never occurs.
VECTORISED = {"reassoc", "contract", "arcp", "nsz", "nnan"}


def compiled(function: F) -> F:
    """Compiles a function at its first call for the dtypes it is given, and keeps the result on disk."""
    compile_it = njit(cache=True, nogil=True, error_model="numpy", fastmath=VECTORISED)
    return cast(F, compile_it(function))
