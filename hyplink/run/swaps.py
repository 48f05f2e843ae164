"""What stands in a run directory while one thing takes the place of another, and how a kill in between is mended."""

import shutil
from pathlib import Path

from hyplink.errors import HyplinkError, RunError
from hyplink.run import files
from hyplink.run.manifest import MANIFEST, Manifest

CONFIG = "config.yaml"

SUCCESSOR = "successor"
"""A whole run that is to take this one's place; `successor.partial` while it is being made."""


def discard(folder: Path) -> None:
    """Deletes a folder, its manifest first: what remains after a kill is then never taken for a whole stage."""
    if folder.exists():
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder)


def swap_in(run: Path, stage: str, new: Path) -> None:
    """Puts a whole new folder in the place of the stage, in steps that `repair` can go on from."""
    final, old = run / stage, run / f"{stage}.old"
    if final.exists():
        if old.exists():
            shutil.rmtree(old)
        final.rename(old)
    new.rename(final)
    files.sync(run)
    if old.exists():
        shutil.rmtree(old)


def succeed(run: Path) -> None:
    """Puts the stages and the configuration of a run's whole successor in their places; goes on from anywhere."""
    successor = run / SUCCESSOR
    for stage in sorted(path.parent.name for path in successor.glob(f"*/{MANIFEST}")):
        swap_in(run, stage, successor / stage)
    if (successor / CONFIG).exists():
        (successor / CONFIG).replace(run / CONFIG)
    files.sync(run)
    shutil.rmtree(successor)


def repair(run: Path) -> None:
    """Ends the swaps that a kill cut short; a process that holds the lock is left to end its own."""
    if not _is_cut_short(run):
        return
    try:
        with files.locked(run):
            if (run / SUCCESSOR).exists():
                succeed(run)
            for stage in sorted({path.stem for path in run.iterdir() if _is_old(path) or _is_whole_partial(path)}):
                _repair_stage(run, stage)
    except HyplinkError:
        return


def _is_cut_short(run: Path) -> bool:
    return any(path.name == SUCCESSOR or _is_old(path) or _is_whole_partial(path) for path in run.iterdir())


def _repair_stage(run: Path, stage: str) -> None:
    final, partial, old = run / stage, run / f"{stage}.partial", run / f"{stage}.old"
    if _is_whole_partial(partial):
        swap_in(run, stage, partial)
    elif old.exists() and not final.exists():
        old.rename(final)
    elif old.exists():
        shutil.rmtree(old)


def _is_old(path: Path) -> bool:
    return path.suffix == ".old" and path.is_dir()


def _is_whole_partial(path: Path) -> bool:
    if path.suffix != ".partial" or not (path / MANIFEST).is_file():
        return False
    try:
        return not any(Manifest.read(path).damaged(path, thoroughly=False))
    except RunError:
        return False
