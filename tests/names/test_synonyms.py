from hyplink.names.synonyms import equal_words, interchangeable_words, needless_words

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


def test_words_that_tell_concepts_apart_are_not_interchangeable():
    together = ["upper lip|lower lip", "upper arm|lower arm", "upper leg|lower leg"]
    apart = [text for part in ("jaw", "lid", "back") for text in (f"upper {part}", f"lower {part}")]
    assert interchangeable_words(names_of(*together, *apart)) == {}


def test_words_that_are_expected_to_be_equal_are_so_unless_names_tell_them_apart():
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


def test_a_word_that_names_have_or_lack_at_will_is_needless():
    twins = [f"abnormal {part} morphology|abnormal {part}" for part in PARTS]
    assert needless_words(names_of(*twins)) == {"morphology"}


def test_a_word_that_tells_concepts_apart_is_not_needless():
    twins = [text for part in PARTS for text in (f"partial {part} loss", f"{part} loss")]
    assert needless_words(names_of(*twins)) == frozenset()


def test_a_denial_is_never_needless():
    assert needless_words(names_of(*[f"cell {part} negat|cell {part}" for part in PARTS])) == frozenset()
