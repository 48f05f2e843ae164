"""Replacing finished stages, or a whole run, so that a process killed at any step loses nothing.

Whoever holds the lock completes a replacement that was interrupted (`repair`). Others write nothing: they find each
stage wherever it is (`stage_folder`), and read again if it was moved while they read (`consistently`).
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hyplink.errors import HyplinkError, RunError
from hyplink.run import files
from hyplink.run.manifest import MANIFEST, Manifest

T = TypeVar("T")

CONFIG = "config.yaml"

SUCCESSOR = "successor"
"""The folder of a complete run that is to replace this one; `successor.partial` while it is being built."""

_MAX_READS = 20


def discard(folder: Path) -> None:
    """Deletes a folder, its manifest first, so that the rest of it never counts as a finished stage after a kill."""
    if folder.exists():
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder)


def install_stage(run: Path, stage: str, new: Path) -> None:
    """Replaces a stage by a complete new folder, in steps that `repair` can complete."""
    final, old = run / stage, run / f"{stage}.old"
    if final.exists():
        if old.exists():
            shutil.rmtree(old)
        final.rename(old)
    new.rename(final)
    files.sync(run)
    if old.exists():
        shutil.rmtree(old)


def install_successor(run: Path) -> None:
    """Replaces the stages and configuration of a run by those of its successor, continuing an interrupted attempt."""
    successor = run / SUCCESSOR
    for stage in sorted(path.parent.name for path in successor.glob(f"*/{MANIFEST}")):
        install_stage(run, stage, successor / stage)
    if (successor / CONFIG).exists():
        (successor / CONFIG).replace(run / CONFIG)
    files.sync(run)
    shutil.rmtree(successor)


def repair(run: Path) -> None:
    """Completes replacements that were interrupted. The caller holds the lock of the run."""
    if (run / SUCCESSOR).exists():
        install_successor(run)
    for stage in sorted({path.stem for path in run.iterdir() if _is_old(path) or _is_complete_partial(path)}):
        _repair_stage(run, stage)


def stage_folder(run: Path, stage: str) -> Path:
    """The folder of a stage, also while it is being replaced or if its replacement was interrupted."""
    final, partial, old = run / stage, run / f"{stage}.partial", run / f"{stage}.old"
    if (run / SUCCESSOR / stage / MANIFEST).is_file():
        return run / SUCCESSOR / stage
    if final.exists():
        return final
    if _is_complete_partial(partial):
        return partial
    return old if old.exists() else final


def config_path(run: Path) -> Path:
    """The configuration file of a run, also while the run is being replaced."""
    path = run / SUCCESSOR / CONFIG
    return path if path.is_file() else run / CONFIG


def consistently(run: Path, read: Callable[[], T]) -> T:
    """What `read` returns when it has read files of a run that no other process replaced meanwhile.

    Raises:
        RunError: the run was replaced each time it was read.
    """
    for _ in range(_MAX_READS):
        before = _state(run)
        try:
            result = read()
        except (HyplinkError, OSError):
            if _state(run) == before:
                raise
        else:
            if _state(run) == before:
                return result
    raise RunError(f"{run}: another process kept replacing it while it was read; wait for it to finish")


def _state(run: Path) -> list[tuple[str, int, int]]:
    """What changes with each step of a replacement: where the manifests and configurations are, and which they are."""
    state = []
    for pattern in (f"*/{MANIFEST}", f"{SUCCESSOR}/*/{MANIFEST}", CONFIG, f"{SUCCESSOR}/{CONFIG}"):
        for path in sorted(run.glob(pattern)):
            try:
                status = path.stat()
            except FileNotFoundError:  # it has just been moved, so the next state differs
                continue
            state.append((str(path), status.st_ino, status.st_mtime_ns))
    return state


def _repair_stage(run: Path, stage: str) -> None:
    final, partial, old = run / stage, run / f"{stage}.partial", run / f"{stage}.old"
    if _is_complete_partial(partial):
        install_stage(run, stage, partial)
    elif old.exists() and not final.exists():
        old.rename(final)
    elif old.exists():
        shutil.rmtree(old)


def _is_old(path: Path) -> bool:
    return path.suffix == ".old" and path.is_dir()


def _is_complete_partial(path: Path) -> bool:
    if path.suffix != ".partial" or not (path / MANIFEST).is_file():
        return False
    try:
        return not any(Manifest.read(path).damaged(path, check_large_files=False))
    except RunError:
        return False
