from dataclasses import replace

import numpy as np
import pytest

from hyplink.errors import InputError, RunError
from hyplink.ontology import Concept, load_ontology
from hyplink.run import Run
from hyplink.stages import STAGES, asked_stages, run_stage
from hyplink.stages.update import changes_of, update_run
from tests.stages.world import Reporter, built, concepts, contents, rebuilt, write_ontology


def release(path, *, n_new=1, renamed=("D:1",)):
    """A new release in another order: some concepts come, one goes, some have another id."""
    by_id = {concept.concept_id: concept for concept in concepts()}
    del by_id["D:11"]
    for concept_id in renamed:
        by_id[f"N{concept_id}"] = replace(
            by_id.pop(concept_id), concept_id=f"N{concept_id}", alternative_ids=(concept_id,)
        )
    found = [
        replace(each, parents=tuple(f"N{i}" if i in renamed else i for i in each.parents)) for each in by_id.values()
    ]
    found += [Concept(f"New:{i}", f"lung fever {i}", parents=("D:2",)) for i in range(n_new)]
    write_ontology(found[::-1], path)
    return path


def updated(run, path):
    reporter = Reporter()
    update_run(run, path, changes_of(run, path), reporter)
    return reporter.lines


@pytest.fixture(scope="module")
def unevaluated(world, tmp_path_factory):
    """A run without dev documents. It is shared: copy it to change it."""
    folder = tmp_path_factory.mktemp("unevaluated")
    run, _ = built(folder / "run", world.config(data={"dev": ()}), "train-ontology", "encode", "fit")
    return run


@pytest.fixture(scope="module")
def moved(world, finished, tmp_path_factory):
    """The finished run moved to a new release, and the lines of the update."""
    folder = tmp_path_factory.mktemp("moved")
    config = world.config(evaluate={"branch": "D:1"})
    run, _ = rebuilt(finished, folder / "run", config, "evaluate")
    return run, updated(run, release(folder / "new.obo")), folder / "new.obo"


def test_all_stages_of_the_moved_run_are_up_to_date_and_made_from_the_new_release(moved):
    run, lines, path = moved
    assert [run.is_fresh(STAGES[name]).reason for name in asked_stages(run.config)] == [""] * 4
    assert Run.open(run.folder).config.data.ontology == path.resolve()
    assert [run.manifest(name).updates for name in ("train-ontology", "encode", "fit", "evaluate")] == [1, 1, 1, 0]
    assert [line for line in lines if line.endswith("moving to the new release")] == [
        f"{name}: moving to the new release" for name in ("train-ontology", "encode", "fit")
    ]


def test_the_moved_run_has_the_concepts_of_the_release_and_the_points_of_those_that_stayed(moved, finished):
    run, _, _ = moved
    old, new = (load_ontology(each.path("train-ontology", "ontology")) for each in (finished, run))
    assert "New:0" in new.concepts
    assert "D:11" not in new.concepts
    before, after = (np.load(each.path("train-ontology", "points.npy")) for each in (finished, run))
    for concept_id in new.concept_ids:
        if concept_id != "New:0":
            was = concept_id.removeprefix("N")
            assert after[new.index_of[concept_id]].tolist() == before[old.index_of[was]].tolist()


def test_ids_of_the_configuration_are_those_in_use_now(world, moved, tmp_path):
    assert moved[0].config.evaluate.branch == "ND:1"
    config = world.config(data={"roots": ("D:1", "D:2"), "exclude": ("D:20",), "dev": ()})
    run, _ = built(tmp_path / "run", config, "train-ontology", "encode", "fit")
    updated(run, release(tmp_path / "new.obo", renamed=("D:1", "D:20")))
    assert run.config.data.roots == ("ND:1", "D:2")
    assert run.config.data.exclude == ("ND:20",)
    ids = load_ontology(run.path("train-ontology", "ontology")).concept_ids
    assert set(ids) == {"ND:1", "D:2", "New:0", *(f"D:1{j}" for j in (0, 2, 3, 4)), *(f"D:2{j}" for j in (1, 2, 3, 4))}


def test_an_id_of_the_configuration_without_a_current_id_is_an_error(world, tmp_path):
    config = world.config(data={"roots": ("D:2", "D:11")})
    run, _ = built(tmp_path / "run", config, "train-ontology")
    with pytest.raises(InputError, match="roots: no concept 'D:11'"):
        changes_of(run, release(tmp_path / "new.obo"))


def test_without_dev_documents_a_run_is_moved_and_not_evaluated(world, unevaluated, tmp_path):
    run, _ = rebuilt(unevaluated, tmp_path / "run", unevaluated.config)
    updated(run, release(tmp_path / "new.obo", n_new=24))  # half of its concepts are known
    assert run.is_fresh(STAGES["fit"])
    assert not run.has("evaluate")


def test_a_release_of_which_less_than_half_is_known_is_refused(unevaluated, tmp_path):
    run, _ = rebuilt(unevaluated, tmp_path / "run", unevaluated.config)
    with pytest.raises(InputError, match="of its 49 concepts the run knows 24, too few to go on from"):
        updated(run, release(tmp_path / "new.obo", n_new=25))
    assert contents(run, "train-ontology") == contents(unevaluated, "train-ontology")


@pytest.mark.parametrize(
    ("sections", "stage"),
    [
        ({"train_ontology": {"seed": 9}}, "train-ontology"),
        ({"encode": {"window": 2}}, "encode"),
        ({"fit": {"seed": 9}}, "fit"),
    ],
)
def test_a_run_whose_settings_changed_since_is_not_moved(world, finished, tmp_path, sections, stage):
    run, _ = rebuilt(finished, tmp_path / "run", world.config(**sections))
    with pytest.raises(RunError, match=f"{stage} is not up to date"):
        updated(run, release(tmp_path / "new.obo"))
    assert contents(run, stage) == contents(finished, stage)


def test_a_run_whose_texts_changed_since_is_not_moved(world, finished, tmp_path):
    there = world.copied_to(tmp_path / "world")
    run, _ = rebuilt(finished, tmp_path / "run", there.config(data={"ontology": world.ontology}))
    path = release(tmp_path / "new.obo")
    there.train.write_text(there.train.read_text() + "\n")
    with pytest.raises(RunError, match="encode is not up to date"):
        updated(run, path)


def test_a_run_whose_ontology_was_overwritten_by_the_release_is_moved(world, finished, tmp_path):
    there = world.copied_to(tmp_path / "world")
    run, _ = built(tmp_path / "run", there.config(data={"dev": ()}), "train-ontology", "encode", "fit")
    updated(run, release(there.ontology))
    assert [bool(run.is_fresh(STAGES[name])) for name in ("train-ontology", "encode", "fit")] == [True] * 3


def test_the_changes_are_read_as_the_configuration_reads_the_ontology(world, tmp_path):
    run, _ = built(tmp_path / "run", world.config(data={"roots": ("D:2",)}), "train-ontology")
    changes = changes_of(run, release(tmp_path / "new.obo"))
    assert set(changes.old.concepts) == {"D:2", *(f"D:2{j}" for j in range(5))}
    assert changes.added == ("New:0",)
    assert changes.removed == ()


# The table of stages


def test_a_stage_is_done_again_where_asked_or_where_its_settings_changed(world, finished, tmp_path):
    run, lines = rebuilt(finished, tmp_path / "run", world.config(evaluate={"seed": 1}), "evaluate")
    assert lines[0] == "evaluate: settings changed: evaluate.seed 0 → 1"
    reporter = Reporter()
    run_stage("evaluate", run, reporter, force=True)
    assert reporter.lines[0] == "evaluate: done again, as asked"
    run_stage("evaluate", run, reporter)
    assert reporter.lines[-1] == "evaluate: up to date, skipped"


def test_each_stage_lists_what_it_really_writes(finished):
    for name in asked_stages(finished.config):
        stage = STAGES[name]
        entries = {path.name for path in (finished.folder / name).iterdir()} - {"manifest.json"}
        assert set(stage.writes) <= entries
        assert entries - set(stage.writes) <= {"vectors.safetensors", "points.npy"}
