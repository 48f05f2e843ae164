import json
import shutil

import pytest
import yaml

from hyplink import Linker
from hyplink.errors import InputError, RunError
from hyplink.export.model_folder import export_model
from hyplink.run import Run
from tests.hostile import rewrite

TEXT = "Cone cells and rod cells are photoreceptor cells of the retina."


@pytest.fixture(scope="module")
def model(tiny_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "cells"
    export_model(Run.open(tiny_run), folder, "CC BY 3.0")
    return folder


def test_an_exported_model_links_like_its_run(model, tiny_run, tmp_path):
    moved = shutil.copytree(model, tmp_path / "elsewhere")
    assert Linker.load(moved).link(TEXT) == Linker.load(tiny_run).link(TEXT)


def test_the_model_card_contains_data_licence_metrics_and_hashes(model):
    card = (model / "README.md").read_text(encoding="utf-8")
    manifest = json.loads((model / "fit" / "manifest.json").read_text(encoding="utf-8"))
    assert "hyplink link cells notes.txt" in card
    assert "cl.obo.gz, release" in card
    assert "CC BY 3.0" in card
    assert "| character n-gram TF-IDF | " in card
    assert manifest["outputs"]["regressor.safetensors"]["sha256"] in card


def test_the_configuration_of_a_model_contains_no_folders(model, tmp_path):
    config = yaml.safe_load((model / "config.yaml").read_text(encoding="utf-8"))
    assert config["data"]["ontology"] == "cl.obo.gz"
    assert all("/" not in path for path in config["data"]["train"] + config["data"]["dev"])


def test_a_damaged_model_is_not_loaded(model, tmp_path):
    damaged = shutil.copytree(model, tmp_path / "damaged")
    weights = damaged / "fit" / "regressor.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RunError, match=r"regressor\.safetensors: the file is damaged"):
        Linker.load(damaged)


def test_a_damaged_run_is_not_exported(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    (run / "encode" / "names.npy").write_bytes(b"")
    with pytest.raises(RunError, match="damaged"):
        export_model(Run.open(run), tmp_path / "model", None)
    assert not (tmp_path / "model").exists()


def test_an_existing_folder_is_not_overwritten(tiny_run, tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(InputError, match="already exists"):
        export_model(Run.open(tiny_run), tmp_path / "model", None)


def test_a_run_with_vectors_stored_by_reference_is_not_exported(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    settings = json.loads((run / "encode" / "encoder.json").read_text(encoding="utf-8"))
    rewrite(run, "encode", "encoder.json", json.dumps({**settings, "by_reference": True}).encode())
    with pytest.raises(InputError, match="by reference"):
        export_model(Run.open(run), tmp_path / "model", None)
