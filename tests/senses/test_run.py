"""Senses from text to answer: a whole run on a lexicon of four nouns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES
from hyplink.corpus import Document, Mention, read_documents
from hyplink.linking.linker import Linker
from hyplink.ontology import load_ontology
from hyplink.ranking.cross_fitting import HeldOutSplit, out_of_fold_examples
from hyplink.regressor import load_regressor
from hyplink.run import Run
from hyplink.run.mode import Mode
from hyplink.stages.fit import read_encoded
from tests.conftest import exit_status_of

TINY = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"
RIVER, MONEY = "bank%1:17:00::", "bank%1:14:00::"
SENTENCES = {
    RIVER: ("the river flows past the steep", "where green water stood"),
    MONEY: ("she took her money to the", "and paid the loan"),
}

CONFIG = f"""\
data: {{ontology: {TINY}, parts_of_speech: [n], train: [train.data.xml], dev: [dev.data.xml]}}
train_ontology: {{trainer: construct, dim: 4}}
encode: {{dim: 16, epochs: 20}}
fit: {{hidden: 16, epochs: 5, batch_size: 32}}
"""


def write_corpus(stem, n_documents, *, marked=False):
    """Documents of thirty sentences each, of money where their number is even and of rivers else.

    Marked documents have a word of their own in every sentence.
    """
    texts, keys = [], []
    for document in range(n_documents):
        key = (MONEY, RIVER)[document % 2]
        before, after = SENTENCES[key]
        for sentence in range(30):
            instance = f"{stem.name}{document}.s{sentence}.t0"
            words = [f"<wf>{word}</wf>" for word in [*before.split(), *[f"w{document}"] * marked]]
            words += [f'<instance id="{instance}" lemma="bank" pos="NOUN">bank</instance>']
            words += [f"<wf>{word}</wf>" for word in after.split()]
            texts.append((document, f'<sentence id="s{sentence}">{"".join(words)}</sentence>'))
            keys.append(f"{instance} {key}")
    documents = (
        f'<text id="d{number}">{"".join(sentence for each, sentence in texts if each == number)}</text>'
        for number in range(n_documents)
    )
    stem.with_suffix(".data.xml").write_text(f"<corpus>{''.join(documents)}</corpus>", encoding="utf-8")
    stem.with_suffix(".gold.key.txt").write_text("\n".join(keys) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("senses")
    write_corpus(folder / "train", 24)
    write_corpus(folder / "dev", 2)
    (folder / "senses.yaml").write_text(CONFIG, encoding="utf-8")
    assert exit_status_of("run", folder / "run", "--config", folder / "senses.yaml", "--quiet") == 0
    return folder / "run"


def test_the_context_distinguishes_the_senses_of_a_word(run):
    metrics = json.loads((run / "evaluate" / "metrics.json").read_text())
    assert metrics["models"]["hyplink"]["every_mention"]["figures"]["accuracy_at_1"]["value"] == 1.0


def test_the_first_sense_is_measured_beside_the_model(run):
    models = json.loads((run / "evaluate" / "metrics.json").read_text())["models"]
    assert list(models) == ["hyplink", "ball alone", "first sense"]
    # Both senses stood equally often in the training text: the lexicon's first one is answered, which is money.
    assert models["first sense"]["every_mention"]["figures"]["accuracy_at_1"]["value"] == 0.5


def test_a_mention_without_a_lemma_is_a_use_of_the_word_that_it_is_a_form_of(run):
    text = "the river flows past the steep banks where green water stood"
    start = text.index("banks")
    document = Document("d", text, (Mention(start, start + 5, "banks"),))
    (links,) = Linker.load(run).link_many([document])
    assert links[0].answer.concept == "WN:00000200-n"
    assert {each.concept for each in links[0].candidates} == {"WN:00000200-n", "WN:00000300-n"}


def test_the_candidates_of_a_word_are_its_senses_alone(run):
    for line in (run / "evaluate" / "predictions.jsonl").read_text().splitlines():
        candidates = {each["concept"] for each in json.loads(line)["candidates"]}
        assert candidates == {"WN:00000200-n", "WN:00000300-n"}


def test_every_answer_is_in_the_answer_file(run):
    expected = (run.parent / "dev.gold.key.txt").read_text()
    assert (run / "evaluate" / "answers.key.txt").read_text() == expected


def test_the_linker_reads_the_framework_s_files_too(run):
    documents = list(read_documents([run.parent / "dev.data.xml"]))
    links = [links[0] for links in Linker.load(run).link_many(documents)]
    assert [link.answer.concept for link in links] == ["WN:00000300-n", "WN:00000200-n"]


def test_in_cross_fitting_names_propose_candidates_for_resolvable_mentions_outside_the_lexicon(run):
    opened = Run.open(run)
    ontology = load_ontology(opened.path("train-ontology", "ontology"))
    encoded, regressor = read_encoded(opened), load_regressor(opened.path("fit"))
    *known, last = encoded.examples
    held = np.arange(len(encoded.examples)) >= len(known) - 1  # the last two
    for gold, n_held in ((((),), 1), (last.gold, 2)):
        without_word = replace(encoded, examples=[*known, replace(last, use=None, gold=gold)])
        told = out_of_fold_examples(
            ontology, without_word, regressor, HeldOutSplit(~held, held), Mode("documents", is_lexicon=True)
        )
        assert (told.n_held, len(told.documents)) == (n_held, n_held)
        by_name = told.candidates.features[:, FEATURES.index("exact_name")] > 0
        assert set(told.candidates.mentions[by_name].tolist()) == set(range(1, n_held))
