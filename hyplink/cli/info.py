"""`hyplink info`: what a run holds, in a few lines."""

from hyplink.cli.tables import FIGURES
from hyplink.linking.calibrate import Calibration, Uncalibrated, load_calibration
from hyplink.ontology import load_ontology
from hyplink.run import Run, counted, read_json
from hyplink.stages import STAGES

SHOWN = ("accuracy_at_1", "recall_at_5", "tree_distance")
"""The figures that a run is known by."""


def describe(run: Run) -> str:
    """The ontology, the stages and the main figures of a run, a line each."""
    lines = [f"run {run.folder}"]
    if run.has("train-ontology", "ontology.json.gz"):
        ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
        n_names = sum(1 for _ in ontology.names())
        depths = max(map(ontology.depth, ontology.concept_ids))
        release = f", release {ontology.release}" if ontology.release else ""
        counts = f"{counted(len(ontology), 'concept')}, {counted(n_names, 'name')}"
        lines.append(f"ontology: {ontology.source}{release}, {counts}, depth {depths}")
        lines += [f"  {problem.sentence}" for problem in ontology.problems]
    for name, stage in STAGES.items():
        if not run.has(name):
            lines.append(f"{name}: not done")
            continue
        manifest = run.manifest(name)
        freshness = run.is_fresh(stage)
        state = "up to date" if freshness else f"to be done again: {freshness.reason}"
        lines.append(f"{name}: {manifest.created:%Y-%m-%d %H:%M} UTC, took {manifest.seconds:.0f} s, {state}")
    if run.has("fit", "calibration.json"):
        lines.append(_confidence(load_calibration(run.path("fit", "calibration.json"))))
    if run.has("evaluate", "metrics.json"):
        figures = read_json(run.path("evaluate", "metrics.json"))["models"]["hyplink"]["every_mention"]["figures"]
        shown = [
            f"{FIGURES[name]} {figures[name]['value']:.3f}" for name in SHOWN if figures[name]["value"] is not None
        ]
        lines.append(f"every dev mention: {', '.join(shown) or 'no figures'}")
    return "\n".join(lines)


def _confidence(calibration: Calibration | Uncalibrated) -> str:
    """Where the confidences come from, or why there are none."""
    if isinstance(calibration, Uncalibrated):
        return f"confidence: none, {calibration.reason}"
    if calibration.basis == "names":
        return f"confidence: calibrated on {counted(calibration.n_mentions, 'name')} held out"
    documents = counted(calibration.n_documents, "document")
    return f"confidence: calibrated on {counted(calibration.n_mentions, 'mention')} of {documents} held out"
