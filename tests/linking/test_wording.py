from hyplink.linking.wording import interchangeable_words, needless_words


def names_of(*texts):
    return [(tuple(name.split()), concept) for concept, names in enumerate(texts) for name in names.split("|")]


def test_words_that_three_concepts_use_for_one_another_are_interchangeable():
    names = names_of("renal cyst|kidney cyst", "renal stone|kidney stone", "renal pain|kidney pain")
    found = interchangeable_words((words, str(concept)) for words, concept in names)
    assert found["renal"] == found["kidney"]
    assert set(found) == {"renal", "kidney"}


def test_two_concepts_are_not_enough():
    assert interchangeable_words(names_of("renal cyst|kidney cyst", "renal stone|kidney stone")) == {}


def test_words_that_tell_concepts_apart_are_not_interchangeable():
    together = ["upper lip|lower lip", "upper arm|lower arm", "upper leg|lower leg"]
    apart = [text for part in ("jaw", "lid", "back") for text in (f"upper {part}", f"lower {part}")]
    assert interchangeable_words(names_of(*together, *apart)) == {}


def test_a_word_that_names_have_or_lack_at_will_is_needless():
    twins = [f"abnormal {part} morphology|abnormal {part}" for part in "abcdefghij"]
    assert needless_words(names_of(*twins)) == {"morphology"}


def test_a_word_that_tells_concepts_apart_is_not_needless():
    twins = [text for part in "abcdefghij" for text in (f"partial {part} loss", f"{part} loss")]
    assert needless_words(names_of(*twins)) == frozenset()


def test_a_denial_is_never_needless():
    assert needless_words(names_of(*[f"cell {part} negat|cell {part}" for part in "abcdefghij"])) == frozenset()
