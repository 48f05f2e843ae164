"""A folder in which the lines of the documentation are run unchanged: the files that they name exist, only smaller.

`data/disease/` holds a few hundred of the diseases that ship, and some of the documents. `my.obo.gz`, its next release
`my-2.obo`, `notes.txt`, `train/` and the like are what a user brings. `runs/disease` and `runs/my` are finished, so
that a line which makes them finds everything up to date.
"""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import exit_status_of

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "data" / "disease"
FILES = Path(__file__).parent / "files"

BRANCHES = "[DOID:1612, DOID:1176, DOID:9351, DOID:114]"
"""Breast cancer, diseases of bronchi and heart, diabetes: 197 concepts."""

N_DOCUMENTS = {"train": 40, "dev": 20}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The folder, made once a session (and process)."""
    folder = shutil.copytree(FILES, tmp_path_factory.mktemp("docs") / "place")
    shutil.copytree(REPOSITORY / "configs", folder / "configs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _make_data(folder)
        assert exit_status_of("run", "runs/my", "--set", "data.ontology=my.obo.gz", "--quiet") == 0
        assert exit_status_of("run", "runs/disease", "--config", "configs/disease.yaml", "--quiet") == 0
    return folder


def _make_data(folder):
    (folder / "wide.yaml").write_text(f"data: {{ontology: {SHIPPED}/doid.obo.gz, roots: {BRANCHES}}}\n")
    assert exit_status_of("convert", "wide.yaml", "my.obo", "--quiet") == 0
    (folder / "my.obo.gz").write_bytes(gzip.compress((folder / "my.obo").read_bytes(), mtime=0))
    renamed = (folder / "my.obo").read_text(encoding="utf-8").replace("name: breast cancer", "name: mammary cancer")
    (folder / "my-2.obo").write_text(renamed, encoding="utf-8")
    disease = folder / "data" / "disease"
    disease.mkdir(parents=True)
    shutil.copy(folder / "my.obo.gz", disease / "doid.obo.gz")
    shutil.copy(SHIPPED / "example.txt", disease)
    for split, n_documents in N_DOCUMENTS.items():
        documents = (SHIPPED / f"ncbi_{split}.pubtator").read_text(encoding="utf-8").split("\n\n")
        (disease / f"ncbi_{split}.pubtator").write_text("\n\n".join(documents[:n_documents]), encoding="utf-8")
        (folder / split).mkdir()
        shutil.copy(disease / f"ncbi_{split}.pubtator", folder / split)


@pytest.fixture
def place(prepared, tmp_path, monkeypatch):
    """A copy of the folder, to work in; its files are linked, for hyplink never changes a file but replaces it."""
    place = shutil.copytree(prepared, tmp_path / "place", copy_function=os.link)
    monkeypatch.chdir(place)
    return place
