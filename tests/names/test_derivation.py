from hyplink.names.derivation import Families


def families(*concepts):
    return Families.from_names(
        (tuple(name.split()), str(i)) for i, names in enumerate(concepts) for name in names.split("|")
    )


BONES = ("small patella|patellar loss", "small scapula|scapular loss", "small fibula|fibular loss", "maxilla pain")


def test_words_with_endings_that_three_concepts_exchange_are_one_family():
    found = families(*BONES)
    assert found.root("patella") == found.root("patellar")
    assert found.root("patella") != found.root("scapula")


def test_two_concepts_are_not_enough_for_an_ending():
    found = families(*BONES[:2])
    assert found.root("patella") != found.root("patellar")


def test_a_word_of_a_text_joins_a_family_by_its_ending():
    found = families(*BONES)
    assert found.root("maxillar") == "maxilla"
    assert found.root("angular") == "angular"


def test_two_concepts_are_enough_for_a_pair_of_words_that_share_most_of_their_letters():
    found = families("aorta pain|aortic pain", "wide aorta|aortic dilation", "large colon")
    assert found.root("aorta") == found.root("aortic")


def test_endings_that_tell_concepts_apart_are_not_exchanged():
    alike = ["lactas pain|lactos pain", "maltas loss|maltos loss", "sucras loss|sucros loss"]
    apart = [f"{word}{ending} test" for word in ("lact", "malt", "sucr") for ending in ("as", "os")]
    found = families(*alike, *apart)
    assert found.root("lactas") != found.root("lactos")


def test_short_words_and_numbers_have_no_relatives():
    found = families("ear1 pain|ear2 pain", "rib|ribs", "rib loss|ribs loss")
    assert [found.root(word) for word in ("ear1", "ear2", "rib", "ribs")] == ["ear1", "ear2", "rib", "ribs"]
