"""`hyplink info`: a description of a run, an ontology, annotated text or a configuration in a few lines."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hyplink.cli.inputs import kind_of, ontology_of
from hyplink.cli.tables import FIGURES
from hyplink.config import read_config
from hyplink.corpus import CorpusReport, read_documents
from hyplink.export.report import report_path
from hyplink.linking.metrics_file import read_metrics
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, counted
from hyplink.stages import STAGES, asked_stages

SHOWN = ("accuracy_at_1", "recall_at_5", "tree_distance")
"""The metrics shown for a run."""

ROOTS_SHOWN = 5
VOCABULARIES_SHOWN = 8


def described_run(run: Run) -> Iterator[str]:
    """The ontology, the stages and the main metrics of a run, one per line."""
    yield f"run {run.folder}"
    if run.has("train-ontology", "ontology"):
        ontology = load_ontology(run.path("train-ontology", "ontology"))
        n_names = sum(1 for _ in ontology.names())
        counts = f"{counted(len(ontology), 'concept')}, {counted(n_names, 'name')}"
        depth = max(map(ontology.depth, ontology.concept_ids), default=0)
        yield f"ontology: {_title(ontology)}, {counts}, depth {depth}"
        yield from (f"  {problem.sentence}" for problem in ontology.problems)
    for name in asked_stages(run.config):
        if not run.has(name):
            yield f"{name}: not run"
            continue
        manifest = run.manifest(name)
        updates = f"{counted(manifest.updates, 'update')} since it was built, " if manifest.updates else ""
        freshness = run.is_fresh(STAGES[name])
        state = "up to date" if freshness else f"stale: {freshness.reason}"
        yield f"{name}: {manifest.created:%Y-%m-%d %H:%M} UTC, took {manifest.seconds:.0f} s, {updates}{state}"
    if run.has("fit", "calibration.json"):
        yield _confidence(run)
    if run.has("evaluate", "metrics.json"):
        figures = read_metrics(run.path("evaluate", "metrics.json"))["models"]["hyplink"]["every_mention"]["figures"]
        shown = [
            f"{FIGURES[name]} {figures[name]['value']:.3f}" for name in SHOWN if figures[name]["value"] is not None
        ]
        yield f"dev mentions: {', '.join(shown) or 'no metrics'}"
    if report_path(run).is_file():
        yield f"report: {report_path(run)}"


def _confidence(run: Run) -> str:
    """The calibration data of a run, or why it has no confidences."""
    from hyplink.confidence.calibration import Uncalibrated, load_calibration

    calibration = load_calibration(run.path("fit", "calibration.json"))
    if isinstance(calibration, Uncalibrated):
        return f"confidence: none, {calibration.reason}"
    if calibration.source == "names":
        return f"confidence: calibrated on {counted(calibration.n_mentions, 'held-out name')}"
    documents = counted(calibration.n_documents, "held-out document")
    return f"confidence: calibrated on {counted(calibration.n_mentions, 'mention')} in {documents}"


def described_file(path: Path) -> Iterator[str]:
    """A description of an ontology, of annotated text, or of the files that a configuration names.

    Raises:
        InputError: a file cannot be read.
    """
    kind = kind_of(path)
    if kind == "corpus":
        yield _described_corpus([path], path.name)
        return
    yield from described_ontology(ontology_of(path))
    if kind == "configuration":
        data = read_config(path).data
        for name, paths, sheet in (("train", data.train, data.train_sheet), ("dev", data.dev, data.dev_sheet)):
            if paths:
                yield _described_corpus(list(paths), name, sheet)


def _described_corpus(paths: list[Path], name: str, sheet: str | None = None) -> str:
    report = CorpusReport()
    for _ in read_documents(paths, report=report, sheet=sheet):
        pass
    return f"{name}: {report.sentence}"


def described_ontology(ontology: Ontology) -> Iterator[str]:
    """The release, counts, names, shape and problems of an ontology, one per line."""
    concepts = list(ontology.concepts.values())
    depths = [ontology.depth(concept.concept_id) for concept in concepts]
    n_edges = sum(len(concept.parents) for concept in concepts)
    yield f"ontology {_title(ontology)}{'' if ontology.release else ', no release given'}"
    yield f"concepts: {len(ontology):,}, and {len(ontology.obsolete):,} obsolete"
    yield f"hierarchy: {counted(n_edges, 'is-a edge')}, depth {max(depths)}, {sum(depths) / len(depths):.1f} on average"
    roots = [f"{root} ({ontology.concepts[root].label})" for root in ontology.roots[:ROOTS_SHOWN]]
    yield f"roots: {len(ontology.roots):,}: {'; '.join(roots)}{'; …' if len(ontology.roots) > ROOTS_SHOWN else ''}"
    scopes = Counter(synonym.scope.lower() for concept in concepts for synonym in concept.synonyms)
    synonyms = f", {', '.join(_counts(scopes))} synonyms" if scopes else ""
    yield f"names: {sum(1 for _ in ontology.names()):,}: {len(concepts):,} labels{synonyms}"
    yield f"definitions: {sum(bool(concept.definition) for concept in concepts):,}"
    vocabularies = Counter(each.partition(":")[0] for concept in concepts for each in concept.cross_references)
    yield f"cross-references: {vocabularies.total():,}{': ' if vocabularies else ''}{', '.join(_counts(vocabularies))}"
    yield from (f"  {problem.sentence}" for problem in ontology.problems)


def _title(ontology: Ontology) -> str:
    return f"{ontology.source}, release {ontology.release}" if ontology.release else ontology.source


def _counts(counter: Counter[str]) -> list[str]:
    return [f"{n:,} {name}" for name, n in counter.most_common(VOCABULARIES_SHOWN)]
