"""Replacing finished stages, or a whole run, so that a process killed at any step loses nothing."""

import shutil
from pathlib import Path

from hyplink.errors import HyplinkError, RunError
from hyplink.run import files
from hyplink.run.manifest import MANIFEST, Manifest

CONFIG = "config.yaml"

SUCCESSOR = "successor"
"""The folder of a complete run that is to replace this one; `successor.partial` while it is being built."""


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
    """Replaces the stages and the configuration of a run by those of its successor, from whatever step was reached."""
    successor = run / SUCCESSOR
    for stage in sorted(path.parent.name for path in successor.glob(f"*/{MANIFEST}")):
        install_stage(run, stage, successor / stage)
    if (successor / CONFIG).exists():
        (successor / CONFIG).replace(run / CONFIG)
    files.sync(run)
    shutil.rmtree(successor)


def repair(run: Path) -> None:
    """Completes replacements that were interrupted. Does nothing while another process holds the lock."""
    if not _is_interrupted(run):
        return
    try:
        with files.locked(run):
            if (run / SUCCESSOR).exists():
                install_successor(run)
            for stage in sorted({path.stem for path in run.iterdir() if _is_old(path) or _is_complete_partial(path)}):
                _repair_stage(run, stage)
    except HyplinkError:
        return


def _is_interrupted(run: Path) -> bool:
    return any(path.name == SUCCESSOR or _is_old(path) or _is_complete_partial(path) for path in run.iterdir())


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
