"""WN-LMF, with a lexicon of four synsets."""

import gzip

import pytest

from hyplink.errors import InputError
from hyplink.ontology import Sense, Synonym, load_ontology, read_ontology, write_ontology

pytest.importorskip("wn")

LEXICON = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://globalwordnet.github.io/schemas/WN-LMF-1.1.dtd">
<LexicalResource xmlns:dc="https://globalwordnet.github.io/schemas/dc/">
<Lexicon id="{id}" label="tiny" language="en" email="a@b.c" license="MIT" version="2024">
<LexicalEntry id="e1"><Lemma writtenForm="bank" partOfSpeech="n"/>
  <Sense id="{id}-bank__1.14.00.." synset="house"><Count>20</Count></Sense>
  <Sense id="{id}-bank__1.17.00.." synset="waterside"/>
</LexicalEntry>
<LexicalEntry id="e2"><Lemma writtenForm="Bank House" partOfSpeech="n"/>
  <Sense id="{id}-bank_house__1.14.00.." synset="house" dc:identifier="bank_house%1:14:09::"/>
</LexicalEntry>
<LexicalEntry id="e3"><Lemma writtenForm="thing" partOfSpeech="n"/>
  <Sense id="{id}-thing__1.03.00.." synset="thing"/>
</LexicalEntry>
<LexicalEntry id="e4"><Lemma writtenForm="awash" partOfSpeech="s"/>
  <Sense id="{id}-awash__5.00.00.wet.00" synset="awash"/>
</LexicalEntry>
<Synset id="thing" ili="" partOfSpeech="n"><Definition>whatever there is</Definition></Synset>
<Synset id="house" ili="" partOfSpeech="n"><Definition>a house that keeps money</Definition>
  <SynsetRelation relType="hypernym" target="thing"/><SynsetRelation relType="meronym" target="awash"/>
  <Example>she owes the bank</Example>
</Synset>
<Synset id="waterside" ili="" partOfSpeech="n"><Definition>land beside water</Definition>
  <SynsetRelation relType="instance_hypernym" target="thing"/>
</Synset>
<Synset id="awash" ili="" partOfSpeech="s"><Definition>covered with water</Definition></Synset>
</Lexicon>
</LexicalResource>
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "tiny.xml"
    file.write_text(LEXICON.format(id="oewn"), encoding="utf-8")
    return file


def test_every_synset_is_a_concept_named_by_its_words(path):
    lexicon = read_ontology(path)
    house = lexicon.concepts["house"]
    assert lexicon.concept_ids == ("thing", "house", "waterside", "awash")
    assert (house.label, house.synonyms, house.part_of_speech) == ("bank", (Synonym("Bank House"),), "n")
    assert (house.definition, house.examples) == ("a house that keeps money", ("she owes the bank",))
    assert lexicon.release == "oewn 2024"


def test_only_hypernyms_and_instance_hypernyms_are_parents(path):
    concepts = read_ontology(path).concepts
    assert concepts["house"].parents == concepts["waterside"].parents == ("thing",)


def test_senses_have_their_keys_order_and_count(path):
    assert read_ontology(path).concepts["house"].senses == (
        Sense("bank%1:14:00::", "bank", order=1, count=20),
        Sense("bank_house%1:14:09::", "bank house", order=1),
    )
    assert read_ontology(path).concepts["waterside"].senses == (Sense("bank%1:17:00::", "bank", order=2),)
    assert read_ontology(path).concepts["awash"].alternative_ids == ("awash%5:00:00:wet:00",)


def test_lexicons_without_sense_keys_have_sense_ids_as_alternative_ids(path):
    path.write_text(LEXICON.format(id="odenet"), encoding="utf-8")
    assert read_ontology(path).concepts["waterside"].alternative_ids == ("odenet-bank__1.17.00..",)


def test_satellites_are_adjectives_and_only_requested_parts_of_speech_are_read(path):
    assert read_ontology(path).concepts["awash"].part_of_speech == "a"
    assert "awash" not in read_ontology(path, parts_of_speech=["n"]).concepts


def test_a_compressed_file_is_read_and_kept_completely_in_a_run(path, tmp_path):
    packed = tmp_path / "packed.xml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    lexicon = read_ontology(packed)
    assert lexicon.concepts == read_ontology(path).concepts
    write_ontology(lexicon, tmp_path / "ontology")
    assert load_ontology(tmp_path / "ontology").concepts == lexicon.concepts


def test_a_damaged_file_is_an_error_of_one_line(path):
    path.write_text(path.read_text()[:900], encoding="utf-8")
    with pytest.raises(InputError, match=r"tiny\.xml: not WN-LMF") as caught:
        read_ontology(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<Sense id="{id}-bank__1.17.00.." ', "<Sense "),
        ('encoding="UTF-8"', 'encoding="no"'),
        ("<Count>20</Count>", "<Count>many</Count>"),
        ('<Lemma writtenForm="thing" partOfSpeech="n"/>', ""),
        ('WN-LMF-1.1.dtd">', "WN-LMF-1.1.dtd\" [<!ENTITY e 'x'>]>"),
    ],
)
def test_a_malformed_file_is_an_error_of_one_line(path, old, new):
    content = LEXICON.replace(old, new)
    assert content != LEXICON
    path.write_text(content.format(id="oewn"), encoding="utf-8")
    with pytest.raises(InputError, match=r"tiny\.xml: (not WN-LMF|declares the entity)"):
        read_ontology(path)


def test_a_damaged_compressed_file_is_an_error_of_one_line(path, tmp_path):
    packed = tmp_path / "packed.xml.gz"
    content = bytearray(gzip.compress(path.read_bytes()))
    content[len(content) // 2] ^= 255
    packed.write_bytes(content)
    with pytest.raises(InputError, match=r"packed\.xml\.gz: "):
        read_ontology(packed, ontology_format="wn-lmf")
