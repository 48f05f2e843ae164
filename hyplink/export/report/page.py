"""Puts the report together: reads what a run holds, and fills the page's templates."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hyplink.corpus import read_documents
from hyplink.export.report import measures
from hyplink.export.report.confidence import back_off_charts, reliability_chart
from hyplink.export.report.facts import changed_settings, facts_of, headlines, verdict
from hyplink.export.report.mistakes import shown_kinds
from hyplink.export.report.training import health_of, learning_charts, radius_chart
from hyplink.linking.examples import texts_of
from hyplink.linking.mistakes import Mistake
from hyplink.metrics.bootstrap import DRAWS
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, read_json, read_json_lines


def report_page(run: Run) -> str:
    """The report of a finished evaluation, as HTML.

    Raises:
        RunError: an unfinished or a damaged run.
        InputError: the dev data cannot be read.
    """
    return _environment().get_template("page.html").render(_contents(run))


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
    environment.filters["number"] = lambda value: f"{value:.3f}"
    return environment


def _contents(run: Run) -> dict[str, Any]:
    """All that the templates show."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    metrics: Mapping[str, Any] = read_json(run.path("evaluate", "metrics.json"))
    confidence = metrics["confidence"]
    return {
        "name": run.folder.resolve().name,
        "source": PurePath(ontology.source).name,
        "facts": facts_of(run, ontology, metrics),
        "settings": changed_settings(run.config),
        "headlines": list(headlines(metrics)),
        "verdict": verdict(metrics),
        "metrics": metrics,
        "n_draws": DRAWS,
        "measures": measures,
        "reliability": reliability_chart(confidence["calibration"]) if confidence.get("calibration") else None,
        "back_off": back_off_charts(confidence["back_off"]) if confidence.get("calibration") else [],
        "mistakes": _mistakes(run, ontology),
        "learning": learning_charts(run),
        "health": health_of(run),
        "radius": radius_chart(run, ontology),
    }


def _mistakes(run: Run, ontology: Ontology) -> dict[str, Any]:
    """The kinds of mistakes with examples, of given mentions and of found ones."""
    texts = texts_of(read_documents(run.config.data.dev, run.config.data.input_format))
    mistakes = [Mistake.of_json(line) for line in read_json_lines(run.path("evaluate", "mistakes.jsonl"))]
    return {
        source: shown_kinds([each for each in mistakes if each.source == source], texts, ontology)
        for source in ("given", "found")
    }
