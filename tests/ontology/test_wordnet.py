"""WordNet's database files, with a lexicon of eight synsets."""

import re
import shutil
from pathlib import Path

import pytest

from hyplink.corpus import Mention
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.ontology import Sense, Synonym, load_ontology, read_ontology, write_ontology

TINY = Path(__file__).parent / "tiny_wordnet"


@pytest.fixture(scope="module")
def lexicon():
    return read_ontology(TINY)


@pytest.fixture
def broken(tmp_path):
    """A copy of the folder to damage."""
    return Path(shutil.copytree(TINY, tmp_path / "broken"))


def test_every_synset_is_a_concept_named_by_its_words(lexicon):
    assert lexicon.concept_ids == (
        *("WN:00000100-n", "WN:00000200-n", "WN:00000300-n", "WN:00000400-n"),
        *("WN:00000100-v", "WN:00000100-a", "WN:00000200-a", "WN:00000100-r"),
    )
    bank = lexicon.concepts["WN:00000300-n"]
    assert (bank.label, bank.synonyms, bank.part_of_speech) == ("bank", (Synonym("banking house"),), "n")
    assert lexicon.release == "3.0"


def test_senses_have_their_order_and_count(lexicon):
    assert lexicon.concepts["WN:00000200-n"].senses == (
        Sense("bank%1:17:00::", "bank", order=2, count=7),
        Sense("waterside%1:17:00::", "waterside", order=1, count=0),
    )
    assert lexicon.concepts["WN:00000300-n"].senses[1] == Sense("banking_house%1:14:00::", "banking house", 1, 0)


def test_senses_are_matched_by_hexadecimal_number_and_without_head_word(lexicon):
    assert [sense.key for sense in lexicon.concepts["WN:00000100-v"].senses] == ["bank%2:35:11::"]
    assert [sense.key for sense in lexicon.concepts["WN:00000200-a"].senses] == ["awash%5:00:00:wet:00"]
    assert lexicon.concepts["WN:00000200-a"].label == "awash"


def test_spellings_of_one_sense_are_one_sense(lexicon):
    rhine = lexicon.concepts["WN:00000400-n"]
    assert (rhine.names(), len(rhine.senses)) == (("Rhine", "rhine"), 1)


def test_only_hypernyms_and_instance_hypernyms_are_parents(lexicon):
    assert lexicon.children("WN:00000100-n") == ("WN:00000200-n", "WN:00000300-n", "WN:00000400-n")
    assert lexicon.concepts["WN:00000400-n"].parents == ("WN:00000100-n",)
    assert lexicon.concepts["WN:00000200-a"].parents == ()


def test_a_gloss_is_a_definition_and_its_examples(lexicon):
    bank = lexicon.concepts["WN:00000200-n"]
    assert (bank.definition, bank.examples) == ("land beside water", ("they sat on the bank", "a steep bank"))
    money = lexicon.concepts["WN:00000300-n"]
    assert (money.definition, money.examples) == ('a house that keeps money: a "bank" to all', ("she owes the bank",))


def test_sense_keys_resolve_as_gold(lexicon):
    gold = GoldResolver(lexicon).resolve(Mention(0, 4, "bank", (("bank%1:17:00::", "bank%2:35:11::"),)))
    assert gold.concepts == {"WN:00000200-n", "WN:00000100-v"}


def test_only_requested_parts_of_speech_are_read(lexicon):
    assert read_ontology(TINY, parts_of_speech=["n"]).concept_ids == lexicon.concept_ids[:4]


def test_a_folder_needs_only_the_files_of_the_requested_parts_of_speech(broken):
    for name in ("data.verb", "data.adj", "data.adv"):
        (broken / name).unlink()
    assert len(read_ontology(broken, parts_of_speech=["n"])) == 4
    with pytest.raises(InputError, match=r"data\.verb: cannot be read"):
        read_ontology(broken)


def test_the_run_directory_keeps_senses_and_examples(lexicon, tmp_path):
    write_ontology(lexicon, tmp_path / "ontology")
    assert load_ontology(tmp_path / "ontology").concepts == lexicon.concepts


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("data.noun", "thing 0 002", "thing 0 003", "data.noun:3: '00000100 03 n 01 thing 0 003"),
        ("data.noun", "n 02 bank", "n zz bank", "data.noun:4: '00000200 17 n zz bank"),
        ("data.noun", "thing 0 002", "thing 0 999999999999", "data.noun:3: "),
        ("data.noun", "n 02 bank", "n ffffffffffff bank", "data.noun:4: "),
        ("index.sense", "00000300 1 20", "00000300 1", "index.sense:2: expected sense key, offset, order and count"),
    ],
)
def test_a_malformed_line_is_an_error_that_names_it(broken, name, old, new, message):
    path = broken / name
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError, match=re.escape(message)):
        read_ontology(broken, parts_of_speech=["n"])


def test_a_missing_index_of_senses_is_an_error_that_names_the_package(broken):
    (broken / "index.sense").unlink()
    with pytest.raises(InputError, match=r"index\.sense: is missing.*wordnet-sense-index"):
        read_ontology(broken)
