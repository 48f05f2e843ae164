"""Export of a run as a model folder: everything needed for linking, and a model card."""

import shutil
from pathlib import Path

from hyplink.config import without_folders, write_config
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
    if folder.exists():
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
    partial = folder.with_name(f"{folder.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)  # left by an interrupted export
    try:
        partial.mkdir(parents=True)
        for stage in stages:
            shutil.copytree(run.folder / stage, partial / stage, ignore=shutil.ignore_patterns(REPORT))
        ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
        vocabulary = remove_rare_words(partial, run.config, ontology, min_count)
        if not with_text:
            remove_quotations(partial)
        renew_manifests(partial)
        shutil.copy(run.folder / "run.json", partial)
        write_config(without_folders(run.config), partial / "config.yaml")
        card = model_card(Run(partial, run.config), folder.name, licence, vocabulary, with_text=with_text)
        (partial / CARD).write_text(card, encoding="utf-8")
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return vocabulary
