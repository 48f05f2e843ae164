"""Identifies the model of a run, whatever its path."""

import hashlib
import json

from hyplink.run.directory import Run

MODEL_STAGES = ("train-ontology", "encode", "fit")
"""The stages whose outputs linking reads."""


def model_id(run: Run) -> str:
    """A hash of the outputs of all stages that linking reads: runs with equal ones give equal links.

    Raises:
        RunError: a stage is not finished, or its manifest is damaged.
    """
    stages = {stage: run.manifest(stage).outputs for stage in MODEL_STAGES}
    hashes = {f"{stage}/{name}": output.sha256 for stage, outputs in stages.items() for name, output in outputs.items()}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
