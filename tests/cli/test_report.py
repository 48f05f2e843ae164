"""The report that every command with an evaluation writes."""

from tests.conftest import CELL

NAME = "report.html"
ARTICLE = CELL / "dev" / "17608565.txt"


def test_run_writes_the_report_and_prints_its_path(hyplink, run):
    report = run / "evaluate" / NAME
    assert report.is_file()
    report.unlink()
    answer = hyplink("run", run)
    assert "evaluate: up to date, skipped" in answer.err
    assert str(report) in answer.err
    assert report.is_file()


def test_evaluate_writes_a_missing_report_and_keeps_an_existing_one(hyplink, run, tiny_run):
    report = run / "evaluate" / NAME
    report.write_text("mine")
    assert str(report) in hyplink("evaluate", run).err
    assert report.read_text() == "mine"
    report.unlink()
    hyplink("evaluate", run)
    written, original = (path.read_text() for path in (report, tiny_run / "evaluate" / NAME))
    assert written.replace(">run<", ">tiny<").replace(">run:", ">tiny:") == original


def test_a_new_evaluation_has_a_new_report(hyplink, run):
    report = run / "evaluate" / NAME
    report.write_text("old")
    hyplink("evaluate", run, "--branch", "CL:0000210")
    assert "of concepts below CL:0000210 in 2 documents" in report.read_text()


def test_a_report_that_cannot_be_written_leaves_no_partial_file(hyplink, run):
    (run / "evaluate" / NAME).unlink()
    (run / "evaluate" / f"{NAME}.partial").mkdir()
    answer = hyplink("evaluate", run)
    assert answer.status == 1
    assert NAME in answer.err.splitlines()[-1]
    assert not (run / "evaluate" / NAME).exists()


def test_info_names_the_report_if_there_is_one(hyplink, run):
    assert f"report: {run}/evaluate/{NAME}" in hyplink("info", run).out
    (run / "evaluate" / NAME).unlink()
    assert "report:" not in hyplink("info", run).out


def test_an_exported_model_has_the_main_metrics_but_not_the_report_which_quotes_the_texts(hyplink, run, tmp_path):
    assert hyplink("export", run, tmp_path / "model").status == 0
    assert not (tmp_path / "model" / "evaluate" / NAME).exists()
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "- F1 in raw text 0." in card
    assert "- accuracy@1 0." in card


def test_report_writes_a_report_on_other_data(hyplink, run, tmp_path):
    own = (run / "evaluate" / NAME).read_bytes()
    answer = hyplink("evaluate", run, "--data", ARTICLE, "--report", tmp_path / "test.html")
    assert answer.status == 0
    assert f"{tmp_path}/test.html: written" in answer.err
    page = (tmp_path / "test.html").read_text(encoding="utf-8")
    assert "in 1 document of 17608565.txt" in page
    assert (run / "evaluate" / NAME).read_bytes() == own


def test_report_without_other_data_is_an_error(hyplink, run, tmp_path):
    answer = hyplink("evaluate", run, "--report", tmp_path / "test.html")
    assert answer.status == 2
    assert f"{run}/evaluate/{NAME}" in answer.err
