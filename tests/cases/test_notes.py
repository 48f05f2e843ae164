"""Negation and uncertainty of the findings in clinical notes: `pytest -v tests/cases/test_notes.py`."""

import json

import pytest

from tests.cases import flat_obo
from tests.conftest import exit_status_of

NAMES = ("asthma", "hypertension", "diabetes mellitus", "fever", "cough", "pneumonia", "headache")
ONTOLOGY = flat_obo(NAMES, "F", "finding")
TINY = ("--set=train_ontology.dim=3", "--set=encode.dim=8", "--set=encode.epochs=2", "--set=fit.epochs=2")
LETTERS = {(False, False): "A", (True, False): "N", (False, True): "U"}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A run with seven findings."""
    folder = tmp_path_factory.mktemp("notes")
    (folder / "names.obo").write_text(ONTOLOGY, encoding="utf-8")
    assert exit_status_of("run", folder / "run", f"--set=data.ontology={folder / 'names.obo'}", *TINY, "--quiet") == 0
    return folder / "run"


@pytest.fixture
def read(tmp_path, capfd, model):
    """The findings of a note that `hyplink link` writes: affirmed (A), negated (N) or uncertain (U)."""

    def link(text):
        (tmp_path / "note.txt").write_bytes(text.encode())
        capfd.readouterr()
        assert exit_status_of("link", model, tmp_path / "note.txt") == 0
        links = map(json.loads, capfd.readouterr().out.splitlines())
        return [(each["label"], LETTERS[each["negated"], each["uncertain"]]) for each in links]

    return link


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_20_a_negation_ends_with_the_line_of_a_list(read, line_end):
    text = line_end.join(["No asthma", "Hypertension", "Diabetes mellitus", ""])
    assert read(text) == [("asthma", "N"), ("hypertension", "A"), ("diabetes mellitus", "A")]


def test_21_contractions_negate_as_the_words_they_stand_for(read):
    text = "She hasn't had asthma. It wasn’t pneumonia. He didn't have a fever, and there isn't any headache or cough."
    assert [letter for _, letter in read(text)] == ["N"] * 5


def test_22_a_negation_may_follow_the_finding(read):
    assert [letter for _, letter in read("Fever: none. Asthma: No. Pneumonia: negative. Cough: denied.")] == ["N"] * 4


def test_23_an_answer_is_one_to_its_own_line(read):
    text = "Asthma: no\nHypertension: yes\nDiabetes mellitus: no\n"
    assert read(text) == [("asthma", "N"), ("hypertension", "A"), ("diabetes mellitus", "N")]


def test_24_what_is_not_ruled_out_is_uncertain(read):
    text = "The scan does not rule out pneumonia. It does not allow us to exclude asthma."
    assert read(text) == [("pneumonia", "U"), ("asthma", "U")]


def test_25_the_next_verb_ends_a_negation(read):
    text = "She denies fever and reports cough. No fever, presents with cough. If she does not rest, asthma may occur."
    assert [letter for _, letter in read(text)] == ["N", "A", "N", "A", "U"]


def test_26_the_denial_of_a_treatment_or_change_is_none_of_the_finding(read):
    text = "No treatment for asthma was given. No response to treatment of pneumonia. No improvement in cough."
    assert [letter for _, letter in read(text)] == ["A"] * 3


def test_27_a_long_document_has_the_findings_of_its_parts(read):
    part = "The patient has asthma and headache, but no fever was seen. "
    assert read(40 * part) == 40 * [("asthma", "A"), ("headache", "A"), ("fever", "N")]
