"""The decorator that compiles inner loops with numba, with the same options everywhere."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from numba import njit

from hyplink.errors import HyplinkWarning

F = TypeVar("F", bound=Callable[..., Any])

# LLVM may reorder sums to use vector registers. Infinities are handled exactly; NaN must not occur.
FASTMATH_FLAGS = {"reassoc", "contract", "arcp", "nsz", "nnan"}


class NotCachedWarning(HyplinkWarning, RuntimeWarning):
    """Compiled code cannot be stored, so it is compiled again by each process."""


def compiled(function: F) -> F:
    """Compiles a function for each combination of argument dtypes on first use, and caches the result on disk.

    Where neither the folder of the code nor the user's cache can be written to, as in many containers, a warning says
    once that nothing is cached.
    """
    try:
        return _compiled(function, is_cached=True)
    except RuntimeError:  # numba finds no folder to cache in
        _warn_once()
        return _compiled(function, is_cached=False)


def _compiled(function: F, *, is_cached: bool) -> F:
    decorate = njit(cache=is_cached, nogil=True, error_model="numpy", fastmath=FASTMATH_FLAGS)
    return cast(F, decorate(function))


@cache
def _warn_once() -> None:
    warnings.warn(
        "no folder to keep compiled code in, so each start takes some seconds longer; set NUMBA_CACHE_DIR to a folder "
        "that can be written to",
        NotCachedWarning,
        stacklevel=3,
    )
