"""The report of an evaluation: one page that opens from disk, with every figure, curve and kind of error explained."""

from pathlib import Path
from typing import TYPE_CHECKING

from hyplink.run import Run, replacing

if TYPE_CHECKING:
    from hyplink.export.report.measured import Measured

REPORT = "report.html"


def report_path(run: Run) -> Path:
    """Where the report of a run's own evaluation lies, once it is written.

    It quotes the dev data; so it is no artifact of the stage, and not handed on with a model.
    """
    return run.folder / "evaluate" / REPORT


def write_report(run: Run, measured: "Measured", path: Path) -> None:
    """Writes a report as one self-contained HTML page.

    Raises:
        RunError: an unfinished or a damaged run.
        OSError: the page cannot be written.
    """
    from hyplink.export.report.page import report_page  # what it takes is slow to import

    page = report_page(run, measured)
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="")
