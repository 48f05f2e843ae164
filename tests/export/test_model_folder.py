import json
import shutil
from collections import Counter

import pytest
import yaml

from hyplink import Linker
from hyplink.encoders.passage import words_of
from hyplink.encoders.word_vectors import WordVectors
from hyplink.errors import InputError, RunError
from hyplink.export.model_folder import export_model
from hyplink.export.text_removal import remove_quotations, words_of_ontology
from hyplink.ontology import load_ontology
from hyplink.run import Run
from hyplink.stages.fit import read_encoded
from tests.hostile import rewrite

TEXT = "Cone cells and rod cells are photoreceptor cells of the retina."


@pytest.fixture(scope="module")
def model(tiny_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "cells"
    export_model(Run.open(tiny_run), folder, "CC BY 3.0")
    return folder


def test_an_exported_model_links_like_its_run(model, tiny_run, tmp_path):
    moved = shutil.copytree(model, tmp_path / "elsewhere")
    exported, original = Linker.load(moved).link(TEXT), Linker.load(tiny_run).link(TEXT)
    answers = [[(each.start, each.end, each.answer.concept) for each in links] for links in (exported, original)]
    assert answers[0] == answers[1]
    export_model(Run.open(tiny_run), tmp_path / "all", None, min_count=1)
    assert Linker.load(tmp_path / "all").link(TEXT) == original


def words_in(folder):
    return set(WordVectors.open(folder / "encode" / "vectors.safetensors").words)


def test_words_that_are_only_in_training_text_are_not_exported(model, tiny_run, tmp_path):
    run = Run.open(tiny_run)
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    public = words_of_ontology(ontology)
    text = " ".join(path.read_text(encoding="utf-8") for path in run.config.data.train)
    counts = Counter(words_of(text.lower()))
    private = counts.keys() - public
    assert len(private) > 100
    assert private <= words_in(tiny_run)
    assert words_in(model) == words_in(tiny_run) & public
    kept = export_model(run, tmp_path / "frequent", None, min_count=50)
    assert private & words_in(tmp_path / "frequent") == {word for word in private if counts[word] >= 50}
    assert kept == (len(words_in(tmp_path / "frequent")), len(words_in(tiny_run)))
    assert f"- {len(words_in(model))} of the " in (model / "README.md").read_text(encoding="utf-8")


def test_words_of_the_ontology_keep_their_vectors_and_others_are_encoded_by_their_subwords(model, tiny_run):
    exported, original = (WordVectors.open(each / "encode" / "vectors.safetensors") for each in (model, tiny_run))
    for word in exported.words:
        assert exported.vector(word).tolist() == original.vector(word).tolist()
        assert exported.weight(word) == original.weight(word)
    private = sorted(set(original.words) - set(exported.words))
    without_words = original.restricted_to([])
    assert private
    for word in private:
        assert exported.vector(word).tolist() == without_words.vector(word).tolist()
        assert exported.weight(word) == 1


def lines_of(folder, name):
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


QUOTING = ("encode/mentions.jsonl", "evaluate/predictions.jsonl", "evaluate/found.jsonl")


@pytest.mark.parametrize("name", QUOTING)
def test_mentions_predictions_and_links_quote_no_text_unless_asked_to(model, tiny_run, tmp_path, name):
    original, exported = lines_of(tiny_run, name), lines_of(model, name)
    quoting = ("text", "read_as", "use")
    mentions = [row for row, each in enumerate(original) if each["doc"]]
    assert mentions
    assert not any(exported[row].get(key) for row in mentions for key in quoting)
    for before, after in zip(original, exported, strict=True):
        kept = before.keys() - set(quoting) if before["doc"] else before.keys()
        assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    export_model(Run.open(tiny_run), tmp_path / "quoting", None, with_text=True)
    assert lines_of(tmp_path / "quoting", name) == original


def test_the_hashes_of_an_exported_model_are_those_of_its_files(model):
    run = Run.open(model)
    for stage in ("train-ontology", "encode", "fit", "evaluate"):
        run.verify(stage)
    inputs, outputs = run.manifest("fit").inputs, run.manifest("encode").outputs
    assert inputs["encode/mentions.jsonl"] == outputs["mentions.jsonl"].sha256


def test_a_model_exported_without_text_is_not_trained_on_empty_words(model):
    with pytest.raises(RunError, match="the words of mentions were left out"):
        read_encoded(Run.open(model))


def test_given_vectors_are_exported_as_they_are(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    config = (run / "config.yaml").read_text(encoding="utf-8")
    (run / "config.yaml").write_text(config.replace("vectors: null", "vectors: cc.en.300.bin"), encoding="utf-8")
    export_model(Run.open(run), tmp_path / "model", None)
    assert words_in(tmp_path / "model") == words_in(tiny_run)
    assert "words of the given word vectors, cc.en.300.bin" in (tmp_path / "model" / "README.md").read_text()


def test_the_model_card_contains_data_licence_metrics_and_hashes(model):
    card = (model / "README.md").read_text(encoding="utf-8")
    manifest = json.loads((model / "fit" / "manifest.json").read_text(encoding="utf-8"))
    assert "hyplink link cells notes.txt" in card
    assert "cl.obo.gz, release" in card
    assert "CC BY 3.0" in card
    assert "| character n-gram TF-IDF | " in card
    assert manifest["outputs"]["regressor.safetensors"]["sha256"] in card


def test_the_configuration_of_a_model_contains_no_folders(model, tmp_path):
    config = yaml.safe_load((model / "config.yaml").read_text(encoding="utf-8"))
    assert config["data"]["ontology"] == "cl.obo.gz"
    assert all("/" not in path for path in config["data"]["train"] + config["data"]["dev"])


def test_a_damaged_model_is_not_loaded(model, tmp_path):
    damaged = shutil.copytree(model, tmp_path / "damaged")
    weights = damaged / "fit" / "regressor.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RunError, match=r"regressor\.safetensors: the file is damaged"):
        Linker.load(damaged)


def test_a_damaged_run_is_not_exported(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    (run / "encode" / "names.npy").write_bytes(b"")
    with pytest.raises(RunError, match="damaged"):
        export_model(Run.open(run), tmp_path / "model", None)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_numbers_that_are_no_json_are_refused_where_words_are_removed(tmp_path, number):
    (tmp_path / "evaluate").mkdir()
    quoting = tmp_path / "evaluate" / "predictions.jsonl"
    quoting.write_text(f'{{"doc": "a", "confidence": {number}}}\n', encoding="utf-8")
    with pytest.raises(RunError, match=r"^evaluate/predictions\.jsonl: damaged: a number that is infinite or NaN"):
        remove_quotations(tmp_path)


def test_an_existing_folder_is_not_overwritten(tiny_run, tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(InputError, match="already exists"):
        export_model(Run.open(tiny_run), tmp_path / "model", None)


def test_a_run_with_vectors_stored_by_reference_is_not_exported(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    settings = json.loads((run / "encode" / "encoder.json").read_text(encoding="utf-8"))
    rewrite(
        run,
        "encode",
        "encoder.json",
        json.dumps({**settings, "by_reference": True, "vectors": "/vectors.bin", "sha256": ""}).encode(),
    )
    with pytest.raises(InputError, match="by reference"):
        export_model(Run.open(run), tmp_path / "model", None)
