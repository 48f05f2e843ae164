from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _scripts_are_importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")


def test_a_document_repeats_whole_lines_until_it_is_long_enough(tmp_path):
    from bench_long_document import document

    (tmp_path / "a.txt").write_text("asthma\nfever", encoding="utf-8")
    assert document([tmp_path / "a.txt"], 10) == "asthma\nfever"
    assert document([tmp_path / "a.txt"], 14) == "asthma\nfever\nasthma"


def test_the_exponent_is_the_slope_in_logarithms():
    from bench_long_document import exponent

    rows = [(size, 3 * size**1.5, 7 * size) for size in (0.3, 1, 5)]
    assert exponent(rows, 1) == pytest.approx(1.5)
    assert exponent(rows, 2) == pytest.approx(1)


def test_a_document_is_measured_with_a_run(tiny_run, tmp_path):
    from bench_long_document import measured

    (tmp_path / "a.txt").write_text("A text without much.", encoding="utf-8")
    n_mentions, seconds, before, after = measured(tiny_run, [tmp_path / "a.txt"], 0.001)
    assert n_mentions >= 0
    assert seconds > 0
    assert after >= before > 0
