import pytest

from tests.stages.world import World, built


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The small world. It is shared: copy it to change it."""
    return World(tmp_path_factory.mktemp("world")).write()


@pytest.fixture(scope="session")
def told(world, tmp_path_factory):
    """A finished run of the small world, and the lines that its stages told. Shared as the world is."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    return built(folder, world.config(), "train-ontology", "encode", "fit", "evaluate")


@pytest.fixture(scope="session")
def finished(told):
    """The finished run alone."""
    return told[0]
