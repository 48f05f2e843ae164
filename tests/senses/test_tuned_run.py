"""A run on a lexicon whose transformer is tuned: what it is tuned on, and what the ranker is trained with."""

import numpy as np
import pytest

from hyplink.encoders.transformer import TransformerEncoder
from hyplink.mentions.lexicon import gloss_of
from hyplink.ontology import load_ontology
from hyplink.run import Run
from hyplink.stages.fit import read_encoded
from hyplink.tuning import TuningExamples
from tests.conftest import exit_status_of
from tests.senses.test_run import CONFIG, SENTENCES, write_corpus
from tests.tiny_transformer import write_transformer

TUNED = """\
encode: {encoder: transformer, window: 30}
tune: {encoder: all, model: model, epochs: 1, window: 30, batch_size: 16}
"""
BANKS = ["WN:00000200-n", "WN:00000300-n"]


@pytest.fixture(scope="module")
def tuned_on():
    """The examples that the run was tuned on."""
    return []


@pytest.fixture(scope="module")
def run(tmp_path_factory, tuned_on):
    folder = tmp_path_factory.mktemp("tuned")
    write_corpus(folder / "train", 10, marked=True)
    write_corpus(folder / "dev", 2)
    words = {word for sentence in SENTENCES.values() for part in sentence for word in part.split()}
    write_transformer(
        folder / "model",
        sorted(words | {"bank", "money", "slope", "beside", "water", ",", ":", *map("w{}".format, range(10))}),
    )
    *others, fit = [line for line in CONFIG.splitlines() if not line.startswith("encode")]
    (folder / "senses.yaml").write_text("\n".join([*others, TUNED, fit]), encoding="utf-8")
    original = TuningExamples.from_labelled

    def from_labelled(*labelled):
        tuned_on.append(original(*labelled))
        return tuned_on[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TuningExamples, "from_labelled", from_labelled)
        assert exit_status_of("run", folder / "run", "--config", folder / "senses.yaml", "--quiet") == 0
    return Run.open(folder / "run")


@pytest.fixture(scope="module")
def ontology(run):
    return load_ontology(run.path("train-ontology", "ontology"))


def test_the_encoder_is_tuned_on_the_glosses_of_the_words_in_the_text_and_on_the_contexts(run, ontology, tuned_on):
    (examples,) = tuned_on
    senses = sorted(ontology.index_of[each] for each in BANKS)
    assert examples.concepts[: examples.n_names] == [(each,) for each in senses]
    assert examples.passages[: examples.n_names] == [
        gloss_of(ontology.concepts[ontology.concept_ids[each]]) for each in senses
    ]
    in_context = examples.passages[examples.n_names :]
    assert {each.mention for each in in_context} == {"bank"}
    assert all(each.left and each.right for each in in_context)


def test_the_ranker_learns_from_glosses_and_contexts_of_an_encoder_without_its_documents(run, ontology):
    unseen = TransformerEncoder(run.path("tune-encoder", "cross-fit"), 30, by_reference=False)
    final = TransformerEncoder(run.path("tune-encoder", "encoder"), 30, by_reference=False)
    glosses = [gloss_of(concept) for concept in ontology.concepts.values()]
    assert read_encoded(run, "cross-fit/").glosses == pytest.approx(unseen.encode(glosses), abs=1e-5)
    assert read_encoded(run).glosses == pytest.approx(final.encode(glosses), abs=1e-5)
    assert not np.allclose(unseen.encode(glosses), final.encode(glosses), atol=1e-4)


def test_a_lexicon_has_no_static_student(run, capsys):
    folder = run.folder.parent
    status = exit_status_of("run", folder / "other", "--config", folder / "senses.yaml", "--set", "tune.distil=true")
    assert status == 2
    assert "tune.distil: a static model does not read the context" in capsys.readouterr().err
    assert not (folder / "other" / "tune-encoder").exists()
