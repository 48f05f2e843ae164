"""`hyplink link --points`: row i of the array belongs to the i-th mention written."""

import json

import numpy as np
import pytest

from hyplink.cli.npy_rows import writing_rows
from hyplink.linking.linker import Linker

TEXTS = ["The photoreceptor cells of the fly.", "Nothing.", "An olfactory receptor cell beside a retinal cone cell."]


@pytest.fixture
def notes(tmp_path):
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    return [tmp_path / f"{number}.txt" for number in range(len(TEXTS))]


def test_the_rows_are_the_points_of_the_mentions_in_the_order_written(hyplink, tiny_run, notes, tmp_path):
    plain = hyplink("link", tiny_run, *notes)
    answer = hyplink("link", tiny_run, *notes, "--points", tmp_path / "points.npy")
    assert (answer.status, answer.out) == (0, plain.out)
    links = [json.loads(line) for line in answer.out.splitlines()]
    points = np.load(tmp_path / "points.npy", allow_pickle=False)
    assert points.shape == (len(links), 5)
    assert points.dtype == np.float64
    linker = Linker.load(tiny_run)
    for link, found in zip(links, linker.nearest(points, len(linker.ontology)), strict=True):
        distance_of = {each.concept: each.distance for each in found}
        assert distance_of[link["concept"]] == pytest.approx(link["distance"], rel=1e-5)
    assert len({link["concept"] for link in links}) > 1


@pytest.mark.parametrize("name", ["o.tsv", "o.spacy", "brat"])
def test_other_formats_have_the_same_points(hyplink, tiny_run, notes, tmp_path, name):
    named = ["--output-format", "brat"] if name == "brat" else []
    for file, words in {"a.npy": [], "b.npy": ["-o", tmp_path / name, *named]}.items():
        assert hyplink("link", tiny_run, *notes, "--points", tmp_path / file, *words).status == 0
    assert np.load(tmp_path / "a.npy").tolist() == np.load(tmp_path / "b.npy").tolist()


def test_no_mentions_make_no_rows(hyplink, tiny_run, notes, tmp_path):
    assert hyplink("link", tiny_run, notes[1], "--points", tmp_path / "points.npy").status == 0
    assert np.load(tmp_path / "points.npy").shape == (0, 5)


@pytest.mark.parametrize("words", [["--points", "points.txt"], ["--points", "same.npy", "-o", "same.npy"]])
def test_the_points_need_a_npy_file_of_their_own(hyplink, tiny_run, notes, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    answer = hyplink("link", tiny_run, notes[0], *words)
    assert answer.status == 2
    assert "expected a file of its own whose name ends in .npy" in answer.err
    assert not (tmp_path / words[1]).exists()


def test_a_file_that_cannot_be_written_is_an_error_of_one_line(hyplink, tiny_run, notes, tmp_path):
    answer = hyplink("link", tiny_run, notes[0], "--points", tmp_path / "none" / "points.npy")
    assert answer.status == 1
    assert "points.npy: cannot be written: No such file" in answer.err


def test_an_array_is_whole_however_many_rows_are_written(tmp_path):
    rows = np.arange(3 * 1234.0).reshape(1234, 3)
    with writing_rows(tmp_path / "rows.npy", 3) as write:
        for part in (rows[:0], rows[:7], rows[7:1000], rows[1000:]):
            write(part)
        assert not (tmp_path / "rows.npy").exists()
    assert np.load(tmp_path / "rows.npy").tolist() == rows.tolist()
