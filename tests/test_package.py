import subprocess
import sys

import pytest

import hyplink


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
