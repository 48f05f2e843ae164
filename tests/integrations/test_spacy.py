import json
import shutil

import pytest
import spacy
from spacy.tokens import DocBin

from hyplink import Linker
from hyplink.errors import InputError, RunError

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


def test_entities_are_the_links_of_the_linker(nlp, tiny_run):
    expected = Linker.load(tiny_run).link(TEXTS[0])
    found = nlp(TEXTS[0]).ents
    assert [(e.start_char, e.end_char, e.kb_id_) for e in found] == [
        (link.start, link.end, link.answer.concept) for link in expected
    ]
    assert [entity._.hyplink for entity in found] == [link.as_json() for link in expected]
    assert found[0].label_ == "CONCEPT"


def test_a_stream_is_linked_as_its_documents_are(nlp):
    streamed = [[(e.text, e.kb_id_) for e in doc.ents] for doc in nlp.pipe(TEXTS)]
    assert streamed == [[(e.text, e.kb_id_) for e in nlp(text).ents] for text in TEXTS]
    assert streamed[1] == []


def test_a_stream_is_read_as_many_documents_at_a_time_as_were_asked_for(nlp):
    read = []

    def endless():
        while True:
            read.append(len(read))
            yield TEXTS[0]

    next(nlp.pipe(endless(), batch_size=5))
    assert len(read) == 5


def test_negation_is_with_the_entity(nlp):
    negated = {entity.text: entity._.hyplink["negated"] for entity in nlp(TEXTS[2]).ents}
    assert negated["olfactory receptor cell"] is True


def test_entities_that_another_pipe_found_are_linked_and_keep_their_label(tiny_run):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "CELL", "pattern": "rod-like neurons"}])
    nlp.add_pipe("hyplink", config={"run": str(tiny_run), "mentions": "entities"})
    (entity,) = nlp("Here are rod-like neurons and a photoreceptor cell.").ents
    assert (entity.text, entity.label_) == ("rod-like neurons", "CELL")
    assert entity.kb_id_.startswith("CL:")
    assert nlp("A photoreceptor cell.").ents == ()


def test_links_survive_a_doc_bin(nlp):
    stored = DocBin(store_user_data=True, docs=[nlp(TEXTS[0])]).to_bytes()
    (doc,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    restored, written = ([(e.kb_id_, json.dumps(e._.hyplink)) for e in each.ents] for each in (doc, nlp(TEXTS[0])))
    assert restored == written


def test_a_saved_pipeline_refers_to_its_run(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    assert sum(path.stat().st_size for path in (tmp_path / "pipeline").rglob("*") if path.is_file()) < 10**6
    again = spacy.load(tmp_path / "pipeline")
    assert [e.kb_id_ for e in again(TEXTS[0]).ents] == [e.kb_id_ for e in nlp(TEXTS[0]).ents]


def test_a_saved_pipeline_refuses_another_model_under_the_same_name(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": str(run)})
    nlp.to_disk(tmp_path / "pipeline")
    manifest = run / "fit" / "manifest.json"
    digest = nlp.get_pipe("hyplink")._fingerprint()["fit"]["regressor.safetensors"]
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    with pytest.raises(RunError, match="another model"):
        spacy.load(tmp_path / "pipeline")


@pytest.mark.parametrize("config", [{}, {"run": "x", "mentions": "all"}])
def test_a_wrong_setting_is_told_of_when_the_pipe_is_added(config):
    with pytest.raises((InputError, ValueError)):  # spaCy checks the types itself where it can
        spacy.blank("en").add_pipe("hyplink", config=config)
