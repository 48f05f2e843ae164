"""Training from Python: the same as `hyplink run`."""

import logging
import subprocess
import sys

import numpy as np
import pytest

import hyplink
from hyplink import HyplinkError

EDGES = "A:2\tA:1\nA:3\tA:1\nA:4\tA:2\n"
NAMES = "A:1\tskin\nA:2\tred skin\nA:3\tdry skin\nA:4\tvery red skin\n"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "edges.tsv").write_text(EDGES)
    (tmp_path / "names.tsv").write_text(NAMES)
    small = {"train_ontology.dim": 4, "train_ontology.epochs": 2, "encode.dim": 8, "fit.epochs": 2, "fit.hidden": 8}
    return {"data.ontology": tmp_path / "edges.tsv", "data.names": tmp_path / "names.tsv", **small}


def test_training_gives_the_run_of_the_command_line_and_its_linker(settings, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "hyplink"):
        linker = hyplink.train(tmp_path / "python", settings)
    assert [link.answer.concept for link in linker.link("Very red skin.")] == ["A:4"]
    assert any(line.startswith("train-ontology: ") for line in caplog.messages)
    chosen = [f"--set={name}={value}" for name, value in settings.items()]
    subprocess.run([sys.executable, "-m", "hyplink", "run", tmp_path / "shell", "-q", *chosen], check=True)
    for name in ("train-ontology/points.npy", "fit/points.npy"):
        np.testing.assert_allclose(*(np.load(tmp_path / run / name) for run in ("python", "shell")), atol=1e-5)


def test_an_existing_run_keeps_its_settings_and_stages(settings, tmp_path, caplog):
    hyplink.train(tmp_path / "run", settings)
    written = (tmp_path / "run" / "fit" / "manifest.json").read_text()
    with caplog.at_level(logging.INFO, "hyplink"):
        hyplink.train(tmp_path / "run")
    assert (tmp_path / "run" / "fit" / "manifest.json").read_text() == written
    assert sum("up to date" in line for line in caplog.messages) == 3


@pytest.mark.parametrize(
    ("of_later_stage", "message"),
    [
        ({"data.train": "missing.jsonl"}, r"data\.train: cannot read .*missing\.jsonl: No such file"),
        ({"data.dev": "missing.jsonl"}, r"data\.dev: cannot read .*missing\.jsonl: No such file"),
        (
            {"tune.encoder": "all", "tune.model": "", "encode.encoder": "transformer"},
            "not the folder of a Hugging",
        ),
        ({"encode.encoder": "transformer", "encode.model": ""}, "not the folder of a Hugging"),
    ],
)
def test_what_a_later_stage_cannot_read_is_an_error_before_the_first(settings, tmp_path, of_later_stage, message):
    paths = ("data.train", "data.dev", "tune.model", "encode.model")
    later = {name: tmp_path / value if name in paths else value for name, value in of_later_stage.items()}
    with pytest.raises(HyplinkError, match=message):
        hyplink.train(tmp_path / "run", settings | later)
    assert not (tmp_path / "run" / "train-ontology").exists()


def test_a_wrong_setting_is_an_error_that_names_it(tmp_path):
    with pytest.raises(HyplinkError, match=r"fit\.epoch"):
        hyplink.train(tmp_path / "run", {"fit.epoch": 2})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None,), "expected the path of a run directory, not None"),
        (("run", ["fit.epochs=1"]), "settings must be a mapping"),
    ],
)
def test_arguments_of_another_kind_are_an_error(arguments, message):
    with pytest.raises(HyplinkError, match=message):
        hyplink.train(*arguments)
