from pathlib import Path

import pytest

from hyplink.ontology import Ontology, read_ontology

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def animals() -> Ontology:
    """Ten concepts with two roots; dog and cat are both mammals and pets."""
    return read_ontology(HERE / "animals.obo")
