"""A small run with names, synonyms and definitions, and a client of the application that serves it."""

import pytest
from starlette.testclient import TestClient

import hyplink
from hyplink.linking.linker import Linker
from hyplink.server.app import create_app
from hyplink.server.settings import ServerSettings

ONTOLOGY = """\
format-version: 1.2
ontology: ail

[Term]
id: AIL:0
name: ailment

[Term]
id: AIL:1
name: heart disease
def: "A disease of the heart." []
synonym: "cardiac disease" EXACT []
xref: MESH:D006331
is_a: AIL:0

[Term]
id: AIL:2
name: arrhythmia
synonym: "irregular heartbeat" EXACT []
is_a: AIL:1

[Term]
id: AIL:3
name: skin disease
is_a: AIL:0

[Term]
id: AIL:4
name: eczema
synonym: "dermatitis" BROAD []
is_a: AIL:3

[Term]
id: AIL:5
name: contact dermatitis
is_a: AIL:4
"""

URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def small_run(tmp_path_factory):
    """A finished run of `ONTOLOGY`, trained on its names. Shared: copy it to change it."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "ail.obo").write_text(ONTOLOGY, encoding="utf-8")
    small = {"train_ontology.dim": 4, "train_ontology.epochs": 2, "encode.dim": 8, "fit.epochs": 2, "fit.hidden": 8}
    hyplink.train(folder / "run", {"data.ontology": folder / "ail.obo", **small})
    return folder / "run"


@pytest.fixture(scope="session")
def linker(small_run):
    return Linker.load(small_run)


@pytest.fixture
def client_with(linker):
    """Makes clients of servers with other settings than the defaults."""
    opened = []

    def make(**settings):
        client = TestClient(create_app(linker, ServerSettings(**settings)), base_url=URL)
        opened.append(client.__enter__())
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(client_with):
    return client_with()
