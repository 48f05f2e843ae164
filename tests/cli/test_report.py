"""The report comes with an evaluation, by whichever command that is done."""

from tests.conftest import CELL

NAME = "report.html"
ARTICLE = CELL / "dev" / "17608565.txt"


def test_run_writes_the_report_and_says_where_it_is(hyplink, run):
    report = run / "evaluate" / NAME
    assert report.is_file()
    report.unlink()
    answer = hyplink("run", run)
    assert "evaluate: up to date, skipped" in answer.err
    assert str(report) in answer.err
    assert report.is_file()


def test_evaluate_writes_a_report_that_is_missing_and_leaves_one_that_is_there(hyplink, run, tiny_run):
    report = run / "evaluate" / NAME
    report.write_text("mine")
    assert str(report) in hyplink("evaluate", run).err
    assert report.read_text() == "mine"
    report.unlink()
    hyplink("evaluate", run)
    written, original = (path.read_text() for path in (report, tiny_run / "evaluate" / NAME))
    assert written.replace(">run<", ">tiny<").replace(">run:", ">tiny:") == original


def test_an_evaluation_that_is_done_again_has_a_new_report(hyplink, run):
    report = run / "evaluate" / NAME
    report.write_text("old")
    hyplink("evaluate", run, "--branch", "CL:0000210")
    assert "of concepts below CL:0000210 in 2 documents" in report.read_text()


def test_a_report_that_cannot_be_written_leaves_none_and_no_half_of_one(hyplink, run):
    (run / "evaluate" / NAME).unlink()
    (run / "evaluate" / f"{NAME}.partial").mkdir()
    answer = hyplink("evaluate", run)
    assert answer.status == 1
    assert NAME in answer.err.splitlines()[-1]
    assert not (run / "evaluate" / NAME).exists()


def test_info_names_the_report_and_a_run_without_one_has_no_such_line(hyplink, run):
    assert f"report: {run}/evaluate/{NAME}" in hyplink("info", run).out
    (run / "evaluate" / NAME).unlink()
    assert "report:" not in hyplink("info", run).out


def test_a_model_is_handed_on_with_its_main_figures_and_without_the_report_which_quotes_the_texts(
    hyplink, run, tmp_path
):
    assert hyplink("export", run, tmp_path / "model").status == 0
    assert not (tmp_path / "model" / "evaluate" / NAME).exists()
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "- F1 in raw text 0." in card
    assert "- accuracy@1 0." in card


def test_other_data_has_a_report_of_its_own_where_one_is_asked_for(hyplink, run, tmp_path):
    own = (run / "evaluate" / NAME).read_bytes()
    answer = hyplink("evaluate", run, "--data", ARTICLE, "--report", tmp_path / "test.html")
    assert answer.status == 0
    assert f"{tmp_path}/test.html: written" in answer.err
    page = (tmp_path / "test.html").read_text(encoding="utf-8")
    assert "in 1 document of 17608565.txt" in page
    assert (run / "evaluate" / NAME).read_bytes() == own


def test_a_report_that_is_asked_for_without_other_data_is_refused(hyplink, run, tmp_path):
    answer = hyplink("evaluate", run, "--report", tmp_path / "test.html")
    assert answer.status == 2
    assert f"{run}/evaluate/{NAME}" in answer.err
