"""Renders the report: collects the contents from a run and fills the templates."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hyplink.candidates.examples import texts_of
from hyplink.export.report import descriptions, missing_concepts, panels
from hyplink.export.report.confidence import back_off_charts, reliability_chart
from hyplink.export.report.error_examples import ErrorClass, error_classes
from hyplink.export.report.evaluation_data import EvaluationData
from hyplink.export.report.facts import changed_settings, comparison, facts_of, headlines
from hyplink.export.report.training import embedding_metrics, learning_charts, radius_chart
from hyplink.metrics.bootstrap import N_RESAMPLES
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, counted


def report_page(run: Run, data: EvaluationData) -> str:
    """A report as HTML.

    Raises:
        RunError: the run is unfinished or damaged.
    """
    return _environment().get_template("page.html").render(_contents(run, data))


def _environment() -> Environment:
    """A template environment that escapes all text and rejects undefined names."""
    environment = Environment(
        loader=PackageLoader("hyplink.export.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["counted"] = counted
    environment.filters["decimals"] = lambda value: f"{value:.3f}"
    return environment


def _contents(run: Run, data: EvaluationData) -> dict[str, Any]:
    """The variables of the templates."""
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    metrics = data.metrics
    confidence = metrics["confidence"]
    return {
        "name": run.folder.resolve().name,
        "files": data.files,
        "facts": facts_of(run, ontology, data),
        "settings": changed_settings(run.config),
        "headlines": [each for each in headlines(metrics) if each.estimate["value"] is not None],
        "comparison": comparison(metrics),
        "metrics": metrics,
        "n_resamples": N_RESAMPLES,
        "descriptions": descriptions,
        "panels": panels,
        "missing": metrics.get("missing_concepts"),
        "missing_concepts": missing_concepts,
        "reliability": reliability_chart(confidence["calibration"]) if confidence.get("calibration") else None,
        "back_off": back_off_charts(confidence["back_off"]) if confidence.get("calibration") else [],
        "error_examples": _error_examples(data, ontology),
        "learning": learning_charts(run),
        "embedding": embedding_metrics(run),
        "radius": radius_chart(run, ontology),
    }


def _error_examples(data: EvaluationData, ontology: Ontology) -> dict[str, list[ErrorClass]]:
    """The error classes with examples, for mentions with given spans and for those detected in raw text."""
    texts = texts_of(data.documents)
    return {
        source: error_classes([each for each in data.mistakes if each.source == source], texts, ontology)
        for source in ("given", "found")
    }
