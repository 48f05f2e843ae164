import json
import pickle
import shutil
import subprocess
import sys

import pytest
import spacy
from spacy.tokens import DocBin

from hyplink import Linker
from hyplink.errors import InputError, RunError
from hyplink.run import Run

TEXTS = [
    "Cone cells and rod cells are photoreceptor cells of the retina.",
    "Nothing to be seen here.",
    "No olfactory receptor cell was found beside the amacrine cells.",
]


@pytest.fixture(scope="module")
def nlp(tiny_run):
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": str(tiny_run)})
    return nlp


def test_entities_equal_the_links_of_the_linker(nlp, tiny_run):
    expected = Linker.load(tiny_run).link(TEXTS[0])
    found = nlp(TEXTS[0]).ents
    assert [(e.start_char, e.end_char, e.kb_id_) for e in found] == [
        (link.start, link.end, link.answer.concept) for link in expected
    ]
    assert [entity._.hyplink for entity in found] == [link.as_json() for link in expected]
    assert found[0].label_ == "CONCEPT"


def test_pipe_links_a_stream_like_its_single_documents(nlp):
    streamed = [[(e.text, e.kb_id_) for e in doc.ents] for doc in nlp.pipe(TEXTS)]
    assert streamed == [[(e.text, e.kb_id_) for e in nlp(text).ents] for text in TEXTS]
    assert streamed[1] == []


def test_pipe_reads_batch_size_documents_at_a_time(nlp):
    read = []

    def endless():
        while True:
            read.append(len(read))
            yield TEXTS[0]

    next(nlp.pipe(endless(), batch_size=5))
    assert len(read) == 5


def test_negation_is_an_attribute_of_the_entity(nlp):
    negated = {entity.text: entity._.hyplink["negated"] for entity in nlp(TEXTS[2]).ents}
    assert negated["olfactory receptor cell"] is True


def test_entities_of_an_earlier_component_are_linked_and_keep_their_label(tiny_run):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "CELL", "pattern": "rod-like neurons"}])
    nlp.add_pipe("hyplink", config={"run": str(tiny_run), "mentions": "entities"})
    (entity,) = nlp("Here are rod-like neurons and a photoreceptor cell.").ents
    assert (entity.text, entity.label_) == ("rod-like neurons", "CELL")
    assert entity.kb_id_.startswith("CL:")
    assert nlp("A photoreceptor cell.").ents == ()


def test_links_survive_a_doc_bin_round_trip(nlp):
    stored = DocBin(store_user_data=True, docs=[nlp(TEXTS[0])]).to_bytes()
    (doc,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    restored, written = ([(e.kb_id_, json.dumps(e._.hyplink)) for e in each.ents] for each in (doc, nlp(TEXTS[0])))
    assert restored == written


def test_a_saved_pipeline_contains_the_path_of_its_run_and_not_the_model(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    assert sum(path.stat().st_size for path in (tmp_path / "pipeline").rglob("*") if path.is_file()) < 10**6
    again = spacy.load(tmp_path / "pipeline")
    assert [e.kb_id_ for e in again(TEXTS[0]).ents] == [e.kb_id_ for e in nlp(TEXTS[0]).ents]


def test_a_saved_pipeline_rejects_another_model_at_the_same_path(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": str(run)})
    nlp.to_disk(tmp_path / "pipeline")
    manifest = run / "fit" / "manifest.json"
    digest = Run.open(run).manifest("fit").outputs["regressor.safetensors"].sha256
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    with pytest.raises(RunError, match="another model"):
        spacy.load(tmp_path / "pipeline")


@pytest.mark.parametrize("config", [{}, {"run": "x", "mentions": "all"}])
def test_an_invalid_setting_is_an_error_when_the_component_is_added(config):
    with pytest.raises((InputError, ValueError)):  # spaCy itself checks types
        spacy.blank("en").add_pipe("hyplink", config=config)


def test_a_pipeline_that_has_linked_a_text_can_be_pickled(nlp):
    expected = [e.kb_id_ for e in nlp(TEXTS[0]).ents]
    again = pickle.loads(pickle.dumps(nlp))
    assert [e.kb_id_ for e in again(TEXTS[0]).ents] == expected


SPAWN = """
import multiprocessing, sys, spacy
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": sys.argv[1]})
    nlp(sys.argv[2])
    for doc in nlp.pipe([sys.argv[2]] * 2, n_process=2):
        print(*(entity.kb_id_ for entity in doc.ents), entity._.hyplink["concept"] if (entity := doc.ents[-1]) else "")
"""


def test_a_pipeline_links_in_spawned_processes_after_it_has_linked_a_text(nlp, tiny_run, tmp_path):
    (tmp_path / "spawn.py").write_text(SPAWN, encoding="utf-8")
    words = [sys.executable, str(tmp_path / "spawn.py"), str(tiny_run), TEXTS[0]]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    ids = [e.kb_id_ for e in nlp(TEXTS[0]).ents]
    assert ended.stdout.splitlines() == [" ".join([*ids, ids[-1]])] * 2, ended.stderr


def test_a_pipeline_saved_with_a_relative_path_loads_in_another_folder(tiny_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny_run.parent)
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": tiny_run.name})
    nlp.to_disk(tmp_path / "pipeline")
    expected = [e.kb_id_ for e in nlp(TEXTS[0]).ents]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [e.kb_id_ for e in nlp(TEXTS[0]).ents] == expected
    with pytest.warns(UserWarning, match="no such run"):
        loaded = spacy.load(tmp_path / "pipeline")
    assert [e.kb_id_ for e in loaded(TEXTS[0]).ents] == expected


def test_a_missing_run_is_named_when_the_component_is_added_and_is_an_error_when_it_is_used(tmp_path):
    nlp = spacy.blank("en")
    with pytest.warns(UserWarning, match=f"{tmp_path}/none: no such run"):
        nlp.add_pipe("hyplink", config={"run": str(tmp_path / "none")})
    with pytest.raises(RunError, match="no such run"):
        nlp(TEXTS[0])
