"""A model to hand on: a folder that holds all that linking needs, and a card that says what it is."""

import shutil
from pathlib import Path

from hyplink.config import without_folders, write_config
from hyplink.errors import InputError
from hyplink.export.model_card import model_card
from hyplink.export.report import REPORT
from hyplink.run import Run

STAGES = ("train-ontology", "encode", "fit", "evaluate")
CARD = "README.md"


def export_model(run: Run, folder: Path, licence: str | None) -> None:
    """Copies a finished run to a new folder, which is a run itself, and adds a model card.

    Every file is compared with its hash first. The configuration keeps the names of data files without their folders.
    The report of the evaluation stays behind: it quotes the texts.

    Raises:
        InputError: the folder exists, or the word vectors are kept by reference.
        RunError: an unfinished or a damaged run.
        OSError: the folder cannot be written.
    """
    if folder.exists():
        raise InputError(f"{folder}: exists already; give a new name")
    if run.config.encode.by_reference:
        raise InputError(
            f"{run.folder}: its word vectors are kept by reference, so that a copy could not be used elsewhere; "
            f"`hyplink encode {run.folder} --set encode.by_reference=false` takes them in, then fit again"
        )
    stages = [stage for stage in STAGES if stage != "evaluate" or run.has(stage)]
    for stage in stages:
        run.verify(stage)
    partial = folder.with_name(f"{folder.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)  # of an export that was killed
    try:
        partial.mkdir(parents=True)
        for stage in stages:
            shutil.copytree(run.folder / stage, partial / stage, ignore=shutil.ignore_patterns(REPORT))
        shutil.copy(run.folder / "run.json", partial)
        write_config(without_folders(run.config), partial / "config.yaml")
        (partial / CARD).write_text(model_card(run, folder.name, licence), encoding="utf-8")
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
