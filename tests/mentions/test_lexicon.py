"""The features of word senses, on a lexicon of eight synsets."""

import json
from math import log
from pathlib import Path

import numpy as np
import pytest

from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.mentions.lexicon import (
    SENSE_FEATURES,
    Lexicon,
    WordUse,
    gloss_of,
    sense_key,
    use_from_json,
    use_of,
    used_word,
)
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.ontology import Concept, Ontology, Sense, Synonym, read_ontology
from hyplink.senses.features import SenseFeatures

TINY = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"
BANK = ("bank", "n")
THING, WATERSIDE, HOUSE, TO_BANK = 0, 1, 2, 4  # HOUSE is the first sense of the noun bank
RIVER, MONEY = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


@pytest.fixture(scope="module")
def lexicon():
    return read_ontology(TINY)


def use(doc="", form="bank", before="the", two="on the", after="of"):
    return WordUse(BANK, doc, (form, before, two, after))


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


def test_contexts_and_glosses_of_narrower_senses_are_evidence_for_a_sense(lexicon):
    evidence = evidence_of(lexicon, [use("a"), use("b")], [WATERSIDE, TO_BANK], [RIVER, MONEY])
    thing = WordUse(("thing", "n"), "c", ("thing", "", "", ""))
    found = features_of(evidence, [thing, thing], [RIVER, MONEY])
    assert found[0, THING]["context"] == 0  # no text has shown it
    assert found[0, THING]["sense_unseen"] == 1
    assert found[0, THING]["contexts_below"] > 0 > found[1, THING]["contexts_below"]


def test_a_mention_without_a_document_has_no_document_context(lexicon):
    evidence = evidence_of(lexicon, [use("a"), use("b")], [WATERSIDE, HOUSE], [RIVER, MONEY])
    found = features_of(evidence, [use("")], [RIVER])
    assert found[0, WATERSIDE]["document"] == found[0, WATERSIDE]["gloss_document"] == 0


def test_a_clue_is_evidence_for_the_sense_it_occurred_with_and_an_unknown_one_for_none(lexicon):
    uses = [use("a", after="of")] * 3 + [use("b", after="account")] * 3
    evidence = evidence_of(lexicon, uses, [WATERSIDE] * 3 + [HOUSE] * 3, [RIVER] * 3 + [MONEY] * 3)
    found = features_of(evidence, [use(after="account"), use(after="then")], [RIVER, RIVER])
    share = 3.5 / 7
    assert found[0, HOUSE]["word_after"] == pytest.approx(log((3 + 4 * share) / 7 / share))
    assert found[0, WATERSIDE]["word_after"] == pytest.approx(log(4 * share / 7 / share))
    assert found[1, HOUSE]["word_after"] == pytest.approx(found[1, WATERSIDE]["word_after"])


def test_an_unknown_word_has_no_candidates(lexicon):
    rows, concepts = evidence_of(lexicon).candidates([WordUse(("canal", "n"), "", ("", "", "", ""))])
    assert len(rows) == len(concepts) == 0


def synset(concept_id, part, *senses):
    return Concept(
        concept_id, concept_id, senses=tuple(Sense(f"{concept_id}%", *each) for each in senses), part_of_speech=part
    )


WORDS = Lexicon.from_ontology(
    Ontology(
        [
            synset("c0", "n", ("run", 2, 3), ("jog", 1, 1)),
            synset("c1", "v", ("run", 1, 4)),
            synset("c2", "n", ("run", 1, 2)),
            synset("c3", None, ("walk", 1, 9)),
            synset("c4", "a", ("fast", 1, 5)),
            synset("c5", "r", ("fast", 1, 5)),
            synset("c6", "n", ("axis", 1, 1), ("axes", 1, 1)),
            synset("c7", "n", ("axe", 1, 3)),
        ]
    )
)


def test_a_lexicon_has_the_senses_of_each_word_in_their_order_and_how_often_it_was_met():
    assert WORDS.concepts == {
        "n": {"run": [2, 0], "jog": [0], "axis": [6], "axes": [6], "axe": [7]},
        "v": {"run": [1]},
        "a": {"fast": [4]},
        "r": {"fast": [5]},
    }
    assert WORDS.times == {
        "n": {"run": 5, "jog": 1, "axis": 1, "axes": 1, "axe": 3},
        "v": {"run": 4},
        "a": {"fast": 5},
        "r": {"fast": 5},
    }
    assert WORDS.parts_of_speech == {"n", "v", "a", "r"}
    assert WORDS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("run", ("run", "n")),  # five times, the verb four
        ("RUNS", ("run", "n")),
        ("fast", ("fast", "a")),  # as often as the adverb: the first part of speech in alphabetical order
        ("jogs", ("jog", "n")),
        ("walk", None),
        ("", None),
        ("runs far", None),
    ],
)
def test_the_word_of_a_text_is_the_one_that_was_met_most(text, word):
    assert WORDS.word_of(text) == word


def test_of_words_met_equally_often_the_text_itself_comes_before_its_other_number():
    words = Lexicon.from_ontology(Ontology([synset("a", "n", ("runs", 1, 2)), synset("b", "n", ("run", 1, 2))]))
    assert [words.word_of(text) for text in ("runs", "run")] == [("runs", "n"), ("run", "n")]


def test_of_parts_of_speech_met_equally_often_the_first_in_alphabetical_order_counts():
    words = [synset(part, part, ("cold", 1, 2)) for part in ("v", "n", "r", "a")]
    assert Lexicon.from_ontology(Ontology(words)).word_of("cold") == ("cold", "a")


def test_the_features_of_a_sense_have_these_names():
    names = "sense_prior sense_unseen context contexts_below document gloss gloss_document kinds form word_before"
    assert (*names.split(), "two_before", "word_after") == SENSE_FEATURES


def test_an_empty_lexicon_has_no_words():
    empty = Lexicon.from_ontology(Ontology([Concept("a", "a")]))
    assert not empty
    assert empty.word_of("a") is None
    assert empty.parts_of_speech == frozenset()


def test_a_lexicon_has_senses_only_for_uses_of_its_words():
    assert WORDS.senses(("run", "n")) == [2, 0]
    assert WORDS.senses(("run", "a")) == WORDS.senses(("walk", "n")) == ()
    assert not WORDS.knows(None)
    assert not WORDS.knows(WordUse(("run", "a"), "", ("", "", "", "")))
    assert WORDS.knows(WordUse(("run", "n"), "", ("", "", "", "")))


@pytest.mark.parametrize(
    ("mention", "word"),
    [
        (Mention(2, 6, "runs"), ("run", "n")),
        (Mention(2, 6, "runs", lemma="Run", part_of_speech="v"), ("run", "v")),
        (Mention(2, 6, "runs", lemma="sprint", part_of_speech="v"), ("sprint", "v")),
        (Mention(2, 6, "runs", lemma="sprint"), ("run", "n")),
        (Mention(2, 6, "runs", part_of_speech="v"), ("run", "n")),
        (Mention(2, 6, "x", lemma="sprint", part_of_speech="v"), ("sprint", "v")),
        (DetectedMention(2, 6, "runs", (), Match.PROPOSED, "x"), ("run", "n")),
    ],
)
def test_a_mention_uses_the_word_that_is_given_with_it_or_that_its_text_is_a_form_of(mention, word):
    assert used_word(Document("d", "a runs b"), mention, WORDS) == WordUse(word, "d", ("runs", "a", "a", "b"))


def test_a_mention_of_no_known_word_has_no_use():
    assert used_word(Document("d", "a walk"), Mention(2, 6, "walk"), WORDS) is None


@pytest.mark.parametrize(
    ("text", "clues"),
    [
        ("He saw the Run, then", ("run^", "the", "saw the", ",")),
        ("The run", ("run", "the", "the", "")),
        ("run it", ("run", "", "", "it")),
        ("A B\nrun\nC", ("run", "", "", "")),
        ("A\nB C run D\nE", ("run", "c", "b c", "d")),
        ("A_B ?run? x", ("run", "?", "b ?", "?")),
        ("x " + "_" * 58 + "run" + "_" * 59 + "y", ("run", "x", "x", "y")),  # within sixty characters
        ("x " + "_" * 59 + "run" + "_" * 60 + "y", ("run", "", "", "")),
    ],
)
def test_clues_are_the_form_and_the_words_beside_it_on_its_line(text, clues):
    start = text.lower().index("run")
    assert use_of(Document("d", text), start, start + 3, BANK) == WordUse(BANK, "d", clues)


def test_a_sense_has_the_key_of_its_word():
    concept = Concept("a", "a", senses=(Sense("k1", "run", 1), Sense("k2", "jog", 1), Sense("k3", "run", 2)))
    assert [sense_key(concept, (lemma, "n")) for lemma in ("run", "jog", "walk")] == ["k1", "k2", None]


def test_a_use_survives_json():
    one = WordUse(BANK, "d", ("a", "b", "c", "d"))
    assert use_from_json(json.loads(json.dumps(one))) == one


def test_a_gloss_is_the_label_with_names_definition_and_examples_behind_it():
    concept = Concept("a", "bank", (Synonym("shore"), Synonym("side")), "land by water", ("they sat", "it fell"))
    assert gloss_of(concept) == Passage("bank", "", ", shore, side: land by water; they sat; it fell")
    assert gloss_of(Concept("a", "bank")) == Passage("bank", "", ", : ")
