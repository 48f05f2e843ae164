"""GET /concepts, /health and /metrics."""

import pytest


def found_by(client, query):
    return [each["concept"] for each in client.get("/concepts", params={"query": query}).json()["concepts"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("AIL:4", "AIL:4"),
        ("ail:4", "AIL:4"),
        ("dermatitis", "AIL:4"),  # a name of it, before one that only has the word
        ("card", "AIL:1"),
        ("dis hea", "AIL:1"),
        ("contact", "AIL:5"),
        ("arhytmia", "AIL:2"),  # misspelt
    ],
)
def test_a_search_puts_the_best_name_first(client, query, first):
    assert found_by(client, query)[0] == first


def test_a_search_shows_the_name_it_found_and_the_path(client):
    best = client.get("/concepts", params={"query": "cardiac", "limit": 1}).json()["concepts"]
    assert best == [
        {
            "concept": "AIL:1",
            "label": "heart disease",
            "matched_name": "cardiac disease",
            "definition": "A disease of the heart.",
            "path": [{"concept": "AIL:0", "label": "ailment"}, {"concept": "AIL:1", "label": "heart disease"}],
        }
    ]


def test_what_is_not_found_is_an_empty_list(client):
    assert found_by(client, "") == []
    assert found_by(client, "ξξξ") == []


def test_a_concept_has_its_names_and_its_neighbours(client):
    concept = client.get("/concepts/AIL:4").json()
    assert concept["synonyms"] == [{"name": "dermatitis", "scope": "BROAD"}]
    assert (concept["depth"], [each["concept"] for each in concept["parents"]]) == (2, ["AIL:3"])
    assert client.get("/concepts/AIL:1").json()["cross_references"] == ["MESH:D006331"]
    ancestors = client.get("/concepts/AIL:5/ancestors").json()["ancestors"]
    assert [(each["concept"], each["steps"]) for each in ancestors] == [("AIL:4", 1), ("AIL:3", 2), ("AIL:0", 3)]
    children = client.get("/concepts/AIL:0/children").json()["children"]
    assert [each["label"] for each in children] == ["heart disease", "skin disease"]


@pytest.mark.parametrize("path", ["/concepts/AIL:9", "/concepts/AIL:9/children", "/concepts/AIL:9/ancestors"])
def test_an_unknown_concept_is_not_found(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "AIL:9" in answer.json()["detail"]


def test_the_description_is_openapi_3_1(client):
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {"/link", "/explain", "/concepts", "/health", "/metrics"} <= described["paths"].keys()


def test_metrics_count_requests_by_route_and_status(client):
    client.get("/concepts/AIL:4")
    client.get("/concepts/AIL:9")
    client.get("/nowhere/at/all")
    shown = client.get("/metrics").text
    route = 'method="GET",route="/concepts/{concept_id:path}"'
    assert f'hyplink_requests_total{{{route},status="200"}} 1.0' in shown
    assert f'hyplink_requests_total{{{route},status="404"}} 1.0' in shown
    assert "process_resident_memory_bytes" in shown
    assert "nowhere" not in shown
