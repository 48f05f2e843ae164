import contextlib
import json
import shutil
import subprocess
import sys

import pytest

from hyplink.config import Config, FitSection, TrainOntologySection
from hyplink.errors import HyplinkError, InputError, RunError
from hyplink.run import Run, Stage
from tests.run.stages import POINTS, RESUMED, VECTORS, build_points, build_vectors


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Config())


def test_a_created_run_opens_with_the_configuration_it_was_given(tmp_path):
    config = Config(fit=FitSection(epochs=3))
    Run.create(tmp_path / "several" / "folders" / "run", config)
    assert Run.open(tmp_path / "several" / "folders" / "run").config == config


def test_creating_a_run_again_changes_its_configuration_and_keeps_its_stages(run):
    build_points(run)
    again = Run.create(run.folder, Config(fit=FitSection(epochs=3)))
    assert Run.open(run.folder).config.fit.epochs == 3
    assert again.is_fresh(POINTS)


def test_a_run_that_does_not_exist_is_refused_with_the_command_that_makes_one(tmp_path):
    with pytest.raises(RunError, match=r"no such run; `hyplink run .* --config FILE`"):
        Run.open(tmp_path / "run")


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(RunError, match="not a hyplink run"):
        Run.open(tmp_path)
    with pytest.raises(RunError, match="not empty and no hyplink run"):
        Run.create(tmp_path, Config())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_place_of_a_run_is_refused(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(RunError, match="this is a file"):
        Run.create(tmp_path / "run", Config())


def test_a_run_of_another_version_is_refused_with_both_versions(run):
    (run.folder / "run.json").write_text(json.dumps({"format": 99, "hyplink": "9.9"}))
    (run.folder / "config.yaml").write_text("a_section_of_tomorrow: {}\n")
    for attempt in (lambda: Run.open(run.folder), lambda: Run.create(run.folder, Config())):
        with pytest.raises(RunError, match=r"format 99, made by hyplink 9\.9.*reads format 1"):
            attempt()


@pytest.mark.parametrize("content", ["", "{", "[1]", "{}", "\udcff"])
def test_a_damaged_marker_of_the_version_is_refused(run, content):
    (run.folder / "run.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(RunError, match=r"run\.json: damaged"):
        Run.open(run.folder)


def test_a_run_without_its_configuration_is_refused(run):
    (run.folder / "config.yaml").unlink()
    with pytest.raises(RunError, match=r"has no config\.yaml"):
        Run.open(run.folder)


def test_an_artifact_of_a_stage_that_is_not_done_names_the_command_to_run(run):
    assert not run.has("encode")
    with pytest.raises(RunError, match=f"run `hyplink encode {run.folder}` first"):
        run.path("encode", "vectors.npy")


def test_a_stage_whose_input_is_not_done_names_the_command_to_run(run):
    with pytest.raises(RunError, match=r"run `hyplink train-ontology .*` first"):
        build_vectors(run)


def test_finished_artifacts_are_files_folders_and_whole_stages(run):
    build_points(run)
    assert run.path("train-ontology", "points.npy").read_bytes() == b"points"
    assert run.path("train-ontology", "names").is_dir()
    assert run.path("train-ontology") == run.folder / "train-ontology"
    assert run.has("train-ontology", "names")
    assert not run.has("train-ontology", "name")
    with pytest.raises(RunError, match=r"has no poincare\.kv"):
        run.path("train-ontology", "poincare.kv")


def test_the_manifest_tells_settings_inputs_outputs_and_versions(run):
    build_points(run)
    build_vectors(run)
    manifest = run.manifest("encode")
    assert run.manifest("train-ontology").settings["train_ontology.seed"] == 0
    assert set(manifest.inputs) == {"train-ontology/points.npy", "train-ontology/names/all.txt"}
    assert manifest.outputs["vectors.npy"].size == len(b"pointspoints")
    assert {"hyplink", "python", "torch", "gensim"} <= set(manifest.versions)


@pytest.mark.parametrize("damage", [b"pointz", b"point", None])
def test_a_damaged_file_is_refused_with_the_command_that_makes_it_again(run, damage):
    build_points(run)
    file = run.path("train-ontology", "points.npy")
    file.unlink() if damage is None else file.write_bytes(damage)
    for attempt in (lambda: run.path("train-ontology", "points.npy"), lambda: build_vectors(run)):
        with pytest.raises(
            RunError, match=r"points\.npy: the file is damaged; run `hyplink train-ontology .* --force`"
        ):
            attempt()


@pytest.mark.parametrize("content", ["", "{}", "{\n"])
def test_a_damaged_manifest_is_refused_and_makes_the_stage_stale(run, content):
    build_points(run)
    (run.folder / "train-ontology" / "manifest.json").write_text(content)
    with pytest.raises(RunError, match=r"manifest\.json: damaged"):
        run.path("train-ontology", "points.npy")
    assert "damaged" in run.is_fresh(POINTS).reason


def test_only_verifying_finds_damage_in_a_large_file_of_the_same_size(run):
    with run.building(Stage("encode", "encode")) as folder, (folder / "words.bin").open("wb") as file:
        file.truncate(2**26)
    with run.path("encode", "words.bin").open("r+b") as file:
        file.write(b"damage")
    run.path("encode", "words.bin")
    with pytest.raises(RunError, match=r"words\.bin: the file is damaged"):
        run.verify("encode")


def _fail(run, error):
    with run.building(POINTS) as folder:
        (folder / "points.npy").write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError(), InputError("no")])
def test_a_stage_that_fails_leaves_the_last_good_one_and_nothing_else(run, error):
    build_points(run, b"good")
    with pytest.raises(type(error)):
        _fail(run, error)
    assert run.path("train-ontology", "points.npy").read_bytes() == b"good"
    assert not list(run.folder.glob("*.partial"))
    run.verify("train-ontology")


def test_a_stage_that_does_not_write_what_it_promised_does_not_count(run):
    with pytest.raises(HyplinkError, match=r"without writing names/all\.txt"), run.building(POINTS) as folder:
        (folder / "points.npy").write_bytes(b"points")
    assert not run.has("train-ontology")


def _stop_halfway(run):
    with contextlib.suppress(KeyboardInterrupt), run.building(RESUMED) as folder:
        (folder / "checkpoint").write_bytes(b"half the way")
        (folder / "history.jsonl.partial").write_bytes(b"half a line")
        raise KeyboardInterrupt


def test_a_stage_that_resumes_is_handed_what_it_left_less_what_was_half_written(run):
    _stop_halfway(run)
    with Run.open(run.folder).building(RESUMED) as folder:
        assert {path.name for path in folder.iterdir()} == {"checkpoint", "unfinished.json"}
        (folder / "checkpoint").rename(folder / "points.npy")
    assert set(run.manifest("train-ontology").outputs) == {"points.npy"}


def test_a_stage_of_other_settings_starts_afresh(run):
    _stop_halfway(run)
    other = Run.create(run.folder, Config(train_ontology=TrainOntologySection(seed=1)))
    with other.building(RESUMED) as folder:
        assert {path.name for path in folder.iterdir()} == {"unfinished.json"}
        (folder / "points.npy").touch()


def test_a_stage_that_does_not_resume_starts_afresh(run):
    _stop_halfway(run)
    with run.building(Stage("train-ontology", "train_ontology")) as folder:
        assert not list(folder.iterdir())


def test_two_processes_do_not_write_to_one_run(run):
    program = (
        "import sys; from pathlib import Path; from hyplink.run import Run\n"
        "with Run.open(Path(sys.argv[1])).locked(): print('locked', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(run.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "locked\n"
        for attempt in (lambda: build_points(run), lambda: Run.create(run.folder, Config())):
            with pytest.raises(HyplinkError, match=rf"another hyplink process \(pid {other.pid}\)"):
                attempt()
        Run.open(run.folder)
        other.communicate()
    build_points(run)


def test_a_command_of_several_stages_holds_the_lock_for_all(run):
    with run.locked():
        build_points(run)
        build_vectors(run)
        with pytest.raises(HyplinkError, match="another hyplink process"), Run.open(run.folder).locked():
            pass
    with Run.open(run.folder).locked():
        pass


def test_a_run_that_was_moved_is_whole_and_fresh(run, tmp_path):
    build_points(run)
    build_vectors(run)
    shutil.move(run.folder, tmp_path / "elsewhere")
    moved = Run.open(tmp_path / "elsewhere")
    moved.verify("encode")
    assert moved.is_fresh(POINTS)
    assert moved.is_fresh(VECTORS)
