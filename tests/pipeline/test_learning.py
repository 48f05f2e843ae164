"""Learning from decisions: the run is refitted, and says what changed."""

import shutil

import pytest

from hyplink.errors import InputError
from hyplink.linking.linker import Linker
from hyplink.pipeline.decisions import Decision, Decisions, decisions_path, id_of
from hyplink.pipeline.learning import learn
from hyplink.run import Run, SilentReporter
from tests.server.conftest import small_run  # noqa: F401 (a fixture)


@pytest.fixture
def run(small_run, tmp_path):  # noqa: F811
    return Run.open(shutil.copytree(small_run, tmp_path / "run"))


def decided(run, texts):
    decisions = Decisions(decisions_path(run))
    for number, (words, concept) in enumerate(texts):
        text = f"She has {words}."
        made = Decision("mark", 8, 8 + len(words), concept)
        decisions.decide(id_of(str(number), text), text, made, {})
    return decisions.path


def test_marked_words_become_names_of_their_concepts(run):
    path = decided(run, [("fluttering chest", "AIL:2"), ("itchy patches", "AIL:4")])
    before = (run.folder / "fit" / "manifest.json").read_text()
    learned = learn(run, path, SilentReporter())
    assert (learned.n_decisions, learned.held_back, learned.dev) == (2, None, {})
    assert learned.decisions.after == 2
    assert (run.folder / "fit" / "manifest.json").read_text() != before
    assert Run.open(run.folder).config.data.train == (path,)
    assert "of 2 decisions" in next(learned.sentences())


def test_a_tenth_is_held_back_from_a_trial_and_learned_in_the_end(run):
    words = ["itchy", "scaly", "weeping", "flaky", "sore", "blotchy", "cracked", "raw", "burning", "rough", "peeling"]
    path = decided(run, [(f"{word} patches", "AIL:4") for word in words])
    learned = learn(run, path, SilentReporter())
    assert learned.n_decisions == 11
    assert learned.held_back.n == 1
    assert learned.decisions.n == 11
    assert learned.decisions.after >= learned.decisions.before


def test_learning_twice_adds_the_file_once(run):
    path = decided(run, [("itchy patches", "AIL:4")])
    learn(run, path, SilentReporter())
    learn(Run.open(run.folder), path, SilentReporter())
    assert Run.open(run.folder).config.data.train == (path,)


def test_without_decisions_nothing_is_learned(run):
    with pytest.raises(InputError, match="no decisions"):
        learn(run, decisions_path(run), SilentReporter())
    assert Run.open(run.folder).config.data.train == ()


def test_corrections_and_rejections_hold_in_plain_text_afterwards(run):
    text = "Eczema and arrhythmia with itchy patches."
    decisions, doc = Decisions(decisions_path(run)), id_of("a", text)
    decisions.decide(doc, text, Decision("correct", 0, 6, "AIL:5", "AIL:4"), {(11, 21): "AIL:2"})
    decisions.decide(doc, text, Decision("mark", 27, 40, "AIL:3"), {(11, 21): "AIL:2"})
    before = {link.text: link.answer.concept for link in Linker.load(run.folder).link(text)}
    assert before == {"Eczema": "AIL:4", "arrhythmia": "AIL:2"}
    learn(run, decisions.path, SilentReporter())
    after = {link.text: link.answer.concept for link in Linker.load(run.folder).link(text) if link.answer}
    assert after == {"Eczema": "AIL:5", "arrhythmia": "AIL:2", "itchy patches": "AIL:3"}
    decisions.decide(doc, text, Decision("reject", 11, 21, None, "AIL:2"), {})
    learn(Run.open(run.folder), decisions.path, SilentReporter())
    last = {link.text: link.answer.concept for link in Linker.load(run.folder).link(text) if link.answer}
    assert last == {"Eczema": "AIL:5", "itchy patches": "AIL:3"}


def test_a_run_with_another_format_of_text_learns_if_its_texts_show_that_format(run, tmp_path):
    (tmp_path / "gold.csv").write_text("mention,concept\nitchy skin,AIL:4\n", encoding="utf-8")
    data = run.config.data.model_copy(update={"train": (tmp_path / "gold.csv",), "input_format": "mentions"})
    path = decided(run, [("itchy patches", "AIL:4")])
    learn(Run.create(run.folder, run.config.model_copy(update={"data": data})), path, SilentReporter())
    learned = Run.open(run.folder).config.data
    assert (learned.input_format, learned.train) == ("auto", (tmp_path / "gold.csv", path))
    (tmp_path / "gold.csv").rename(tmp_path / "gold.txt")
    data = data.model_copy(update={"train": (tmp_path / "gold.txt",)})
    other = Run.create(run.folder, run.config.model_copy(update={"data": data}))
    with pytest.raises(InputError, match="name the files of annotated text so that"):
        learn(other, path, SilentReporter())
