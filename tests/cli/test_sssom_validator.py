"""What `link` writes as SSSOM, judged by sssom-py, which scripts/setup.sh installs in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import exit_status_of

VALIDATOR = Path(sys.prefix) / "sssom" / "bin" / "sssom"
pytestmark = pytest.mark.skipif(not VALIDATOR.exists(), reason="scripts/setup.sh dev installs sssom-py")


def complaints(path):
    """What sssom-py says against a file: a row that is not well-formed it drops with a message, and its status is 0."""
    judgement = subprocess.run([VALIDATOR, "validate", path], capture_output=True, text=True)
    return f"{judgement.stdout}{judgement.stderr}{judgement.returncode or ''}"


@pytest.fixture(scope="module")
def mappings(trusted, tmp_path_factory):
    """Strings with a concept and a confidence, and one that is linked to nothing."""
    folder = tmp_path_factory.mktemp("sssom")
    (folder / "terms.csv").write_text("mention\nphotoreceptor cell\nPurkinje cells\nqqqq xxxx\n")
    out = folder / "o.sssom.tsv"
    assert exit_status_of("link", trusted, folder / "terms.csv", "--min-confidence", "0.6", "-o", out) == 0
    return out


def test_the_file_is_valid(mappings):
    text = mappings.read_text()
    assert "sssom:NoTermFound" in text
    assert "\tCL:0000210\t" in text
    assert complaints(mappings) == ""


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("semapv:CompositeMatching", "by hand"), ("CL:0000210", "concept 210"), ("\t0.9", "\t7.9")],
)
def test_the_validator_refuses_what_is_wrong(mappings, tmp_path, part, wrong):
    damaged = tmp_path / "damaged.sssom.tsv"
    damaged.write_text(mappings.read_text().replace(part, wrong))
    assert wrong.strip() in complaints(damaged)
