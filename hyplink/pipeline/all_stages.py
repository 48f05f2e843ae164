"""All stages in order, and the report of the evaluation."""

from hyplink.run import Reporter, Run, replacing
from hyplink.stages import asked_stages, run_stage


def run_all(run: Run, reporter: Reporter, force: bool = False) -> None:
    """Runs all stages that are not up to date; the last one, `evaluate`, only if there is dev data.

    Args:
        run: the run.
        reporter: receives messages and progress.
        force: whether stages are run although they are up to date.

    Raises:
        HyplinkError: a stage fails; the stages before it are kept.
    """
    with run.locked():
        for stage in asked_stages(run.config):
            if stage == "evaluate" and not run.config.data.dev:
                reporter.line("evaluate: skipped, data.dev is not set")
            else:
                run_stage(stage, run, reporter, force)
        if run.config.data.dev:
            write_missing_report(run, reporter)


def write_missing_report(run: Run, reporter: Reporter) -> None:
    """Writes the report of the evaluation, unless it exists."""
    from hyplink.export.report import report_path, write_report

    path = report_path(run)
    if not path.is_file():
        from hyplink.export.report.evaluation_data import EvaluationData  # slow to import

        with run.locked(), replacing(path) as temporary:
            write_report(run, EvaluationData.from_run(run), temporary)
    reporter.line(f"evaluate: all metrics, with examples of errors, are in {path}")
