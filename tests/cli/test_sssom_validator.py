"""SSSOM files of `link`, validated with sssom-py, which scripts/setup.sh installs in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import exit_status_of

VALIDATOR = Path(sys.prefix) / "sssom" / "bin" / "sssom"
pytestmark = pytest.mark.skipif(not VALIDATOR.exists(), reason="scripts/setup.sh dev installs sssom-py")


def complaints(path):
    """What sssom-py prints about a file. It drops a malformed row with a message, and still exits with 0."""
    validation = subprocess.run([VALIDATOR, "validate", path], capture_output=True, text=True)
    return f"{validation.stdout}{validation.stderr}{validation.returncode or ''}"


@pytest.fixture(scope="module")
def mappings(trusted, tmp_path_factory):
    """Mentions with a concept and a confidence, and one that is NIL."""
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
def test_the_validator_finds_errors(mappings, tmp_path, part, wrong):
    damaged = tmp_path / "damaged.sssom.tsv"
    damaged.write_text(mappings.read_text().replace(part, wrong))
    assert wrong.strip() in complaints(damaged)


def test_a_file_with_columns_of_the_input_is_valid_and_they_are_the_only_slots_it_does_not_know(trusted, tmp_path):
    (tmp_path / "terms.csv").write_text("mention,Ward no\nphotoreceptor cell,7\n")
    out = tmp_path / "o.sssom.tsv"
    assert exit_status_of("link", trusted, tmp_path / "terms.csv", "-o", out) == 0
    assert out.read_text().endswith("\t7\n")
    assert complaints(out).strip() == "No attr for Ward_no [1 instances]"
