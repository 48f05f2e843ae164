"""Each name in a text that is not linked has one reason."""

import pytest

from hyplink.linking.left_out import names_left_out
from hyplink.mentions.filters import MANY
from hyplink.ontology import Concept, Ontology, Synonym
from tests.linking.hand_made import LengthDetector, calibration_of, linker_of

KINDS = [Concept(f"X:{n}", f"kind {n}", parents=("X:root",)) for n in range(MANY)]
ONTOLOGY = Ontology(
    [
        Concept("X:root", "finding"),
        *KINDS,
        Concept("X:lung", "chronic lung disease", (Synonym("COLD"), Synonym("lung trouble")), parents=("X:root",)),
        Concept("X:disease", "disease", parents=("X:root",)),
        Concept("X:trouble", "trouble left behind", parents=("X:root",)),
        Concept("X:left", "left", parents=("X:root",)),
        Concept("X:other", "other", parents=("X:root",)),
        Concept("X:short", "xy", parents=("X:root",)),
    ]
)


class Improbable(LengthDetector):
    """Finds the names of more than ten characters, as if shorter ones were improbable."""

    threshold, discontinuous = 0.4, 0.3

    def mentions(self, text, detector, *, nested=False, prefer="balanced"):
        return [each for each in super().mentions(text, detector) if len(each.text) > 10]

    def name_probabilities(self, text, detector):
        return {(each.start, each.end): len(each.text) / 100 for each in detector.detect(text, nested=True)}


def reasons(text):
    linker = linker_of(calibration_of("names"), ONTOLOGY, annotated=[])
    links = linker.link(text)
    found = names_left_out(linker.span_finder, text, links)
    assert [each.text for each in found] == [text[each.start : each.end] for each in found]
    assert not {(each.start, each.end) for each in found} & {(link.start, link.end) for link in links}
    return {each.text: (each.concepts, each.reason) for each in found}


@pytest.fixture(autouse=True, scope="module")
def enough_points():
    """The hand-made linker has eight points; here every concept lies at the same one."""
    patch = pytest.MonkeyPatch()
    patch.setattr("tests.linking.hand_made.RADII", [0.5] * len(ONTOLOGY))
    yield
    patch.undo()


@pytest.mark.parametrize(
    ("text", "name", "concept", "reason"),
    [
        ("A chronic lung disease.", "disease", "X:disease", "it is inside the mention 'chronic lung disease'"),
        ("lung trouble left behind", "lung trouble", "X:lung", "it overlaps the mention 'trouble left behind'"),
        ("A finding.", "finding", "X:root", "too general: its concept subsumes nearly all others"),
        ("He left.", "left", "X:left", "it stands where a verb does"),
        ("The other one.", "other", "X:other", "a stop word is not looked up as a name"),
        ("An xy.", "xy", "X:short", "numbers and names of one or two letters are not looked up"),
        ("It is cold.", "cold", "X:lung", "a short name is looked up in its own letter case only: 'COLD'"),
        ("A non-disease.", "disease", "X:disease", "'non' stands before it"),
        ("A lung. Trouble.", "lung. Trouble", "X:lung", "a sentence or clause ends inside it"),
        ("The lung, trouble", "lung, trouble", "X:lung", "there is punctuation inside it that the name does not have"),
    ],
)
def test_the_reason_is_the_step_that_left_the_name_out(text, name, concept, reason):
    assert reasons(text)[name] == ((concept,), reason)


def test_a_name_that_a_trained_detector_finds_improbable_has_its_probability_and_the_threshold():
    text = "A disease of chronic lung disease."
    linker = linker_of(calibration_of("names"), ONTOLOGY, detector=Improbable(), annotated=[])
    assert [(each.start, each.reason) for each in names_left_out(linker.span_finder, text, linker.link(text))] == [
        (2, "the span detector gives it a probability of 7%, and needs more than 40%"),
        (26, "it is inside the mention 'chronic lung disease'"),
    ]


def test_every_match_of_the_dictionary_is_linked_or_has_one_reason():
    text = "He left other chronic lung diseases and a disease; kind 7, trouble left behind a lung trouble, COLD."
    linker = linker_of(calibration_of("names"), ONTOLOGY, annotated=[])
    links = linker.link(text)
    places = [(each.start, each.end) for each in names_left_out(linker.span_finder, text, links)]
    matched = {(each.start, each.end) for each in linker.span_finder.detector.matches(text)}
    assert len(places) == len(set(places))
    assert matched <= {*places, *((link.start, link.end) for link in links)}


def test_a_text_whose_names_are_all_linked_has_none_left_out():
    assert reasons("A disease, or kind 7.") == reasons("") == {}
