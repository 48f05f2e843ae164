"""What all tests share: a hyplink that is called as its user does, and one tiny run on real data."""

import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings

from hyplink.cli import main

settings.register_profile("hyplink", deadline=None)  # no test is timed
settings.load_profile("hyplink")

CELL = Path(__file__).parents[1] / "data" / "cell"

TINY = f"""\
data:  # neurons of the senses, and articles about those of the eye and the nose
  ontology: {CELL}/cl.obo.gz
  roots: CL:0000006
  train: [{CELL}/train/12585968.txt, {CELL}/train/15676071.txt]
  dev: [{CELL}/dev/17608565.txt, {CELL}/train/16110338.txt]
train_ontology: {{trainer: fast, dim: 5, epochs: 20, burn_in_epochs: 2}}
encode: {{dim: 16, epochs: 5}}
fit: {{hidden: 32, epochs: 40, batch_size: 32}}
"""


def exit_status_of(*words: object) -> int:
    """Calls hyplink with these words on its command line, in this process, and gives its exit status."""
    with patch.object(sys, "argv", ["hyplink", *map(str, words)]):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


@pytest.fixture(scope="session")
def tiny_config(tmp_path_factory):
    """A configuration that trains in seconds: 70 concepts, two articles for training and two for evaluation."""
    path = tmp_path_factory.mktemp("config") / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_run(tiny_config, tmp_path_factory):
    """A finished run of `tiny_config`, built once a session (and process). It is shared: copy it to change it."""
    path = tmp_path_factory.mktemp("runs") / "tiny"
    assert exit_status_of("run", path, "--config", tiny_config, "--quiet") == 0
    return path


@pytest.fixture(scope="session")
def trusted(tmp_path_factory):
    """A finished run with names enough to hold some out: its links have confidences. Shared as `tiny_run` is."""
    folder = tmp_path_factory.mktemp("trusted")
    (folder / "config.yaml").write_text(TINY.replace("CL:0000006", "CL:0000211"), encoding="utf-8")
    words = ("--set", "fit.epochs=20", "--quiet")
    assert exit_status_of("run", folder / "run", "--config", folder / "config.yaml", *words) == 0
    return folder / "run"
