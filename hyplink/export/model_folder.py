"""Export of a run as a model folder: everything needed for linking, and a model card."""

import os
import shutil
from pathlib import Path

from hyplink.config import without_folders, write_config
from hyplink.errors import InputError
from hyplink.export.model_card import model_card
from hyplink.export.report import REPORT
from hyplink.run import Run
from hyplink.run.outputs import output_folder

STAGES = ("train-ontology", "encode", "fit", "evaluate")
CARD = "README.md"


def export_model(run: Run, folder: Path, licence: str | None) -> None:
    """Copies a finished run to a new folder, which is a run directory itself, and adds a model card.

    The hash of every file is checked first. Paths of data files in the configuration are reduced to file names. The
    evaluation report is not copied, because it quotes the evaluated texts.

    Raises:
        InputError: the folder exists, or the word vectors are stored by reference.
        RunError: the run is unfinished or damaged.
        OSError: the folder cannot be written.
    """
    if os.path.lexists(folder):
        raise InputError(f"{folder}: already exists; choose another name")
    if run.config.encode.by_reference:
        raise InputError(
            f"{run.folder}: the word vectors are stored by reference, so a copy would not work on another machine; "
            f"copy them into the run with `hyplink encode {run.folder} --set encode.by_reference=false`, then run "
            f"`hyplink fit {run.folder}`"
        )
    stages = [stage for stage in STAGES if stage != "evaluate" or run.has(stage)]
    for stage in stages:
        run.verify(stage)
    with output_folder(folder) as new:
        for stage in stages:
            shutil.copytree(run.folder / stage, new / stage, ignore=shutil.ignore_patterns(REPORT))
        shutil.copy(run.folder / "run.json", new)
        write_config(without_folders(run.config), new / "config.yaml")
        (new / CARD).write_text(model_card(run, folder.name, licence), encoding="utf-8")
