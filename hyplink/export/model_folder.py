"""Export of a run as a model folder: everything needed for linking, and a model card."""

import os
import shutil
from pathlib import Path

from hyplink.config import without_folders, write_config
from hyplink.encoders.encoder import read_settings
from hyplink.errors import InputError
from hyplink.export.model_card import model_card
from hyplink.export.report import REPORT
from hyplink.export.text_removal import (
    STAGES,
    Vocabulary,
    remove_quotations,
    remove_rare_words,
    renew_manifests,
)
from hyplink.ontology import load_ontology
from hyplink.run import Run
from hyplink.run.files import files_under
from hyplink.run.outputs import output_folder

CARD = "README.md"


def export_model(
    run: Run, folder: Path, licence: str | None, *, min_count: int | None = None, with_text: bool = False
) -> Vocabulary | None:
    """Copies a finished run to a new folder, which is a run directory itself, and adds a model card.

    The hash of every file is checked first. Paths of data files in the configuration are reduced to file names. The
    evaluation report is not copied, because it quotes the evaluated texts. Word vectors that the run trained are copied
    without the words that are only in training text; see `remove_rare_words`.

    Args:
        run: the run.
        folder: the folder to create.
        licence: licence of the model; None if unknown.
        min_count: keep the vectors of words that occur at least so often in the training text; None keeps only words
            of the ontology.
        with_text: keep the words of mentions in the files that list training mentions, predictions and links.

    Returns:
        The size of the vocabulary; None if the encoder has no words.

    Raises:
        InputError: the folder exists, or the word vectors are stored by reference.
        RunError: the run is unfinished or damaged.
        OSError: the folder cannot be written.
    """
    if os.path.lexists(folder):
        raise InputError(f"{folder}: already exists; choose another name")
    if read_settings(run.path("encode", "encoder.json"))["by_reference"]:
        raise InputError(
            f"{run.folder}: the word vectors are stored by reference, so a copy would not work on another machine; "
            f"copy them into the run with `hyplink encode {run.folder} --set encode.by_reference=false`, then run "
            f"`hyplink fit {run.folder}`"
        )
    with output_folder(folder) as new:
        run.snapshot(lambda: _copy(run, new))
        ontology = load_ontology(new / "train-ontology" / "ontology")
        vocabulary = remove_rare_words(new, run.config, ontology, min_count)
        if not with_text:
            remove_quotations(new)
        renew_manifests(new)
        card = model_card(Run.open(new), folder.name, licence, vocabulary, with_text=with_text)
        (new / CARD).write_text(card, encoding="utf-8")
    return vocabulary


def _copy(run: Run, folder: Path) -> None:
    """Copies the files that linking needs to a folder, in which an earlier attempt may have left some."""
    for stage in STAGES:
        shutil.rmtree(folder / stage, ignore_errors=True)
        if stage != "evaluate" or run.has(stage):
            run.verify(stage)
            for name, path in files_under(run.path(stage)).items():
                if name != REPORT:
                    (folder / stage / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, folder / stage / name)
    shutil.copyfile(run.folder / "run.json", folder / "run.json")
    write_config(without_folders(run.config), folder / "config.yaml")
