"""The decorator that compiles inner loops with numba, with the same options everywhere."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

# LLVM may reorder sums to use vector registers. Infinities are handled exactly; NaN must not occur.
FASTMATH_FLAGS = {"reassoc", "contract", "arcp", "nsz", "nnan"}


def compiled(function: F) -> F:
    """Compiles a function for each combination of argument dtypes on first use, and caches the result on disk."""
    decorate = njit(cache=True, nogil=True, error_model="numpy", fastmath=FASTMATH_FLAGS)
    return cast(F, decorate(function))
