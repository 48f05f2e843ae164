from pathlib import Path

import pytest

from hyplink.ontology import Ontology, read_ontology

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def animals() -> Ontology:
    """Ten concepts, two roots; a dog and a cat are both mammals and pets."""
    return read_ontology(HERE / "animals.obo")
