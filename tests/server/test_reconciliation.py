"""The Reconciliation Service API 0.2, with requests as OpenRefine sends them."""

import json

import pytest

MANIFEST_KEYS = {"versions", "name", "identifierSpace", "schemaSpace", "preview", "suggest", "extend", "view"}


def results_of(client, queries):
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return {key: each["result"] for key, each in answer.json().items()}


def test_the_manifest_names_services_that_answer(client):
    manifest = client.get("/reconcile").json()
    assert manifest.keys() >= MANIFEST_KEYS
    assert "0.2" in manifest["versions"]
    assert client.get(manifest["preview"]["url"].replace("{{id}}", "AIL:4")).status_code == 200
    assert client.get(manifest["view"]["url"].replace("{{id}}", "AIL:4")).status_code == 200
    assert client.get(manifest["identifierSpace"] + "AIL:4").json()["label"] == "eczema"
    for service in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        assert client.get(service["service_url"] + service["service_path"]).status_code == 200


def test_cells_are_linked_each_by_itself(client):
    cells = {"q0": {"query": "Irregular  heartbeats"}, "q1": {"query": "eczema", "limit": 1}, "q2": {"query": " "}}
    found = results_of(client, cells)
    assert (found["q0"][0]["id"], found["q0"][0]["match"]) == ("AIL:2", True)
    assert [each["id"] for each in found["q1"]] == ["AIL:4"]
    assert found["q2"] == []
    assert found["q0"] == results_of(client, {"a": cells["q0"]})["a"]
    scores = [each["score"] for each in found["q0"]]
    assert scores == sorted(scores, reverse=True)
    assert {"id": "concept", "name": "any concept"} in found["q0"][0]["type"]
    assert {feature["id"] for feature in found["q0"][0]["features"]} >= {"exact_name", "tfidf"}


def test_an_id_is_its_concept(client):
    best = results_of(client, {"q": {"query": "AIL:3"}})["q"][0]
    assert (best["id"], best["score"], best["match"]) == ("AIL:3", 100, True)


@pytest.mark.parametrize("concept_type", ["AIL:3", ["AIL:3"]])
def test_a_type_restricts_the_candidates_to_its_descendants(client, concept_type):
    found = results_of(client, {"q": {"query": "heart dermatitis", "type": concept_type, "type_strict": "should"}})
    assert {each["id"] for each in found["q"]} == {"AIL:4", "AIL:5"}
    everything = results_of(client, {"q": {"query": "heart dermatitis", "type": "concept"}})
    assert "AIL:1" in {each["id"] for each in everything["q"]}


def test_properties_raise_the_candidates_that_have_them(client):
    by_parent = {"pid": "parents", "v": [{"id": "AIL:4", "name": "eczema"}, "another"]}
    found = results_of(client, {"q": {"query": "dermatitis", "properties": [by_parent]}})["q"]
    shares = {each["id"]: each["features"][-1] for each in found}
    assert shares["AIL:5"] == {"id": "properties", "value": 1.0}
    assert shares["AIL:4"] == {"id": "properties", "value": 0.0}


def test_get_answers_as_post_does(client):
    queries = json.dumps({"q0": {"query": "eczema"}})
    answer = client.get("/reconcile", params={"queries": queries})
    assert answer.json() == client.post("/reconcile", data={"queries": queries}).json()


@pytest.mark.parametrize(
    "queries",
    ["", "[]", "{", '{"q0": {}}', '{"q0": {"query": 1}}', '{"q0": {"query": "a", "props": []}}', '{"q": null}'],
)
def test_a_malformed_batch_is_refused(client, queries):
    assert client.post("/reconcile", data={"queries": queries}).status_code == 400


def test_large_batches_are_refused(client_with):
    client = client_with(max_queries=2)
    queries = json.dumps({str(i): {"query": "a"} for i in range(3)})
    assert client.post("/reconcile", data={"queries": queries}).status_code == 413


def test_suggestions_are_paged(client):
    found = client.get("/reconcile/suggest/entity", params={"prefix": "derm"}).json()["result"]
    assert found[0]["id"] == "AIL:4"
    assert found[0]["description"] == "“dermatitis”"
    assert found[0]["notable"] == [{"id": "AIL:3", "name": "skin disease"}]
    rest = client.get("/reconcile/suggest/entity", params={"prefix": "derm", "cursor": 1}).json()["result"]
    assert rest == found[1:]
    types = client.get("/reconcile/suggest/type", params={"prefix": "any"}).json()["result"]
    assert types[0] == {"id": "concept", "name": "any concept"}
    properties = client.get("/reconcile/suggest/property", params={"prefix": "par"}).json()["result"]
    assert [each["id"] for each in properties] == ["parents"]


def test_a_table_is_extended_by_properties(client):
    asked = {
        "ids": ["AIL:5", "AIL:99"],
        "properties": [{"id": "ancestors", "settings": {"limit": "2"}}, {"id": "depth"}],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert [each["id"] for each in answer["meta"]] == ["ancestors", "depth"]
    assert answer["rows"]["AIL:5"] == {
        "ancestors": [{"id": "AIL:4", "name": "eczema"}, {"id": "AIL:3", "name": "skin disease"}],
        "depth": [{"int": 3}],
    }
    assert answer["rows"]["AIL:99"] == {"ancestors": [], "depth": []}


@pytest.mark.parametrize(
    "extend", ["{", '{"ids": []}', '{"ids": ["AIL:1"], "properties": [{"id": "colour"}]}',
               '{"ids": ["AIL:1"], "properties": [{"id": "label", "settings": {"limit": "many"}}]}',
               '{"ids": ["AIL:1"], "properties": [{"id": "label", "settings": {"limit": -1}}]}']
)  # fmt: skip
def test_a_malformed_extension_is_refused(client, extend):
    assert client.post("/reconcile", data={"extend": extend}).status_code == 400


def test_a_preview_can_be_framed_by_allowed_sites_alone(client_with):
    client = client_with(allowed_origins=("http://127.0.0.1:3333",))
    answer = client.get("/reconcile/preview", params={"id": "AIL:5"})
    assert "ailment › skin disease › eczema › contact dermatitis" in answer.text
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self' http://127.0.0.1:3333")
    assert client.get("/reconcile/preview", params={"id": "AIL:99"}).status_code == 404


def test_with_a_token_the_manifest_says_so_and_queries_need_it(client_with):
    client = client_with(token="secret")
    assert client.get("/reconcile").json()["authentication"]["type"] == "apiKey"
    assert client.get("/reconcile", params={"queries": "{}"}).status_code == 401
    assert client.post("/reconcile", data={"queries": "{}"}).status_code == 401


def test_a_query_without_words_has_no_candidates_and_keeps_no_other_from_its_own(client):
    queries = {"a": {"query": ""}, "b": {"query": " ... "}, "c": {"query": "eczema"}}
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)}).json()
    assert (answer["a"], answer["b"]) == ({"result": []}, {"result": []})
    assert answer["c"]["result"][0]["id"] == "AIL:4"


def test_nothing_is_a_match_of_an_unknown_type_and_an_id_is_one_in_any_letter_case(client):
    queries = {"a": {"query": "eczema", "type": "nothing"}, "b": {"query": "eczema"}, "c": {"query": "ail:4"}}
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)}).json()
    best = {key: answer[key]["result"][0] for key in queries}
    assert {key: (each["id"], each["match"]) for key, each in best.items()} == {
        "a": ("AIL:4", False),
        "b": ("AIL:4", True),
        "c": ("AIL:4", True),
    }
