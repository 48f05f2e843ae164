import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import hyplink

REPOSITORY = Path(__file__).parents[1]


@pytest.mark.parametrize("name", [name for name in hyplink.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert getattr(hyplink, name).__doc__
    assert name in dir(hyplink)


def test_another_name_is_not():
    with pytest.raises(AttributeError, match="no attribute 'Lunker'"):
        _ = hyplink.Lunker


def test_importing_hyplink_imports_nothing_that_takes_long():
    program = "import sys, hyplink; print(*sys.modules, sep='\\n')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "scipy", "spacy", "gensim"}.isdisjoint(ended.stdout.split())


def test_loading_a_linker_imports_nothing_that_only_training_needs(tiny_run):
    program = "import sys; from hyplink import Linker; Linker.load(sys.argv[1]); print(*sys.modules, sep='\\n')"
    ended = subprocess.run([sys.executable, "-c", program, tiny_run], capture_output=True, text=True, check=True)
    needless = {"sklearn", "scipy.optimize", "geoopt", "gensim", "inflect", "spacy", "transformers"}
    assert needless.isdisjoint(ended.stdout.split())


@pytest.mark.parametrize("name", [name for name in hyplink.__all__ if name != "__version__"])
def test_the_reference_has_every_public_name(name):
    page = (REPOSITORY / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    assert f".{name}\n" in page


def test_the_version_to_cite_is_this_one():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == hyplink.__version__


# In these, a file is a format or a command.
LARGE_PACKAGES = {"ontology", "cli"}


def test_every_package_is_small_and_says_what_it_is():
    for package in (REPOSITORY / "hyplink").rglob("__init__.py"):
        modules = set(package.parent.glob("*.py")) - {package}
        assert len(modules) <= 16 or package.parent.name in LARGE_PACKAGES, package.parent
        assert package.read_text(encoding="utf-8").startswith('"""'), package
