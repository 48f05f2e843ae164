"""POST /link and /explain, and their bounds."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hyplink.corpus import Document, Mention
from hyplink.linking.explain import explanations
from hyplink.server.model import Deadline

TEXT = "No arrhythmia; she has contact dermatitis."


def test_the_links_are_those_of_the_linker(client, linker):
    answer = client.post("/link", json={"text": TEXT}).json()
    assert answer == {"documents": [{"doc": "", "links": [link.as_json() for link in linker.link(TEXT)]}]}
    assert [link["concept"] for link in answer["documents"][0]["links"]] == ["AIL:2", "AIL:5"]


def test_given_mentions_of_documents_are_linked_and_none_are_detected(client, linker):
    mentions = [{"start": 3, "end": 13}, {"start": 23, "end": 41, "spans": [[23, 30], [31, 41]]}]
    documents = [{"doc": "a", "text": TEXT, "mentions": mentions}, {"doc": "b", "text": TEXT, "mentions": []}]
    answer = client.post("/link", json={"documents": documents, "top_k": 2}).json()["documents"]
    given = Mention(3, 13, "arrhythmia"), Mention(23, 41, "contact dermatitis", (), ((23, 30), (31, 41)))
    expected = [link.as_json() for link in next(linker.link_many([Document("a", TEXT, given)], 2))]
    assert answer[0]["links"] == [
        {**each, "spans": each["spans"] and list(map(list, each["spans"]))} for each in expected
    ]
    assert answer[1] == {"doc": "b", "links": []}


def test_explanations_are_those_of_the_command(client, linker):
    answer = client.post("/explain", json={"text": TEXT, "top_k": 3}).json()["documents"][0]["explanations"]
    expected = [each.as_json() for each in explanations(linker, Document("", TEXT), 3)]
    assert answer == expected


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 422, "give either text or documents"),
        ({"text": "a", "documents": []}, 422, "give either text or documents"),
        ({"text": "a", "top_k": 0}, 422, "body.top_k"),
        ({"text": "a", "top": 3}, 422, "body.top"),
        ({"text": "a", "min_confidence": 0.5}, 400, "no confidences"),
        ({"documents": [{"doc": "x", "text": "abc", "mentions": [{"start": 2, "end": 9}]}]}, 400, "'x'"),
        ({"text": "a" * 31}, 413, "31 characters of text"),
        ({"documents": [{"text": "a"}] * 4}, 413, "4 documents"),
        ({"documents": [{"text": "abc", "mentions": [{"start": 0, "end": 1}] * 6}]}, 413, "6 mentions"),
    ],
)
def test_a_request_beyond_a_bound_is_refused_with_the_bound(client_with, body, status, reason):
    client = client_with(max_characters=30, max_documents=3, max_mentions=5)
    answer = client.post("/link", json=body)
    assert answer.status_code == status
    assert reason in answer.json()["detail"]


def test_half_of_a_surrogate_pair_is_no_text(client):
    answer = client.post("/link", content=b'{"text": "\\ud83d"}', headers={"content-type": "application/json"})
    assert answer.status_code == 422


def test_a_large_body_is_refused_with_and_without_its_length(client_with):
    client = client_with(max_body_bytes=100)
    headers = {"content-type": "application/json"}
    body = b'{"text": "' + b"a" * 200 + b'"}'
    assert client.post("/link", content=body, headers=headers).status_code == 413
    assert client.post("/link", content=iter([body]), headers=headers).status_code == 413
    assert client.post("/link", json={"text": "a"}).status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(client_with):
    client = client_with(max_seconds=0.001)
    answer = client.post("/link", json={"documents": [{"text": TEXT}] * 200})
    assert answer.status_code == 408


def test_requests_beyond_those_that_may_wait_are_refused(client_with):
    client = client_with(max_concurrent=2, threads=1)
    served = client.app.state.served
    started, release = [], []

    def slow(model, deadline: Deadline):
        started.append(model)
        while not release:
            time.sleep(0.01)

    client.portal.start_task_soon(served.run, slow)
    client.portal.start_task_soon(served.run, slow)
    while served.n_active < 2:
        time.sleep(0.01)
    refused = client.post("/link", json={"text": TEXT})
    release.append(True)
    while served.n_active:
        time.sleep(0.01)
    assert refused.status_code == 429
    assert client.post("/link", json={"text": TEXT}).status_code == 200


def test_many_threads_get_the_answers_of_one(linker, monkeypatch):
    """Caches of so few entries are cleared all the time, by every thread."""
    for name in ("candidates.char_tfidf.TEXTS_KEPT", "mentions.learned.token_features._WORDS_KEPT"):
        monkeypatch.setattr(f"hyplink.{name}", 0)
    texts = [f"{name} of patient {i}" for i in range(10) for name in ("eczema", "cardiac diseases", "skin arrhythmia")]
    expected = [linker.link(text, search_all=True) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: linker.link(text, search_all=True), texts * 3))
    assert found == expected * 3


def test_requests_after_a_replacement_are_answered_by_the_new_model(client, linker):
    served = client.app.state.served
    assert client.get("/health").json()["model"] == 1
    served.replace(linker)
    assert client.get("/health").json()["model"] == 2
    assert client.post("/link", json={"text": TEXT}).status_code == 200


def test_requests_that_wait_together_get_their_own_answers(client, linker):
    texts = [
        f"{name} {i}" for i in range(8) for name in ("eczema", "No arrhythmia", "nothing", "contact dermatitis of")
    ]
    options = [{}, {"top_k": 1}, {"nested": True}]
    served = client.app.state.served
    release = threading.Event()
    blocker = client.portal.start_task_soon(served.run, lambda *_: release.wait(30))
    with ThreadPoolExecutor(32) as pool:
        bodies = [{"text": text, **options[i % 3]} for i, text in enumerate(texts)]
        answers = list(pool.map(lambda body: client.post("/link", json=body).json(), bodies))
    release.set()
    blocker.result()
    for body, answer in zip(bodies, answers, strict=True):
        links = linker.link(body["text"], body.get("top_k", 5), nested=body.get("nested", False))
        [found] = answer["documents"]
        assert [each["concept"] for each in found["links"]] == [link.answer.concept for link in links]
        assert [len(each["candidates"]) for each in found["links"]] == [len(link.candidates) for link in links]


def test_a_request_that_fails_does_not_harm_the_next(client):
    assert client.post("/link", json={"text": TEXT, "min_confidence": 0.5}).status_code == 400
    assert client.post("/link", json={"text": TEXT}).status_code == 200
    assert client.app.state.served.n_active == 0
