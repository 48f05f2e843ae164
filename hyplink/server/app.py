"""The application: all routes, the answers to errors, and the middleware around them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import hyplink
from hyplink.errors import HyplinkError
from hyplink.linking.linker import Linker
from hyplink.server.concept_routes import concept_routes
from hyplink.server.guard import Guard
from hyplink.server.link_routes import link_routes
from hyplink.server.model import BoundError, ServedModel
from hyplink.server.monitoring import Measured, Metrics, monitoring_routes
from hyplink.server.protocols.inception import inception_routes
from hyplink.server.protocols.reconciliation import reconciliation_routes
from hyplink.server.schemas import Problem
from hyplink.server.settings import ServerSettings

REFUSALS = {
    400: "The request contradicts itself or the run, or its Host is not allowed.",
    401: "The token is missing or wrong.",
    403: "A page of another site asks.",
    404: "There is no such concept or path.",
    408: "The request did not arrive, or was not answered, in time.",
    413: "The request is larger than the server takes.",
    422: "The request is not as described.",
    429: "Too many requests are being answered.",
    503: "A file cannot be written.",
}
"""The statuses of refused requests; each has a body with the reason."""

_PROBLEM = {"application/json": {"schema": Problem.model_json_schema()}}  # also of routes that answer with a page

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": reason, "content": _PROBLEM} for status, reason in REFUSALS.items()
}


def create_app(
    linker: Linker, settings: ServerSettings, more: Sequence[Callable[[ServedModel], APIRouter]] = ()
) -> FastAPI:
    """The application that serves a linker.

    Args:
        linker: answers the requests.
        settings: bounds and access.
        more: make further routes.
    """
    served = ServedModel(linker, settings)
    metrics = Metrics(served)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        served.close()

    app = FastAPI(
        title="hyplink",
        version=hyplink.__version__,
        summary="Links mentions in text to the concepts of an ontology.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=RESPONSES,
        separate_input_output_schemas=False,
    )
    app.state.served = served
    routers = [
        link_routes(served, settings),
        concept_routes(served),
        reconciliation_routes(served, settings),
        inception_routes(served, settings),
        monitoring_routes(served, metrics),
    ]
    for router in (*routers, *(make(served) for make in more)):
        app.include_router(router)
    _add_error_answers(app)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Measured, metrics=metrics)
    return app


def _add_error_answers(app: FastAPI) -> None:
    """Answers expected failures with their status and one line."""

    @app.exception_handler(BoundError)
    async def bound(_: Request, error: BoundError) -> JSONResponse:
        return _problem(error.status, error.detail)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _problem(422, _first_fault(error))

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return _problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(OSError)
    async def unwritable(_: Request, error: OSError) -> JSONResponse:
        return _problem(503, f"{error.filename or 'a file'}: {error.strerror or error}; nothing was written")

    @app.exception_handler(HyplinkError)
    async def expected(_: Request, error: HyplinkError) -> JSONResponse:
        return _problem(400, str(error))


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


def _first_fault(error: RequestValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(step) for step in fault["loc"])
    is_text = fault["loc"] == ("body",) and isinstance(fault.get("input"), str | bytes)
    advice = "; send JSON with the header `Content-Type: application/json`" if is_text else ""
    return f"{place}: {fault['msg']}{advice}"
