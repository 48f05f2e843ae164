import json
import re
from pathlib import Path

import pytest

from hyplink.config import Config
from hyplink.errors import RunError
from hyplink.run import FORMAT_VERSION, Run, run_format
from hyplink.run.run_format import CHANGES, FormatChange
from hyplink.stages import STAGES
from tests.run.stages import POINTS, VECTORS, build_points, build_vectors

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "run-directory.md"


@pytest.fixture
def run(tmp_path):
    run = Run.create(tmp_path / "run", Config())
    build_points(run)
    build_vectors(run)
    return run


def install_newer_hyplink(monkeypatch):
    """Installs a version of hyplink with a newer run format, which cannot read the stage encode of older runs."""
    changes = (*CHANGES, FormatChange(FORMAT_VERSION + 1, "vectors are stored as float16", "encode"))
    monkeypatch.setattr(run_format, "CHANGES", changes)
    monkeypatch.setattr(run_format, "FORMAT_VERSION", FORMAT_VERSION + 1)


def attempts(run):
    """The ways to open a run."""
    return (lambda: Run.open(run.folder), lambda: Run.create(run.folder, Config()))


def message_of(attempt):
    with pytest.raises(RunError) as caught:
        attempt()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def set_format(path, version):
    """Changes the version in `run.json` or in a manifest; None removes it."""
    content = json.loads(path.read_text(encoding="utf-8"))
    content.pop("format")
    path.write_text(json.dumps(content if version is None else content | {"format": version}), encoding="utf-8")


def format_of(path):
    return json.loads(path.read_text(encoding="utf-8"))["format"]


def test_the_changes_are_in_order_and_name_stages_that_exist():
    assert [each.version for each in CHANGES] == sorted(each.version for each in CHANGES)
    assert {each.version for each in CHANGES} == set(range(1, FORMAT_VERSION + 1))
    assert {each.stage for each in CHANGES} <= {*STAGES, None}


def test_the_page_of_the_run_directory_lists_every_change():
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [(int(version), change, stage) for version, change, stage in rows]
    assert listed == [(each.version, each.change, f"`{each.stage}`" if each.stage else "–") for each in CHANGES]


def test_a_new_run_and_its_stages_have_the_current_format(run):
    assert format_of(run.folder / "run.json") == FORMAT_VERSION
    assert run.manifest("encode").format == FORMAT_VERSION


def test_a_run_without_run_json_is_an_error_that_says_what_to_do(run):
    (run.folder / "run.json").unlink()
    for attempt in attempts(run):
        message = message_of(attempt)
        assert message.startswith(f"{run.folder}/run.json is missing, so the version of the run is unknown; copy ")
        assert f"`hyplink run NEW --config {run.folder}/config.yaml`" in message


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", "{}", "\udcff", '{"format": "2"}', '{"format": 0}', '{"format": true}']
)
def test_a_damaged_run_json_is_an_error(run, content):
    (run.folder / "run.json").write_bytes(content.encode(errors="surrogateescape"))
    for attempt in attempts(run):
        assert message_of(attempt).startswith(f"{run.folder}/run.json: damaged: ")


def test_a_newer_run_is_an_error_that_names_both_versions_even_if_its_configuration_is_unreadable(run):
    (run.folder / "run.json").write_text(json.dumps({"format": 99, "hyplink": "9.9"}))
    (run.folder / "config.yaml").write_text("a_section_of_tomorrow: {}\n")
    for attempt in attempts(run):
        message = message_of(attempt)
        assert "the run has format 99, written by hyplink 9.9; hyplink " in message
        assert f"reads formats up to {FORMAT_VERSION}: install a newer hyplink" in message


def test_a_run_of_format_1_opens_and_its_stages_must_be_run_again(run):
    set_format(run.folder / "run.json", 1)
    for stage in ("train-ontology", "encode"):
        set_format(run.folder / stage / "manifest.json", None)
    opened = Run.open(run.folder)
    reason = "written in run format 1; run format 6: the ontology is stored in columns, which are mapped to memory"
    assert opened.is_fresh(POINTS).reason == reason
    build_points(opened)
    assert opened.is_fresh(POINTS)
    reason = "written in run format 1; run format 2: the mode of the run is stored; the files of the mention detector"
    assert opened.is_fresh(VECTORS).reason.startswith(reason)
    message = message_of(lambda: opened.path("encode", "vectors.npy"))
    assert message.startswith(f"{run.folder}/encode: {reason}")
    assert message.endswith(f"; `hyplink run {run.folder}` runs encode again")
    build_vectors(opened)
    assert opened.is_fresh(VECTORS)


def test_an_older_run_gets_the_current_format_once_it_is_written_to(run):
    set_format(run.folder / "run.json", 1)
    Run.open(run.folder)
    assert format_of(run.folder / "run.json") == 1
    build_points(Run.open(run.folder))
    assert format_of(run.folder / "run.json") == FORMAT_VERSION
    set_format(run.folder / "run.json", 1)
    Run.create(run.folder, Config())
    assert format_of(run.folder / "run.json") == FORMAT_VERSION
    set_format(run.folder / "run.json", 1)
    with Run.open(run.folder).successor(Config()) as successor:
        build_points(successor)
    assert format_of(run.folder / "run.json") == FORMAT_VERSION


def test_a_stage_that_cannot_be_read_any_more_must_be_run_again_and_no_other(run, monkeypatch):
    install_newer_hyplink(monkeypatch)
    opened = Run.open(run.folder)
    assert opened.path("train-ontology", "points.npy").is_file()
    assert opened.is_fresh(POINTS)
    reason = f"written in run format {FORMAT_VERSION}; run format {FORMAT_VERSION + 1}: vectors are stored as float16"
    for attempt in (lambda: opened.path("encode", "vectors.npy"), lambda: opened.verify("encode")):
        message = message_of(attempt)
        assert message == f"{run.folder}/encode: {reason}; `hyplink run {run.folder}` runs encode again"
    assert opened.is_fresh(VECTORS).reason == reason
    build_vectors(opened)
    assert opened.path("encode", "vectors.npy").is_file()
    assert opened.is_fresh(VECTORS)
