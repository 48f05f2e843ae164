"""The version of the run format: what changed in each version, and which stage an older run must run again.

`run.json` holds the version of the directory as a whole, which a newer hyplink raises when it writes to the run. Each
stage's manifest holds the version that the stage was written in.
"""

from pathlib import Path
from typing import NamedTuple

import hyplink
from hyplink.errors import RunError
from hyplink.run.files import read_json, write_json

RUN_JSON = "run.json"


class FormatChange(NamedTuple):
    """A change of the run format.

    Attributes:
        version: the version that introduced it.
        change: what changed, to be read after "run format N:".
        stage: the stage whose older files cannot be read any more and that must be run again; None if all can be read.
    """

    version: int
    change: str
    stage: str | None


CHANGES = (
    FormatChange(1, "the first version", None),
    FormatChange(2, "config.yaml has a section research, and manifest.json holds the version of the format", None),
    FormatChange(
        2, "the mode of the run is stored; the files of the mention detector and the indices were renamed", "encode"
    ),
    FormatChange(2, "the ranker's features and the fields of the calibration were renamed", "fit"),
    FormatChange(3, "word vectors are stored in vectors.safetensors", "encode"),
    FormatChange(4, "the indices hold names letter by letter, composed names, and the labels of concepts", "encode"),
    FormatChange(4, "the ranker has features of labels, and of parts and heads of mentions", "fit"),
    FormatChange(5, "the indices hold the corrections of links, and mentions what they were linked to", "encode"),
    FormatChange(5, "the topics of concepts and of training documents are stored", "encode"),
    FormatChange(5, "a first ranker gives the links of a document that its features are made from", "fit"),
    FormatChange(5, "config.yaml has a section tune, and a run may have the stage tune-encoder", None),
    FormatChange(6, "the ontology is stored in columns, which are mapped to memory", "train-ontology"),
    FormatChange(6, "the names in the indices are arrays, which are mapped to memory", "encode"),
    FormatChange(7, "the abbreviations of names that texts define are stored", "encode"),
)
"""All changes, the oldest first. A change that older versions of hyplink cannot read needs a new version."""

FORMAT_VERSION = CHANGES[-1].version
"""The version that this hyplink writes."""


def check_format(run: Path) -> None:
    """Reads the version of a run and checks that this hyplink can read it.

    Raises:
        RunError: `run.json` is missing or damaged, or the run has a newer version.
    """
    path = run / RUN_JSON
    if not path.is_file():
        if any(run.glob("*/manifest.json")):
            raise RunError(
                f"{path} is missing, so the version of the run is unknown; copy the whole directory again, or make a "
                f"new run with `hyplink run NEW --config {run}/config.yaml`"
            )
        raise RunError(
            f"{run}: not a hyplink run: it has no {RUN_JSON}; name a run, or an empty directory for a new one"
        )
    marker = read_json(path)
    version = marker.get("format") if isinstance(marker, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise RunError(f"{path}: damaged: it holds no version of the run format; copy the file again")
    if version > FORMAT_VERSION:
        raise RunError(
            f"{run}: the run has format {version}, written by hyplink {marker.get('hyplink', 'unknown')}; hyplink "
            f"{hyplink.__version__} reads formats up to {FORMAT_VERSION}: install a newer hyplink"
        )


def write_format(run: Path) -> None:
    """Writes the current version to `run.json`, unless it is there already."""
    path = run / RUN_JSON
    if not path.is_file() or read_json(path)["format"] != FORMAT_VERSION:
        write_json(path, {"format": FORMAT_VERSION, "hyplink": hyplink.__version__})


def why_outdated(stage: str, version: int) -> str:
    """Why a stage that was written in this version of the format must be run again; empty if it can be read."""
    for change in CHANGES:
        if change.stage == stage and change.version > version:
            return f"written in run format {version}; run format {change.version}: {change.change}"
    return ""
