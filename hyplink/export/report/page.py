"""Puts the report together: reads what a run holds, and fills the page's templates."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hyplink.candidates.examples import texts_of
from hyplink.export.report import measures
from hyplink.export.report.confidence import back_off_charts, reliability_chart
from hyplink.export.report.facts import changed_settings, facts_of, headlines, verdict
from hyplink.export.report.measured import Measured
from hyplink.export.report.mistakes import ShownKind, shown_kinds
from hyplink.export.report.training import health_of, learning_charts, radius_chart
from hyplink.metrics.bootstrap import DRAWS
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, counted


def report_page(run: Run, measured: Measured) -> str:
    """A report as HTML.

    Raises:
        RunError: an unfinished or a damaged run.
    """
    return _environment().get_template("page.html").render(_contents(run, measured))


def _environment() -> Environment:
    """Templates in which every text is escaped, and a name that is not there is an error."""
    environment = Environment(
        loader=PackageLoader("hyplink.export.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = lambda number: f"{number:,}"
    environment.filters["counted"] = counted
    environment.filters["number"] = lambda value: f"{value:.3f}"
    return environment


def _contents(run: Run, measured: Measured) -> dict[str, Any]:
    """All that the templates show."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    metrics = measured.metrics
    confidence = metrics["confidence"]
    return {
        "name": run.folder.resolve().name,
        "files": measured.files,
        "facts": facts_of(run, ontology, measured),
        "settings": changed_settings(run.config),
        "headlines": [each for each in headlines(metrics) if each.figure["value"] is not None],
        "verdict": verdict(metrics),
        "metrics": metrics,
        "n_draws": DRAWS,
        "measures": measures,
        "reliability": reliability_chart(confidence["calibration"]) if confidence.get("calibration") else None,
        "back_off": back_off_charts(confidence["back_off"]) if confidence.get("calibration") else [],
        "mistakes": _mistakes(measured, ontology),
        "learning": learning_charts(run),
        "health": health_of(run),
        "radius": radius_chart(run, ontology),
    }


def _mistakes(measured: Measured, ontology: Ontology) -> dict[str, list[ShownKind]]:
    """The kinds of mistakes with examples, of given mentions and of found ones."""
    texts = texts_of(measured.documents)
    return {
        source: shown_kinds([each for each in measured.mistakes if each.source == source], texts, ontology)
        for source in ("given", "found")
    }
