"""The report of an evaluation: one page that opens from disk, with every figure, curve and kind of error explained."""

from pathlib import Path

from hyplink.run import Run, replacing

REPORT = "report.html"


def report_path(run: Run) -> Path:
    """Where the report of a run's evaluation lies, once it is written."""
    return run.folder / "evaluate" / REPORT


def write_report(run: Run) -> Path:
    """Writes the report of a finished evaluation beside its figures, and gives its path.

    It quotes the dev data, which is read again for that; so it is no artifact of the stage, and not handed on.

    Raises:
        RunError: an unfinished or a damaged run.
        InputError: the dev data cannot be read.
        OSError: the report cannot be written.
    """
    from hyplink.export.report.page import report_page  # what it takes is slow to import

    page = report_page(run)
    with replacing(report_path(run)) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="")
    return report_path(run)
