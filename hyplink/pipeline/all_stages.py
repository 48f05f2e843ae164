"""All stages in order, and the report of the evaluation."""

from hyplink.encoders.model_files import check_model_files
from hyplink.run import Reporter, Run, replacing
from hyplink.run.manifest import check_files_exist
from hyplink.stages import STAGES, asked_stages, run_stage


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
        _check_inputs(run)
        for stage in asked_stages(run.config):
            if stage == "evaluate" and not run.config.data.dev:
                reporter.line("evaluate: skipped, data.dev is not set")
            else:
                run_stage(stage, run, reporter, force)
        if run.config.data.dev:
            write_missing_report(run, reporter)


def _check_inputs(run: Run) -> None:
    """Checks that all stages will find the user's files, so that none is missed after minutes of training.

    Raises:
        InputError: a file is missing, or a model folder holds no model that can be loaded.
    """
    for stage in asked_stages(run.config):
        check_files_exist(STAGES[stage], run.config)
    tune, encode = run.config.tune, run.config.encode
    for is_read, model in ((tune.encoder != "none", tune.model), (encode.encoder == "transformer", encode.model)):
        if is_read and model is not None:
            check_model_files(model)


def write_missing_report(run: Run, reporter: Reporter) -> None:
    """Writes the report of the evaluation, unless it exists."""
    from hyplink.export.report import report_path, write_report

    path = report_path(run)
    if not path.is_file():
        from hyplink.export.report.evaluation_data import EvaluationData  # slow to import

        with run.locked(), replacing(path) as temporary:
            write_report(run, EvaluationData.from_run(run), temporary)
    reporter.line(f"evaluate: all metrics, with examples of errors, are in {path}")
