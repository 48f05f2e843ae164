"""The page of the run directory lists what is in one, no more and no less."""

import re

import pytest

from tests.docs.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "run-directory.md").read_text(encoding="utf-8")
LISTED = {name for row in re.findall(r"^\| (`[^|]*) \|", PAGE, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)}


@pytest.mark.xdist_group("the folder of the docs, made once")
def test_the_page_lists_the_files_of_a_run(prepared):
    run = prepared / "runs" / "disease"
    files = {path.relative_to(run) for path in run.rglob("*") if path.is_file() and path.name != ".lock"}
    unlisted = {f"{path}" for path in files if not {path.name, f"{path.parent}/", f"STAGE/{path.name}"} & bare(LISTED)}
    missing = {name for name in bare(LISTED) if not name.startswith("STAGE/") and not list(run.rglob(name.strip("/")))}
    assert (unlisted, missing) == (set(), set())


def bare(listed):
    """The names without the stage before them, but for folders."""
    return {name if name.endswith("/") or name.startswith("STAGE/") else name.rpartition("/")[2] for name in listed}
