"""An audit: what is drawn, kept, and found."""

import pytest

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.linking.linker import Linker
from hyplink.pipeline.audit import Audit, Check, answer_from_gold, findings_of
from hyplink.run import Run
from tests.server.conftest import linker, small_run  # noqa: F401 (fixtures)

TEXT = "Eczema and arrhythmia.\n\nNo skin disease, but a rash."


@pytest.fixture
def documents():
    return [Document(str(i), TEXT) for i in range(4)]


@pytest.fixture
def audit_in(small_run, linker, documents, tmp_path):  # noqa: F811
    def make(texts=documents, margin=0.05):
        return Audit(tmp_path / "run.audit.jsonl", Run.open(small_run), linker, texts, margin)

    return make


def test_links_and_passages_are_drawn_once_and_answers_are_kept(audit_in):
    audit = audit_in()
    assert sum(audit.plan.n_links.values()) == 12
    assert audit.plan.n_passages == 8
    audit.check(0, Check(True, True))
    audit.check(0, Check(False, True, "AIL:1"))
    audit.read(0, [(0, 6)])
    again = audit_in()
    assert again.plan == audit.plan
    assert again.checks == {0: Check(False, True, "AIL:1")}
    assert again.missed == {0: [(0, 6)]}


def test_an_audit_of_other_texts_is_not_continued(audit_in, documents):
    audit_in()
    with pytest.raises(InputError, match="other texts"):
        audit_in(documents[:2])


def test_texts_without_links_cannot_be_audited(audit_in):
    with pytest.raises(InputError, match="nothing to audit"):
        audit_in([Document("a", "nothing here")])


def test_with_annotations_as_the_reviewer_the_figures_are_theirs(audit_in, documents, linker):  # noqa: F811
    """Arrhythmia is annotated with another concept, the skin disease is not annotated, and the rash was not found."""
    mentions = (
        Mention(0, 6, "Eczema", (("AIL:4",),)),
        Mention(11, 21, "arrhythmia", (("AIL:1",),)),
        Mention(TEXT.index("rash"), TEXT.index("rash") + 4, "rash", (("AIL:3",),)),
    )
    audit = audit_in()
    assert findings_of(audit, 0.9).precision is None
    answer_from_gold(audit, [Document(each.doc_id, each.text, mentions) for each in documents], linker)
    assert audit.is_done
    found = findings_of(audit, 0.9)
    assert found.n_checked == 12  # so few that all are checked
    assert found.precision.value == found.precision.low == pytest.approx(4 / 12)
    assert found.recall.value == pytest.approx(4 / 12)  # of twelve annotated mentions, four are linked right
    assert any(line.startswith("precision 33.3%") for line in found.sentences())


def test_plain_text_cannot_take_the_place_of_the_reviewer(audit_in, documents, linker):  # noqa: F811
    audit = audit_in()
    mixed = [Document(each.doc_id, each.text, () if number else None) for number, each in enumerate(documents)]
    with pytest.raises(
        InputError, match=f"1 of {len(documents)} documents, such as '{documents[0].doc_id}', are plain"
    ):
        answer_from_gold(audit, mixed, linker)
    assert not audit.checks


def test_an_audit_is_not_continued_for_another_margin(audit_in):
    margin = audit_in().plan.margin
    with pytest.raises(InputError, match=rf"for a margin of {margin:g}, not 0.02; go on with --margin {margin:g}"):
        audit_in(margin=0.02)


def test_links_are_checked_in_random_order(audit_in):
    places = [(each.doc, each.start) for each in audit_in().plan.links]
    assert len(set(places)) == len(places)
    assert places != sorted(places)


def test_the_linker_of_the_run_draws_the_same(audit_in, small_run, documents, tmp_path):  # noqa: F811
    other = Audit(tmp_path / "b.jsonl", Run.open(small_run), Linker.load(small_run), documents, 0.05)
    assert other.plan == audit_in().plan
