import pytest

from hyplink.names.synonyms import (
    _representatives,
    equal_words,
    general_heads,
    interchangeable_words,
    optional_words,
)

PARTS = "abcdefghijklmno"


def names_of(*texts):
    return [(tuple(name.split()), concept) for concept, names in enumerate(texts) for name in names.split("|")]


def test_words_that_four_concepts_use_for_one_another_are_interchangeable():
    names = names_of(
        "renal cyst|kidney cyst", "renal stone|kidney stone", "renal pain|kidney pain", "renal loss|kidney loss"
    )
    found = interchangeable_words((words, str(concept)) for words, concept in names)
    assert found["renal"] == found["kidney"]
    assert set(found) == {"renal", "kidney"}


def test_three_concepts_are_not_enough():
    assert interchangeable_words(names_of(*[f"renal {part}|kidney {part}" for part in PARTS[:3]])) == {}


def test_words_that_distinguish_concepts_are_not_interchangeable():
    together = ["upper lip|lower lip", "upper arm|lower arm", "upper leg|lower leg"]
    apart = [text for part in ("jaw", "lid", "back") for text in (f"upper {part}", f"lower {part}")]
    assert interchangeable_words(names_of(*together, *apart)) == {}


def test_expected_synonyms_are_accepted_unless_names_contradict_them():
    assert set(interchangeable_words([], [("eye", "ocular")])) == {"eye", "ocular"}
    apart = names_of("eye pain", "ocular pain", "eye cyst", "ocular cyst")
    assert interchangeable_words(apart, [("eye", "ocular")]) == {}


def test_expected_words_stay_together_whatever_else_is_learned():
    names = names_of(
        *[f"eye {part}|globe {part}" for part in PARTS], *[f"ball in {part}|ocular in {part}" for part in PARTS]
    )
    found = interchangeable_words(names, [("eye", "ocular")])
    assert found["eye"] == found["ocular"] == found["globe"]


def test_the_list_of_equal_words_has_no_word_twice():
    words = [word for each in equal_words() for word in each]
    assert len(words) == len(set(words))
    assert all(len(each) > 1 for each in equal_words())


def test_a_word_that_names_have_or_omit_is_optional():
    twins = [f"abnormal {part} morphology|abnormal {part}" for part in PARTS]
    assert optional_words(names_of(*twins)) == {"morphology"}


def test_a_word_that_distinguishes_concepts_is_not_optional():
    twins = [text for part in PARTS for text in (f"partial {part} loss", f"{part} loss")]
    assert optional_words(names_of(*twins)) == frozenset()


def test_a_negation_word_is_never_optional():
    assert optional_words(names_of(*[f"cell {part} negat|cell {part}" for part in PARTS])) == frozenset()


def test_words_are_interchangeable_where_seven_names_in_ten_agree():
    parts = [f"x{letter}" for letter in PARTS]
    together = [f"renal {part}|kidney {part}" for part in parts[:7]]
    for n_apart, expected in ((3, {"renal", "kidney"}), (4, set())):
        apart = [text for part in parts[7 : 7 + n_apart] for text in (f"renal {part}", f"kidney {part}")]
        assert set(interchangeable_words(names_of(*together, *apart))) == expected


def test_each_concept_shows_a_pair_of_words_once():
    names = [(words, "one") for words, _ in names_of(*[f"renal {part}|kidney {part}" for part in PARTS])]
    assert interchangeable_words(names) == {}


def test_names_differ_in_one_word_at_one_place():
    assert interchangeable_words(names_of(*[f"renal {part}|{part} kidney" for part in PARTS])) == {}
    assert interchangeable_words(names_of(*[f"renal old {part}|kidney new {part}" for part in PARTS])) == {}
    found = interchangeable_words(
        names_of(*[f"x {part} renal y|x {part} kidney y" for part in ("aa", "bb", "cc", "dd")])
    )
    assert found == {"kidney": "kidney", "renal": "kidney"}


@pytest.mark.parametrize(("one", "other"), [("re", "kidney"), ("ren1", "kidney"), ("renal", "7"), ("renal", "ki")])
def test_short_words_and_numbers_are_never_interchangeable(one, other):
    assert interchangeable_words(names_of(*[f"{one} {part}|{other} {part}" for part in PARTS])) == {}


def test_words_of_three_letters_are_interchangeable_and_names_of_one_word_are_no_evidence():
    assert set(interchangeable_words(names_of(*[f"ren {part}|kid {part}" for part in PARTS]))) == {"ren", "kid"}
    assert interchangeable_words([((word,), part) for part in PARTS for word in ("renal", "kidney")]) == {}


def test_names_that_share_a_concept_are_no_counterexample():
    """A concept that has both words and others that have one of them each: no pair of names is without agreement."""
    together = [f"renal {part}|kidney {part}" for part in ("aa", "bb", "cc", "dd")]
    shared = ["renal aa", "renal bb", "kidney cc"]
    assert set(interchangeable_words(names_of(*together, *shared))) == {"renal", "kidney"}


def test_a_word_joins_a_synonym_class_only_by_a_pair_with_its_representative():
    many = [f"beta {part}|alpha {part}" for part in ("aa", "bb", "cc", "dd", "ee", "ff")]
    some = [f"beta {part}|gamma {part}" for part in ("gg", "hh", "ii", "jj", "kk")]
    few = [f"alpha {part}|delta {part}" for part in ("ll", "mm", "nn", "oo")]
    found = interchangeable_words(names_of(*many, *some, *few))
    assert found == {"alpha": "alpha", "beta": "alpha", "delta": "alpha"}  # `gamma` is shown with `beta` alone
    found = interchangeable_words(names_of(*[text.replace("beta", "zeta") for text in some], *few))
    assert found == {"gamma": "gamma", "zeta": "gamma", "alpha": "alpha", "delta": "alpha"}


def test_a_word_joins_the_class_of_a_head_that_comes_behind_it_in_the_alphabet():
    many = [f"mumu {part}|nunu {part}" for part in ("aa", "bb", "cc", "dd", "ee")]
    few = [f"alpha {part}|mumu {part}" for part in ("ff", "gg", "hh", "ii")]
    assert interchangeable_words(names_of(*many, *few)) == {"mumu": "mumu", "nunu": "mumu", "alpha": "mumu"}


def test_expected_words_count_as_if_four_concepts_showed_them():
    expected = [("eye", "ocular", "eye")]
    apart = [text for part in PARTS[:2] for text in (f"eye {part}", f"ocular {part}")]
    assert set(interchangeable_words(names_of(*apart[:2]), expected)) == {"eye", "ocular"}  # four of five agree
    assert interchangeable_words(names_of(*apart), expected) == {}  # four of six
    together = [f"eye {part}|ocular {part}" for part in PARTS[2:8]]
    assert set(interchangeable_words(names_of(*apart, *together), expected)) == {"eye", "ocular"}  # six of eight


def test_equal_words_are_lines_of_a_file():
    sets = equal_words()
    assert ("kidney", "renal") in sets
    assert sets[0][:2] == ("abnormality", "abnormal")
    assert not any(word.startswith("#") for each in sets for word in each)


@pytest.mark.parametrize(
    ("n_twins", "n_apart", "expected"),
    [(15, 0, True), (14, 0, False), (15, 6, True), (15, 7, False), (21, 9, True), (21, 10, False)],
)
def test_a_word_is_optional_from_fifteen_names_and_seven_in_ten_on(n_twins, n_apart, expected):
    letters = [f"x{i}" for i in range(40)]
    twins = [f"abnormal {letter} morphology|abnormal {letter}" for letter in letters[:n_twins]]
    apart = [text for letter in letters[21 : 21 + n_apart] for text in (f"{letter} morphology", letter)]
    assert optional_words(names_of(*twins, *apart)) == ({"morphology"} if expected else frozenset())


def test_an_optional_word_may_be_anywhere_in_a_name_and_has_at_least_three_letters():
    twins = [f"morphology {part} eye|eye {part}" for part in PARTS]
    assert optional_words(names_of(*twins)) == {"morphology"}
    assert optional_words(names_of(*[f"eye {part} xyz|eye {part}" for part in PARTS])) == {"xyz"}
    assert optional_words(names_of(*[f"eye {part} xy|eye {part}" for part in PARTS])) == frozenset()


@pytest.mark.parametrize("word", ["non", "not", "without", "negat", "absent", "absenc", "lack"])
def test_no_negation_word_is_optional(word):
    assert optional_words(names_of(*[f"eye {part} {word}|eye {part}" for part in PARTS])) == frozenset()


@pytest.mark.parametrize(
    ("pairs", "heads"),
    [
        ([("a", "b"), ("b", "c")], {"a": "a", "b": "a"}),  # `c` has no pair with the head
        ([("a", "b"), ("a", "c")], {"a": "a", "b": "a", "c": "a"}),
        ([("b", "c"), ("a", "b")], {"b": "b", "c": "b", "a": "b"}),
        ([("b", "c"), ("a", "c")], {"b": "b", "c": "b"}),
        ([("a", "b"), ("c", "d"), ("a", "c")], {"a": "a", "b": "a", "c": "c", "d": "c"}),
        ([("c", "d"), ("a", "b"), ("b", "c")], {"c": "c", "d": "c", "a": "a", "b": "a"}),
        ([], {}),
    ],
)
def test_classes_grow_around_their_heads_in_the_order_of_the_pairs(pairs, heads):
    assert _representatives(iter(pairs)) == heads


def test_words_that_names_put_side_by_side_are_not_interchangeable():
    texts = [f"{part} bone|{part} fracture" for part in PARTS[:8]]
    assert interchangeable_words(names_of(*texts)) != {}
    beside = [f"{part} bone fracture" for part in PARTS[8:11]]
    assert interchangeable_words(names_of(*texts, *beside)) == {}


def test_a_general_head_is_used_in_place_of_the_seeds_by_three_concepts():
    texts = [f"{part} anomaly|{part} issue" for part in PARTS[:3]]
    assert general_heads(names_of(*texts), {"anomaly", "problem"}) == {"issue"}
    assert general_heads(names_of(*texts[:2], f"{PARTS[0]}x anomaly"), {"anomaly"}) == frozenset()


def test_a_general_head_may_distinguish_some_concepts_but_not_most():
    same = [f"{part} anomaly|{part} defect" for part in PARTS[:3]]
    apart = [text for part in PARTS[3:13] for text in (f"{part} anomaly", f"{part} defect")]
    assert general_heads(names_of(*same, *apart[:10]), {"anomaly"}) == {"defect"}
    assert general_heads(names_of(*same, *apart[:12]), {"anomaly"}) == frozenset()


def test_a_word_beside_a_seed_in_many_names_is_no_general_head():
    same = [f"{part} anomaly|{part} growth" for part in PARTS[:3]]
    beside = [f"{part} growth anomaly" for part in PARTS[3:7]]
    assert general_heads(names_of(*same, *beside[:3]), {"anomaly"}) == {"growth"}
    assert general_heads(names_of(*same, *beside), {"anomaly"}) == frozenset()
