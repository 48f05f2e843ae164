"""Who may use a server: Host, Origin, token and CORS."""

import pytest

from hyplink.errors import InputError
from hyplink.server.settings import ServerSettings

BODY = {"text": "eczema"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_a_name_that_was_made_to_resolve_to_this_machine_is_refused(client, host):
    assert client.post("/link", json=BODY, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.1.5:8000"])
def test_addresses_and_localhost_are_allowed(client, host):
    assert client.post("/link", json=BODY, headers={"host": host}).status_code == 200


def test_a_name_can_be_allowed(client_with):
    client = client_with(allowed_hosts=("links.example",))
    assert client.post("/link", json=BODY, headers={"host": "links.example"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://127.0.0.1:8000.evil.example"]
)
def test_a_page_of_another_site_can_neither_write_nor_read(client, origin):
    for answer in (
        client.post("/link", json=BODY, headers={"origin": origin}),
        client.get("/health", headers={"origin": origin}),
        client.options("/link", headers={"origin": origin, "access-control-request-method": "POST"}),
    ):
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_the_servers_own_page_may_write(client):
    assert client.post("/link", json=BODY, headers={"origin": "http://127.0.0.1:8000"}).status_code == 200


def test_an_allowed_site_gets_cors_and_no_other(client_with):
    client = client_with(allowed_origins=("http://127.0.0.1:3333",))
    allowed = {"origin": "http://127.0.0.1:3333"}
    preflight = client.options(
        "/link",
        headers={**allowed, "access-control-request-method": "POST", "access-control-request-headers": "content-type"},
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "http://127.0.0.1:3333"
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    answer = client.post("/link", json=BODY, headers=allowed)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "http://127.0.0.1:3333")
    assert answer.headers["vary"] == "Origin"
    assert client.post("/link", json=BODY, headers={"origin": "http://127.0.0.1:3334"}).status_code == 403


@pytest.mark.parametrize("given", [None, "Bearer wrong", "secret", "Basic secret"])
def test_without_the_token_only_what_describes_the_service_is_shown(client_with, given):
    client = client_with(token="secret")
    headers = {"authorization": given} if given else {}
    answer = client.post("/link", json=BODY, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/concepts?query=e", headers=headers).status_code == 401
    assert client.get("/health", headers=headers).status_code == 200


def test_the_token_opens_the_api(client_with):
    client = client_with(token="secret")
    assert client.post("/link", json=BODY, headers={"authorization": "Bearer secret"}).status_code == 200


def test_pages_cannot_be_framed_by_others_and_load_nothing_from_elsewhere(client):
    policy = client.get("/health").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("token", ["", "a b", "é", "a=b", "'quoted'"])
def test_a_token_that_no_header_can_carry_is_refused_at_the_start(token):
    with pytest.raises(InputError, match="--token: expected letters, digits"):
        ServerSettings(token=token)


def test_the_scheme_of_a_token_may_be_in_any_letter_case_and_descriptions_have_queries(client_with):
    client = client_with(token="secret")
    assert client.get("/concepts", params={"query": "a"}, headers={"authorization": "bearer secret"}).status_code == 200
    assert client.get("/health", params={"probe": 1}).status_code == 200
