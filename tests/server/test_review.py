"""The review page's routes, and the file of decisions."""

import json
import time

import pytest
from starlette.testclient import TestClient

from hyplink.corpus import Document, Mention, read_documents
from hyplink.errors import InputError
from hyplink.pipeline.decisions import Decision, Decisions, id_of
from hyplink.run import Run
from hyplink.server.app import create_app
from hyplink.server.review.items import Item, review_order
from hyplink.server.review.routes import page_routes, review_routes
from hyplink.server.settings import ServerSettings
from tests.server.conftest import URL

TEXT = "No arrhythmia; she has contact dermatitis and a rash."
ARRHYTHMIA, DERMATITIS, RASH = (3, 13), (23, 41), (48, 52)
LEFT = [{"start": 23, "end": 41, "concept": "AIL:5"}]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.decisions.jsonl"


@pytest.fixture
def page(linker, small_run, path):
    settings, run, decisions = ServerSettings(), Run.open(small_run), Decisions(path)
    documents = [Document("note", TEXT)]
    routes = [lambda _: page_routes(), lambda served: review_routes(served, settings, run, decisions, documents)]
    with TestClient(create_app(linker, settings, routes), base_url=URL) as client:
        yield client


def decide(client, span, action, concept, **more):
    body = {
        "name": "note",
        "text": TEXT,
        "start": span[0],
        "end": span[1],
        "action": action,
        "concept": concept,
        **more,
    }
    answer = client.post("/review/decide", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def items_of(client):
    return client.post("/review/items", json={"name": "note", "text": TEXT}).json()


def test_the_page_and_its_files_are_served_and_load_nothing_from_elsewhere(page):
    index = page.get("/")
    assert index.status_code == 200
    for name in ("page.js", "page.css", "actions.js", "api.js", "dom.js", "marked.js", "panel.js", "search.js"):
        assert page.get(f"/static/{name}").status_code == 200
    assert "http" not in index.text
    for name in ("../page.js", "other.js", "index.html", "page.py"):
        assert page.get(f"/static/{name}").status_code in {404, 422}


def test_items_are_links_with_candidates_and_negation(page):
    items = items_of(page)["items"]
    assert [(each["start"], each["end"], each["link"]["concept"]) for each in items] == [
        (*ARRHYTHMIA, "AIL:2"),
        (*DERMATITIS, "AIL:5"),
    ]
    assert items[0]["link"]["negated"]
    assert items[0]["decision"] is None


def test_decisions_are_shown_instead_of_links_and_stay_after_a_restart(page, path):
    decide(page, ARRHYTHMIA, "accept", "AIL:2", was="AIL:2")
    decide(page, DERMATITIS, "reject", None, was="AIL:5")
    assert decide(page, RASH, "mark", "AIL:3")["n_decisions"] == 3
    found = items_of(page)
    assert [(each["text"], each["decision"]["action"]) for each in found["items"]] == [
        ("arrhythmia", "accept"),
        ("contact dermatitis", "reject"),
        ("rash", "mark"),
    ]
    assert found["order"] == []
    assert Decisions(path).of(id_of("note", TEXT)).keys() == {ARRHYTHMIA, DERMATITIS, RASH}


def test_the_file_is_annotated_text_that_training_reads(page, path):
    decide(page, ARRHYTHMIA, "correct", "AIL:1", was="AIL:2", undecided=LEFT)
    decide(page, RASH, "mark", "AIL:3", undecided=LEFT)
    [document] = read_documents([path])
    assert document.text == TEXT
    assert document.mentions == (
        Mention(*ARRHYTHMIA, "arrhythmia", (("AIL:1",),)),
        Mention(*DERMATITIS, "contact dermatitis", (("AIL:5",),)),
        Mention(*RASH, "rash", (("AIL:3",),)),
    )
    assert [each.decided for each in document.mentions] == [True, False, True]
    assert [each.corrected for each in document.mentions] == [True, False, False]
    decide(page, DERMATITIS, "reject", None, was="AIL:5")
    [document] = read_documents([path])
    assert [each.parts for each in document.mentions] == [(("AIL:1",),), (), (("AIL:3",),)]
    assert document.mentions[1].corrected


def test_undo_takes_back_one_decision_after_another(page, path):
    decide(page, ARRHYTHMIA, "accept", "AIL:2", was="AIL:2")
    decide(page, ARRHYTHMIA, "correct", "AIL:1", was="AIL:2")
    assert page.post("/review/undo").json() == {"n_decisions": 1, "span": list(ARRHYTHMIA)}
    assert items_of(page)["items"][0]["decision"]["concept"] == "AIL:2"
    assert page.post("/review/undo").json()["n_decisions"] == 0
    assert page.post("/review/undo").json()["span"] is None
    assert list(read_documents([path])) == []  # nothing of the text is decided
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4


def test_a_decision_replaces_those_that_it_overlaps(page):
    decide(page, DERMATITIS, "accept", "AIL:5", was="AIL:5")
    decide(page, (31, 41), "mark", "AIL:4")
    assert [each["text"] for each in items_of(page)["items"]] == ["arrhythmia", "dermatitis"]


@pytest.mark.parametrize(
    "change", [{"concept": "AIL:9"}, {"concept": None}, {"start": 60, "end": 70}, {"start": 5, "end": 5}]
)
def test_a_decision_that_makes_no_sense_is_refused_and_not_written(page, path, change):
    body = {"name": "note", "text": TEXT, "start": 3, "end": 13, "action": "accept", "concept": "AIL:2", **change}
    assert page.post("/review/decide", json=body).status_code == 400
    assert not path.exists()


def test_a_page_of_another_site_cannot_decide(page, path):
    body = {"name": "note", "text": TEXT, "start": 3, "end": 13, "action": "accept", "concept": "AIL:2"}
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        assert page.post("/review/decide", json=body, headers=headers).status_code in {400, 403}
        assert page.post("/review/learn", headers=headers).status_code in {400, 403}
    form = page.post("/review/decide", content=json.dumps(body), headers={"content-type": "text/plain"})
    assert form.status_code == 422
    assert not path.exists()


def test_a_line_that_a_crash_cut_short_is_dropped(page, path):
    decide(page, ARRHYTHMIA, "accept", "AIL:2", was="AIL:2")
    whole = path.read_bytes()
    for length in (1, 40, len(whole) - 1):
        copy = path.with_name(f"copy-{length}.jsonl")
        copy.write_bytes(whole + whole[:length])
        decisions = Decisions(copy)
        assert decisions.n_decisions == 1
        decisions.decide("other", "eczema", Decision("accept", 0, 6, "AIL:4"), {})
        assert copy.read_bytes().startswith(whole)
        assert Decisions(copy).n_decisions == 2


def test_a_damaged_file_is_named_with_its_line(path):
    path.write_text('{"doc": "a"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"decisions\.jsonl:1: "):
        Decisions(path)


def test_the_same_words_come_later_in_the_order(linker):
    links = linker.link("Eczema and eczema and eczema, arrhythmia and a skin disease.")
    items = [Item(link.start, link.end, link, None) for link in links]
    order = review_order(items)
    assert sorted(order) == list(range(len(items)))
    first = [items[i].link.text.lower() for i in order]
    assert set(first[:3]) == {"eczema", "arrhythmia", "skin disease"}
    assert first[0] == "eczema"  # three doubts of the same words outweigh one


def test_an_explanation_has_paths_and_evidence(page):
    body = {"text": TEXT, "start": DERMATITIS[0], "end": DERMATITIS[1]}
    best = page.post("/review/explain", json=body).json()["candidates"][0]
    assert best["path"] == ["ailment", "skin disease", "eczema", "contact dermatitis"]
    assert all(each["means"] and isinstance(each["adds"], float) for each in best["evidence"])


def test_documents_and_the_place_of_the_decisions_are_shown(page, path):
    state = page.get("/review/state").json()
    assert (state["file"], state["documents"]) == (str(path), [{"name": "note", "n_decided": 0}])
    assert page.get("/review/documents/0").json() == {"name": "note", "text": TEXT}
    assert page.get("/review/documents/1").status_code == 404


def test_learning_without_decisions_is_refused(page):
    answer = page.post("/review/learn")
    assert (answer.status_code, answer.json()["detail"]) == (400, "there are no decisions to learn from yet")
    assert page.get("/review/state").json()["learning"]["state"] == "idle"


def test_learning_from_rejections_alone_fails_with_the_reason(page):
    decide(page, ARRHYTHMIA, "reject", None, was="AIL:2")
    assert page.post("/review/learn").json() == {"started": True}
    while (state := page.get("/review/state").json()["learning"])["state"] == "running":
        time.sleep(0.1)
    assert state["state"] == "failed"
    assert "no decisions with concepts" in state["line"]


def test_two_servers_of_a_run_do_not_undo_the_decisions_of_each_other(path):
    first, second = Decisions(path), Decisions(path)
    first.decide("a", "eczema", Decision("accept", 0, 6, "AIL:4"), {})
    with pytest.raises(InputError, match="another server writes decisions of this run"):
        second.decide("b", "rash", Decision("accept", 0, 4, "AIL:3"), {})
    del first
    second.decide("b", "rash", Decision("accept", 0, 4, "AIL:3"), {})
    assert second.n_decisions == Decisions(path).n_decisions == 2


def test_a_span_decided_before_is_kept_when_the_disk_is_full(path, monkeypatch):
    decisions = Decisions(path)
    decisions.decide("a", "eczema", Decision("accept", 0, 6, "AIL:4", "AIL:4"), {})
    before = path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        decisions.decide("a", "eczema", Decision("reject", 0, 6, None, "AIL:4"), {})
    assert path.read_bytes() == before
    assert decisions.of("a")[0, 6].action == "accept"
