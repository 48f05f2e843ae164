"""What annotators' decisions about single mentions say of their surface forms."""

import pytest

from hyplink.names.corrections import NO_CORRECTIONS, Corrections, Decision, key_of


def corrections(*decisions, names=()):
    return Corrections.from_decisions([Decision(*each) for each in decisions], names)


def test_a_correction_adds_a_name_and_rejects_the_concept_that_it_replaced():
    found = corrections(("Skin tumour", ("A:2",), ("A:1",), True))
    assert found.names == [("Skin tumour", "A:2")]
    for text in ("skin tumour", "skin tumors", "SKIN TUMOUR"):
        assert list(found.corrected(text, ["A:1", "A:3"])) == ["A:3"]
        assert list(found.corrected(text, ["A:1"])) == ["A:2"]
        assert not found.is_name(text, "A:1")
    assert list(found.corrected("skin", ["A:1"])) == ["A:1"]


def test_a_surface_form_of_an_added_name_is_no_name_of_other_concepts():
    names = [("cold", "A:1"), ("colds", "A:2"), ("cold sore", "A:3")]
    assert corrections(("cold", ("A:2",), (), True), names=names).rejected == {"cold": ["A:1"]}
    assert corrections(("cold", ("A:2",), (), False), names=names).rejected == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_concept_that_is_right_somewhere_is_not_rejected(order):
    decisions = [("cold", ("A:2",), ("A:1",), True), ("colds", ("A:1",), (), False)]
    assert corrections(*decisions[::order]).rejected == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_surface_form_means_nothing_only_if_it_means_nothing_everywhere(order):
    nothing = ("left", (), ("A:1",), False)
    assert corrections(nothing).mean_nothing("Left")
    assert not corrections(*[nothing, ("left", ("A:2",), (), False)][::order]).mean_nothing("left")
    assert not corrections(("left", (), (), False)).mean_nothing("left")  # it was linked to nothing before


def test_letter_case_tells_acronyms_from_words():
    assert key_of("ALL") == key_of("ALLs") != key_of("all")
    assert key_of("BREAST CANCER") == key_of("breast cancers")
    assert key_of("+/-") != key_of("?")


def test_without_decisions_nothing_is_corrected():
    assert corrections() == NO_CORRECTIONS
    assert NO_CORRECTIONS.corrected("skin", ["A:1"]) == ["A:1"]
    assert not NO_CORRECTIONS.mean_nothing("skin")
