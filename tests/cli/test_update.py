"""Updates of a run to a new release of its ontology, with concepts added, removed, merged and renamed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from hyplink.config import read_config
from hyplink.ontology import Concept, Ontology, Synonym, load_ontology, text_of_ontology
from hyplink.run import Run, read_json_lines
from hyplink.stages import STAGES
from tests.conftest import exit_status_of

ROOT, PHOTORECEPTOR = "CL:0000006", "CL:0000210"
RENAMED_ROOT = "X:6"
NEWCOMER = Concept("X:1", "quuxoreceptor cell", (Synonym("quux cell"),), parents=(PHOTORECEPTOR,))


def ontology_of(run: Path) -> Ontology:
    return load_ontology(run / "train-ontology" / "ontology")


def released(ontology: Ontology, path: Path) -> Path:
    """A new release: the root has a new id, a concept is added, a leaf removed, another merged into its parent."""
    gone, merged = [i for i in ontology.concepts if not ontology.children(i)][:2]
    heir = ontology.concepts[merged].parents[0]
    concepts = {i: c for i, c in ontology.concepts.items() if i not in (gone, merged)}
    concepts[heir] = replace(concepts[heir], alternative_ids=(*concepts[heir].alternative_ids, merged))
    root = concepts.pop(ROOT)
    concepts = {
        i: replace(c, parents=tuple(RENAMED_ROOT if parent == ROOT else parent for parent in c.parents))
        for i, c in concepts.items()
    }
    concepts[RENAMED_ROOT] = replace(root, concept_id=RENAMED_ROOT, alternative_ids=(ROOT,))
    concepts[NEWCOMER.concept_id] = NEWCOMER
    path.write_text(text_of_ontology(Ontology(concepts.values(), release="new"), path), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def release(tiny_run, tmp_path_factory):
    return released(ontology_of(tiny_run), tmp_path_factory.mktemp("release") / "new.obo")


@pytest.fixture(scope="module")
def updated(tiny_run, release, tmp_path_factory):
    """The tiny run, updated to the new release. Shared between tests: do not change it."""
    run = shutil.copytree(tiny_run, tmp_path_factory.mktemp("updated") / "run")
    assert exit_status_of("update", run, "--ontology", release, "--quiet") == 0
    return run


def test_after_an_update_every_stage_is_up_to_date(updated):
    run = Run.open(updated)
    needed = {name: stage for name, stage in STAGES.items() if name != "tune-encoder"}
    assert [str(run.is_fresh(stage).reason) for stage in needed.values()] == [""] * 4
    assert {path.name for path in updated.iterdir()} == {"run.json", "config.yaml", ".lock", *needed}


def test_an_added_concept_is_linked(updated, hyplink, tmp_path):
    (tmp_path / "note.txt").write_text("No quux cells were seen.")
    (link,) = map(json.loads, hyplink("link", updated, tmp_path / "note.txt").out.splitlines())
    assert (link["concept"], link["label"]) == ("X:1", "quuxoreceptor cell")


def test_unchanged_concepts_keep_their_points_and_every_concept_has_one(updated, tiny_run):
    old, new = ontology_of(tiny_run), ontology_of(updated)
    before, after = (np.load(run / "train-ontology" / "points.npy") for run in (tiny_run, updated))
    unchanged = [i for i in new.concepts if i in old.concepts]
    assert len(unchanged) > 60
    for concept_id in unchanged:
        assert (after[new.index_of[concept_id]] == before[old.index_of[concept_id]]).all(), concept_id
    assert (after[new.index_of[RENAMED_ROOT]] == before[old.index_of[ROOT]]).all()
    assert np.isfinite(after).all()


def test_mentions_of_a_merged_concept_become_mentions_of_its_successor(updated, tiny_run):
    new = ontology_of(updated)
    rows = [list(read_json_lines(run / "encode" / "mentions.jsonl")) for run in (tiny_run, updated)]
    before, after = ([row["gold"] for row in each if row["split"] == "train"] for each in rows)
    for was, now in zip(before, after, strict=True):
        heirs = [sorted(set().union(*(new.current_ids(i) for i in part))) for part in was]
        assert now == heirs


def test_ids_in_the_configuration_are_replaced_by_current_ones(updated, release):
    data = yaml.safe_load((updated / "config.yaml").read_text())["data"]
    assert data["ontology"] == str(release)
    assert data["roots"] == [RENAMED_ROOT]


def test_info_says_that_the_run_was_updated(updated, hyplink):
    lines = hyplink("info", updated).out.splitlines()
    assert sum("1 update since it was built, up to date" in line for line in lines) == 3


def test_a_dry_run_prints_the_changes_and_leaves_the_run_unchanged(run, release, hyplink):
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    answer = hyplink("update", run, "--ontology", release, "--dry-run")
    assert answer.status == 0
    assert "added: 1: X:1 (quuxoreceptor cell)" in answer.out
    assert f"merged: 2: {ROOT} (" in answer.out
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_a_release_that_replaced_the_old_file_is_used(run, release, hyplink, tmp_path):
    path = tmp_path / "same.obo"
    hyplink("update", run, "--ontology", shutil.copy(release, path), "--quiet")
    path.write_text(path.read_text().replace("quuxoreceptor cell", "barreceptor cell"))
    answer = hyplink("update", run, "--ontology", path)
    assert (answer.status, Run.open(run).manifest("fit").updates) == (0, 2)
    assert "with another label: 1: X:1 (quuxoreceptor cell → barreceptor cell)" in answer.out


def test_an_unrelated_ontology_is_an_error_and_the_run_is_unchanged(run, hyplink, tmp_path):
    (tmp_path / "other.tsv").write_text("a\tb\nc\tb\n")
    config = (run / "config.yaml").read_text().replace(f"- {ROOT}", "").replace("roots:", "roots: []")
    (run / "config.yaml").write_text(config)
    answer = hyplink("update", run, "--ontology", tmp_path / "other.tsv")
    assert answer.status == 2
    assert "of its 3 concepts the run knows 0, too few to go on from; make a new run with" in answer.err
    assert not (run / "successor.partial").exists()


@pytest.mark.parametrize(
    ("setting", "stage"),
    [("train_ontology.dim=7", "train-ontology"), ("encode.window=3", "encode"), ("fit.lr=0.1", "fit")],
)
def test_a_run_that_is_not_up_to_date_is_not_updated(run, release, hyplink, setting, stage):
    Run.create(run, read_config(run / "config.yaml", [setting]))
    answer = hyplink("update", run, "--ontology", release)
    assert answer.status == 2
    assert f"{stage} is not up to date (" in answer.err
    assert f"`hyplink run {run}` first" in answer.err


@pytest.mark.parametrize("setting", ["research.space=euclidean", "research.concepts=frozen"])
def test_a_run_without_tuned_points_is_fitted_from_scratch(run, release, hyplink, setting):
    hyplink("fit", run, "--set", setting, "--set", "fit.epochs=2", "--quiet")
    answer = hyplink("update", run, "--ontology", release)
    assert answer.status == 0
    assert "cross-fitting" in answer.err
