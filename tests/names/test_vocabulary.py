import pytest

from hyplink.names.inflection import possible_singulars
from hyplink.names.normal_forms import normal_word
from hyplink.names.vocabulary import Vocabulary, plurals_of

PAIRS = [
    ("warehouse", "warehouses"),
    ("bikini", "bikinis"),
    ("ski", "skis"),
    ("bias", "biases"),
    ("quiz", "quizzes"),
    ("sheaf", "sheaves"),
    ("staff", "staves"),
    ("neuron", "neurones"),
    ("plateau", "plateaux"),
    ("acetabulum", "acetabula"),
    ("mitochondrion", "mitochondria"),
    ("spermatogonium", "spermatogonia"),
    ("protozoan", "protozoa"),
    ("foramen", "foramina"),
    ("corpus", "corpora"),
    ("femur", "femora"),
    ("ovale", "ovalia"),
    ("viscus", "viscera"),
    ("crus", "crura"),
    ("borax", "boraces"),
    ("sphinx", "sphinges"),
    ("aphis", "aphides"),
    ("glans", "glandes"),
    ("raphe", "raphae"),
    ("grotto", "grottoes"),
    ("salesperson", "salespeople"),
]


@pytest.mark.parametrize(("one", "many"), PAIRS)
def test_a_plural_is_known_by_the_singular_in_names(one, many):
    known = Vocabulary({normal_word(one)}, plurals_of([one])).known(many)
    assert normal_word(known) == normal_word(one)


@pytest.mark.parametrize(("one", "many"), [pair for pair in PAIRS if not pair[1].startswith(pair[0])])
def test_a_singular_is_known_by_the_plural_in_names(one, many):
    known = Vocabulary({normal_word(many)}, plurals_of([f"big {many}"])).known(one)
    assert normal_word(known) == normal_word(many)


def test_of_several_possible_singulars_the_one_in_the_vocabulary_is_meant():
    assert {"acetabulum", "acetabulon"} <= set(possible_singulars("acetabula"))
    assert Vocabulary({"acetabulon"}).known("Acetabula") == "acetabulon"


@pytest.mark.parametrize("word", ["golden", "man", "has", "mania", "Rates", "acetabula", "HCCs"])
def test_other_words_and_words_of_names_stay_as_they_are(word):
    vocabulary = Vocabulary({"gold", "mania", "ha", "rat", "acetabula", "acetabulum", "hcc"})
    assert vocabulary.known(word) == word


def test_a_compound_is_completed_to_another_word_than_the_one_that_shares_its_end():
    vocabulary = Vocabulary(set(map(normal_word, ["hypertension", "hypotension", "Herzinsuffizienz"])))
    assert vocabulary.completed("hypo", "hypertension") == "hypotension"
    assert vocabulary.completed("Herz", "Niereninsuffizienz") == "Herzinsuffizienz"
    assert vocabulary.completed("hypo", "hyperthyroidism") is None
