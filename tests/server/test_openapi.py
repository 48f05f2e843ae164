"""The application against its own OpenAPI description, by schemathesis."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
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


HEADERS = {"host": "127.0.0.1:8000"}
EXAMPLES = 40


def test_every_answer_is_as_described(linker, small_run, tmp_path):
    decisions, options = Decisions(tmp_path / "run.decisions.jsonl"), ServerSettings(max_seconds=20)
    run = Run.open(small_run)
    app = create_app(linker, options, [lambda served: review_routes(served, options, run, decisions, [])])
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers=HEADERS)
    operations = [each.ok() for each in schema.exclude(path="/review/learn").get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _check(operation, mode)


def _check(operation, mode):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        case.call_and_validate(base_url=URL, headers=HEADERS, checks=list(CHECKS))

    try:
        check()
    except Unsatisfiable:  # it has nothing that could be wrong
        assert mode == GenerationMode.NEGATIVE
