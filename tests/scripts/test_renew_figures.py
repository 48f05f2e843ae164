import json
import sys

import pytest
import renew_figures


def figure(value):
    return {"value": value, "low": value - 0.1, "high": value + 0.1, "n_mentions": 3}


@pytest.fixture
def run(tmp_path):
    figures = {"accuracy_at_1": figure(0.5), "recall_at_5": figure(0.75), "tree_distance": figure(1.25)}
    models = {"hyplink": {"every_mention": {"n_mentions": 1234, "figures": figures}}}
    (tmp_path / "evaluate").mkdir()
    metrics = {"n_mentions": 1250, "models": models}  # composite mentions are counted apart
    (tmp_path / "evaluate" / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return tmp_path


def renew(monkeypatch, run, page):
    monkeypatch.setattr(sys, "argv", ["renew_figures.py", str(run), str(page)])
    renew_figures.main()


def test_the_table_of_a_run_replaces_the_one_between_the_markers(monkeypatch, run):
    page = run / "page.md"
    page.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n", encoding="utf-8")
    for _ in range(2):
        renew(monkeypatch, run, page)
    assert page.read_text(encoding="utf-8").splitlines() == [
        "before",
        "<!-- figures -->",
        "| 1,234 given mentions | accuracy@1 | recall@5 | is-a steps off |",
        "|---|---|---|---|",
        "| **hyplink** (hyperbolic score and names) "
        "| 0.500 [0.400, 0.600] | 0.750 [0.650, 0.850] | 1.250 [1.150, 1.350] |",
        "",
        "<!-- /figures -->",
        "after",
    ]


def test_a_page_without_markers_is_refused_and_left_as_it_is(monkeypatch, run, capsys):
    page = run / "page.md"
    page.write_text("no table\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        renew(monkeypatch, run, page)
    assert "there is no line <!-- figures -->" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == "no table\n"
