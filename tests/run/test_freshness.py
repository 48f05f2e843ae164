import dataclasses
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyplink.config import (
    RENAMED,
    Config,
    DataSettings,
    EncodeSettings,
    ResearchSettings,
    TrainOntologySection,
)
from hyplink.errors import InputError
from hyplink.run import Run, Stage
from hyplink.run.files import sha256_of_tree
from hyplink.run.manifest import fingerprint_of_settings
from tests.run.stages import POINTS, VECTORS, build_points, build_vectors

FILES = {"encode.vectors", "encode.model", "train_ontology.embedding", "tune.model"}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "train").mkdir(parents=True)
    (folder / "cl.obo").write_text("[Term]")
    (folder / "train" / "a.txt").write_text("one")
    (folder / "train" / "b.txt").write_text("two")
    return DataSettings(ontology=folder / "cl.obo", train=(folder / "train",))


@pytest.fixture
def run(tmp_path, data):
    run = Run.create(tmp_path / "run", Config(data=data))
    build_points(run)
    build_vectors(run)
    return run


def _again(run, **sections):
    return Run.create(run.folder, run.config.model_copy(update=sections))


def test_a_stage_that_was_not_run_is_stale(tmp_path):
    assert Run.create(tmp_path / "run", Config()).is_fresh(POINTS).reason == "not run yet"


def test_a_finished_stage_is_fresh_also_after_the_run_is_opened_again(run):
    assert run.is_fresh(POINTS)
    assert Run.open(run.folder).is_fresh(VECTORS)


def test_a_changed_setting_is_reported_with_both_values(run):
    default = run.config.train_ontology.epochs
    again = _again(run, train_ontology=TrainOntologySection(epochs=7, seed=3))
    freshness = again.is_fresh(POINTS)
    assert not freshness
    assert freshness.reason == f"settings changed: train_ontology.epochs {default} → 7, train_ontology.seed 0 → 3"


def test_a_stage_without_an_output_that_was_added_later_is_stale(run):
    extended = dataclasses.replace(POINTS, writes=(*POINTS.writes, "figures.json"))
    assert run.is_fresh(extended).reason == "output figures.json is missing"


def test_settings_of_another_stage_do_not_count(run):
    assert _again(run, encode=EncodeSettings(window=3)).is_fresh(POINTS)


RESEARCH = {"train_ontology": "refine_epochs", "encode": "merge", "fit": "head"}


@pytest.mark.parametrize("section", RESEARCH)
def test_a_research_setting_counts_for_its_own_stage_only(section):
    changed = {"refine_epochs": 3, "merge": "neighbours", "head": "polar"}[RESEARCH[section]]
    before, after = Config(), Config(research={RESEARCH[section]: changed})
    for stage in (Stage("any", name) for name in ("train_ontology", "encode", "fit", "evaluate")):
        change = fingerprint_of_settings(stage, after).change_since(fingerprint_of_settings(stage, before))
        assert bool(change) == (stage.section == section)
        assert f"research.{RESEARCH[section]}" in change or not change


def test_every_setting_counts_for_one_stage_and_those_of_the_space_for_tuning_too():
    stages = [Stage("any", name) for name in ("train_ontology", "tune", "encode", "fit", "evaluate")]
    counted = Counter(name for stage in stages for name in fingerprint_of_settings(stage, Config()).settings)
    sections = Config().model_dump(exclude={"data"})
    named = {f"{name}.{key}" for name, values in sections.items() for key in values if key != "device"}
    assert counted.keys() == named - FILES  # files count by content
    twice = {name for name, n in counted.items() if n > 1}
    assert twice == set(fingerprint_of_settings(Stage("any", "tune"), Config()).settings) - {
        f"tune.{key}" for key in sections["tune"]
    }
    assert {name.partition(".")[0] for name in twice} == {"research"}


def test_a_stage_built_before_a_setting_was_renamed_stays_fresh(run):
    path = run.folder / "train-ontology" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for old, new in RENAMED.items():
        if new in manifest["settings"]:
            manifest["settings"][old] = manifest["settings"].pop(new)
    assert "train_ontology.refine_epochs" in manifest["settings"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert run.is_fresh(POINTS)
    assert not _again(run, research=ResearchSettings(refine_epochs=3)).is_fresh(POINTS)


def test_a_data_setting_that_is_not_a_path_counts_by_its_value(run, data):
    again = _again(run, data=data.model_copy(update={"roots": ("CL:1",)}))
    assert again.is_fresh(POINTS).reason == "settings changed: data.roots [] → ['CL:1']"
    assert again.is_fresh(VECTORS)


def test_a_changed_data_file_is_reported(run, data):
    data.ontology.write_text("[term]")
    assert run.is_fresh(POINTS).reason == "input data.ontology changed"
    assert run.is_fresh(VECTORS)


def test_renaming_adding_or_removing_a_data_file_makes_a_stage_stale(run, data):
    folder = data.train[0]
    (folder / "b.txt").rename(folder / "c.txt")
    assert run.is_fresh(VECTORS).reason == "input data.train changed"
    (folder / "c.txt").rename(folder / "b.txt")
    assert run.is_fresh(VECTORS)
    (folder / "z.txt").touch()
    assert not run.is_fresh(VECTORS)
    (folder / "z.txt").unlink()
    (folder / "a.txt").unlink()
    assert not run.is_fresh(VECTORS)


def test_data_added_to_or_removed_from_the_configuration_is_reported(run, data):
    more = _again(run, data=data.model_copy(update={"texts": (data.ontology,)}))
    assert more.is_fresh(VECTORS).reason == "input data.texts is new"
    less = _again(run, data=data.model_copy(update={"train": ()}))
    assert less.is_fresh(VECTORS).reason == "input data.train is no longer given"


def test_moving_data_makes_no_stage_stale(run, data, tmp_path):
    shutil.move(tmp_path / "data", tmp_path / "archive")
    moved = DataSettings(ontology=tmp_path / "archive" / "cl.obo", train=(tmp_path / "archive" / "train",))
    again = _again(run, data=moved)
    assert again.is_fresh(POINTS)
    assert again.is_fresh(VECTORS)


def test_missing_data_is_reported_with_its_path(run, data):
    data.ontology.unlink()
    assert f"data.ontology: cannot read {data.ontology}" in run.is_fresh(POINTS).reason
    with pytest.raises(InputError, match=r"data\.ontology: cannot read .*: No such file"):
        build_points(run)


def test_a_file_that_a_setting_names_counts_by_its_content(run, tmp_path):
    vectors = tmp_path / "words.bin"
    vectors.write_bytes(b"1 2 3")
    again = _again(run, encode=EncodeSettings(vectors=vectors))
    build_vectors(again)
    assert again.is_fresh(VECTORS)
    vectors.write_bytes(b"1 2 4")
    assert again.is_fresh(VECTORS).reason == "input encode.vectors changed"


def test_a_stage_is_stale_if_an_earlier_one_has_other_outputs(run):
    build_points(run, b"points")
    assert run.is_fresh(VECTORS)
    build_points(run, b"other points")
    assert run.is_fresh(VECTORS).reason == "input train-ontology/names/all.txt changed"


def test_a_stage_is_stale_if_an_earlier_one_is_missing(run):
    shutil.rmtree(run.folder / "train-ontology")
    assert "train-ontology has not been run" in run.is_fresh(VECTORS).reason


def test_a_damaged_output_makes_its_stage_stale(run):
    run.path("train-ontology", "points.npy").write_bytes(b"pointz")
    assert run.is_fresh(POINTS).reason == "output points.npy is damaged"


def test_additional_files_in_a_stage_do_not_count(run):
    (run.folder / "train-ontology" / "notes.txt").touch()
    assert run.is_fresh(POINTS)


# With few letters, names and contents of one folder often concatenate to the same bytes as those of another.
_names = st.text("ab", min_size=1, max_size=3)
_folders = st.dictionaries(_names, st.binary(max_size=3) | _names.map(str.encode), min_size=1, max_size=3)


def _hash_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return sha256_of_tree([Path(folder)])


@settings(max_examples=50, deadline=None)
@given(_folders, _folders)
def test_folders_have_equal_hashes_exactly_if_their_names_and_contents_are_equal(one, other):
    assert (_hash_of(one) == _hash_of(other)) == (one == other)
