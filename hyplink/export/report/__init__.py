"""The evaluation report of a run: one self-contained HTML page with all metrics, charts and example errors."""

from pathlib import Path
from typing import TYPE_CHECKING

from hyplink.run import Run

if TYPE_CHECKING:
    from hyplink.export.report.evaluation_data import EvaluationData

REPORT = "report.html"


def report_path(run: Run) -> Path:
    """The path of the report on a run's own dev data, whether or not it exists.

    The report quotes the dev data, so it is not an artifact of the stage and is not exported with a model.
    """
    return run.folder / "evaluate" / REPORT


def write_report(run: Run, data: "EvaluationData", path: Path) -> None:
    """Writes a report as one self-contained HTML page.

    Raises:
        RunError: the run is unfinished or damaged.
        OSError: the page cannot be written.
    """
    from hyplink.export.report.page import report_page  # slow to import

    path.write_text(report_page(run, data), encoding="utf-8", newline="")
