"""The application against its own OpenAPI description, by schemathesis."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hyplink.pipeline.decisions import Decisions
from hyplink.run import Run
from hyplink.server.app import create_app
from hyplink.server.review.routes import review_routes
from hyplink.server.settings import ServerSettings
from tests.server.conftest import URL

pytestmark = pytest.mark.slow

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def api_schema(linker, small_run, tmp_path_factory):
    decisions = Decisions(tmp_path_factory.mktemp("fuzz") / "run.decisions.jsonl")
    options, run = ServerSettings(max_seconds=20), Run.open(small_run)
    app = create_app(linker, options, [lambda served: review_routes(served, options, run, decisions, [])])
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "127.0.0.1:8000"})


schema = schemathesis.pytest.from_fixture("api_schema").exclude(path="/review/learn")


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case):
    case.call_and_validate(base_url=URL, headers={"host": "127.0.0.1:8000"}, checks=list(CHECKS))
