import pytest

from hyplink.corpus import Document, Mention
from hyplink.errors import RunError
from hyplink.linking.detect import MentionDetector
from hyplink.linking.habits import LEAST_CHANCE, Habits, load_habits

DETECTOR = MentionDetector([("cell", "X:1"), ("stem cell", "X:2"), ("neuron", "X:3")])


def document(text, *mentions):
    spans = [(text.index(words), text.index(words) + len(words)) for words in mentions]
    return Document("d", text, tuple(Mention(*span, text[slice(*span)]) for span in spans))


def test_wordings_are_counted_in_either_number_and_what_covers_half_a_mention_is_marked():
    habits = Habits.of(
        [document("Cells, a cell, neurons of the brain, a stem cell.", "neurons of", "stem cell")], DETECTOR
    )
    assert habits.counts == {"cell": (2, 0), "neuron": (1, 1), "stem cell": (1, 1)}
    assert habits.usual == pytest.approx(2 / 3)


def test_a_word_within_a_longer_mention_is_not_marked():
    habits = Habits.of([document("Sensory hair cell.", "Sensory hair cell")], DETECTOR)
    assert habits.counts == {"cell": (1, 0)}


def test_what_is_never_marked_becomes_no_mention_and_what_is_unknown_has_the_usual_chance():
    habits = Habits({"cell": (40, 0), "neuron": (10, 9), "stem cell": (2, 2)})
    usual = (0 + 0.9 + 1) / 3
    cells, neurons, new = habits.chances(["cells", "Neuron", "oocyte"])
    assert cells == pytest.approx(2 * usual / 42)
    assert cells < LEAST_CHANCE
    assert neurons == pytest.approx((9 + 2 * usual) / 12)
    assert new == pytest.approx(usual)


def test_without_annotated_text_every_name_is_a_mention():
    assert Habits.of([Document("d", "A cell.")], DETECTOR).chances(["cell"]) == [1.0]


def test_habits_survive_their_file(tmp_path):
    habits = Habits({"cell": (40, 0)})
    habits.save(tmp_path / "habits.json")
    assert load_habits(tmp_path / "habits.json") == habits
    (tmp_path / "habits.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(RunError, match="not a table of counts"):
        load_habits(tmp_path / "habits.json")
