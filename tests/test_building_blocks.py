"""The public pieces: each is there, is described, and has an example that runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from hyplink import building_blocks

DOCS = Path(__file__).parents[1] / "docs"
GEOOPT = ("RiemannianAdam", "RiemannianSGD")


@pytest.mark.parametrize("name", building_blocks.__all__)
def test_every_piece_is_there_documented_and_shown(name):
    assert getattr(building_blocks, name).__doc__
    assert name in dir(building_blocks)
    assert name in (DOCS / "how-to" / "own-network.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(building_blocks.__all__) - set(GEOOPT)))
def test_the_reference_describes_every_piece(name):
    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    module = getattr(building_blocks, name).__module__
    assert any(f"::: {described}\n" in page for described in (module, f"{module}.{name}"))


def test_another_name_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'hypobolic'"):
        _ = building_blocks.hypobolic


def test_nothing_is_imported_before_it_is_used():
    program = "import sys, hyplink.building_blocks; print(*sys.modules, sep='\\n')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "geoopt", "gensim", "fasttext"}.isdisjoint(ended.stdout.split())
