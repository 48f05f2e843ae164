"""Runs whose word vectors lie outside their folder."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hyplink import Linker
from hyplink.errors import RunError
from tests.conftest import exit_status_of
from tests.hostile import rewrite

WORDS = ("cone", "rod", "cell", "cells", "photoreceptor", "retina", "retinal", "neuron", "neuronal", "receptor", "of")
TEXT = "Cone cells and rod cells are photoreceptor cells of the retina."


def _with_settings(run, **changes):
    settings = json.loads((run / "encode" / "encoder.json").read_text(encoding="utf-8"))
    rewrite(run, "encode", "encoder.json", json.dumps(settings | changes).encode())


@pytest.fixture(scope="module")
def trained(tiny_run, tmp_path_factory):
    """A run with the word vectors of a file that lies beside it."""
    folder = tmp_path_factory.mktemp("references")
    draw = np.random.default_rng(0)
    rows = (f"{word} {' '.join(f'{x:.3f}' for x in draw.normal(size=8))}\n" for word in WORDS)
    (folder / "words.vec").write_text("".join(rows))
    run = Path(shutil.copytree(tiny_run, folder / "run"))
    settings = ("--set", f"encode.vectors={folder / 'words.vec'}", "--set", "fit.epochs=1", "--quiet")
    assert exit_status_of("run", run, *settings) == 0
    return run


@pytest.fixture
def referring(trained, tmp_path):
    """A run that refers to its word vectors beside it."""
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    vectors = shutil.copyfile(trained.parent / "words.vec", tmp_path / "words.vec")
    sha256 = hashlib.sha256(vectors.read_bytes()).hexdigest()
    _with_settings(run, by_reference=True, vectors=str(vectors), sha256=sha256)
    return run


@pytest.mark.parametrize(
    "words", [("link", "RUN", "NOTE"), ("explain", "RUN", TEXT), ("evaluate", "RUN", "--data", "NOTE")]
)
def test_files_outside_a_run_are_read_only_if_the_user_allows_it(hyplink, referring, tmp_path, words):
    note = tmp_path / "note.jsonl"
    note.write_text(
        json.dumps({"doc": "a", "text": TEXT, "mentions": [{"start": 0, "end": 10, "concepts": ["CL:0000573"]}]})
    )
    words = [{"RUN": referring, "NOTE": note}.get(word, word) for word in words]
    answer = hyplink(*words)
    assert answer.status == 2
    assert f"encoder.json: names {tmp_path / 'words.vec'}, which is not in the run" in answer.err
    assert "--follow-references" in answer.err
    assert hyplink(*words, "--follow-references").status == 0


def test_python_follows_references_only_if_asked_to(referring, trained):
    with pytest.raises(RunError, match="follow_references=True"):
        Linker.load(referring)
    assert Linker.load(referring, follow_references=True).link(TEXT) == Linker.load(trained).link(TEXT)


def test_an_evaluation_in_the_course_of_a_run_follows_the_references_of_its_configuration(hyplink, referring):
    shutil.rmtree(referring / "evaluate")
    assert hyplink("run", referring, "--quiet").status == 0


@pytest.mark.parametrize("name", ["../../vectors.bin", "/vectors.bin", "more/vectors.bin"])
def test_a_file_that_is_named_without_by_reference_is_refused(run, name):
    _with_settings(run, vectors=name)
    with pytest.raises(RunError, match="damaged: vectors without by_reference"):
        Linker.load(run)
