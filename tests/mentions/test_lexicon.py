"""What speaks for the senses of a word, on a lexicon of eight synsets."""

from math import log
from pathlib import Path

import numpy as np
import pytest

from hyplink.mentions.lexicon import SENSE_FEATURES, Lexicon, Use
from hyplink.ontology import Concept, Ontology, Sense, read_ontology
from hyplink.senses.features import SenseFeatures

TINY = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"
BANK = ("bank", "n")
THING, WATERSIDE, HOUSE, TO_BANK = 0, 1, 2, 4  # HOUSE is the first sense of the noun bank
RIVER, MONEY = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


@pytest.fixture(scope="module")
def lexicon():
    return read_ontology(TINY)


def use(doc="", form="bank", before="the", two="on the", after="of"):
    return Use(BANK, doc, (form, before, two, after))


def evidence_of(lexicon, uses=(), concepts=(), contexts=()):
    glosses = np.zeros((len(lexicon), 3), np.float32)
    glosses[WATERSIDE], glosses[HOUSE] = RIVER, MONEY
    vectors = np.array(contexts, np.float32).reshape(-1, 3)
    return SenseFeatures.from_uses(lexicon, glosses, uses, np.array(concepts, dtype=np.int64), vectors, (0, 3))


def features_of(evidence, uses, contexts):
    """Feature by name of each candidate: {(row, concept): {name: value}}."""
    rows, concepts = evidence.candidates(uses)
    found = evidence.features(uses, np.array(contexts, np.float32), rows, concepts)
    keys = zip(rows.tolist(), concepts.tolist(), strict=True)
    return {key: dict(zip(SENSE_FEATURES, row, strict=True)) for key, row in zip(keys, found.tolist(), strict=True)}


def test_the_senses_of_a_word_are_those_of_its_part_of_speech_in_the_order_of_the_lexicon(lexicon):
    inventory = Lexicon.from_ontology(lexicon)
    assert inventory.senses(BANK) == [HOUSE, WATERSIDE]
    assert inventory.senses(("bank", "v")) == [TO_BANK]
    assert inventory.senses(("banking house", "n")) == [HOUSE]
    assert inventory.senses(("canal", "n")) == ()


def test_a_form_is_of_the_word_that_it_is_the_lemma_plural_or_singular_of_the_one_that_is_met_most(lexicon):
    inventory = Lexicon.from_ontology(lexicon)
    assert inventory.word_of("Bank") == inventory.word_of("banks") == ("bank", "n")  # the verb is met twice alone
    assert inventory.word_of("canals") is None


def test_a_plural_that_is_a_rare_word_of_its_own_is_the_form_of_the_common_one():
    senses = {"bank": Sense("bank%1", "bank", 1, 20), "Banks": Sense("banks%1", "banks", 1)}
    concepts = [Concept(label, label, senses=(sense,), part_of_speech="n") for label, sense in senses.items()]
    assert Lexicon.from_ontology(Ontology(concepts)).word_of("banks") == ("bank", "n")


def test_an_ontology_that_is_no_lexicon_has_no_inventory():
    assert not Lexicon.from_ontology(read_ontology(TINY.parent / "animals.obo"))


def test_without_text_the_prior_is_the_order_of_the_lexicon(lexicon):
    evidence = evidence_of(lexicon)
    found = features_of(evidence, [use()], [RIVER])
    assert found[0, HOUSE]["sense_prior"] == pytest.approx(log(2 / 3))
    assert found[0, WATERSIDE]["sense_prior"] == pytest.approx(log(1 / 3))
    assert found[0, HOUSE]["sense_unseen"] == found[0, WATERSIDE]["sense_unseen"] == 1


def test_the_prior_of_annotated_text_is_its_counts_and_eight_mentions_by_order(lexicon):
    evidence = evidence_of(
        lexicon, [use("a"), use("a"), use("b")], [WATERSIDE, WATERSIDE, HOUSE], [RIVER, RIVER, MONEY]
    )
    found = features_of(evidence, [use()], [RIVER])
    assert evidence.senses(BANK) == [WATERSIDE, HOUSE]
    assert found[0, WATERSIDE]["sense_prior"] == pytest.approx(log((2 + 8 * 2 / 3) / 11))
    assert found[0, HOUSE]["sense_prior"] == pytest.approx(log((1 + 8 / 3) / 11))


def test_the_sense_of_like_contexts_documents_and_glosses_leads(lexicon):
    evidence = evidence_of(lexicon, [use("a"), use("b")], [WATERSIDE, HOUSE], [RIVER, MONEY])
    found = features_of(evidence, [use("c"), use("d")], [RIVER, MONEY])
    for name in ("context", "document", "gloss", "gloss_document"):
        assert found[0, WATERSIDE][name] > found[0, HOUSE][name]
        assert found[1, HOUSE][name] > found[1, WATERSIDE][name]


def test_contexts_and_glosses_of_narrower_senses_speak_for_a_sense(lexicon):
    evidence = evidence_of(lexicon, [use("a"), use("b")], [WATERSIDE, TO_BANK], [RIVER, MONEY])
    thing = Use(("thing", "n"), "c", ("thing", "", "", ""))
    found = features_of(evidence, [thing, thing], [RIVER, MONEY])
    assert found[0, THING]["context"] == 0  # no text has shown it
    assert found[0, THING]["sense_unseen"] == 1
    assert found[0, THING]["contexts_below"] > 0 > found[1, THING]["contexts_below"]


def test_a_mention_without_a_document_has_no_document_to_speak_for_it(lexicon):
    evidence = evidence_of(lexicon, [use("a"), use("b")], [WATERSIDE, HOUSE], [RIVER, MONEY])
    found = features_of(evidence, [use("")], [RIVER])
    assert found[0, WATERSIDE]["document"] == found[0, WATERSIDE]["gloss_document"] == 0


def test_a_clue_speaks_for_the_sense_that_it_stood_beside_and_an_unknown_one_for_none(lexicon):
    uses = [use("a", after="of")] * 3 + [use("b", after="account")] * 3
    evidence = evidence_of(lexicon, uses, [WATERSIDE] * 3 + [HOUSE] * 3, [RIVER] * 3 + [MONEY] * 3)
    found = features_of(evidence, [use(after="account"), use(after="then")], [RIVER, RIVER])
    share = 3.5 / 7
    assert found[0, HOUSE]["word_after"] == pytest.approx(log((3 + 4 * share) / 7 / share))
    assert found[0, WATERSIDE]["word_after"] == pytest.approx(log(4 * share / 7 / share))
    assert found[1, HOUSE]["word_after"] == pytest.approx(found[1, WATERSIDE]["word_after"])


def test_an_unknown_word_has_no_candidates(lexicon):
    rows, concepts = evidence_of(lexicon).candidates([Use(("canal", "n"), "", ("", "", "", ""))])
    assert len(rows) == len(concepts) == 0
