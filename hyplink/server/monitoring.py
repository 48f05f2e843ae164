"""GET /health, and GET /metrics in Prometheus' format: counts and times of requests, and the state of the process."""

import time

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import hyplink
from hyplink.confidence.calibration import Uncalibrated
from hyplink.server.model import ServedModel
from hyplink.server.schemas import HealthAnswer


class Metrics:
    """The metrics of one server."""

    def __init__(self, served: ServedModel) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        labels = ["method", "route", "status"]
        self.requests = Counter("hyplink_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "hyplink_request_seconds", "Seconds until the answer was sent.", ["route"], registry=self.registry
        )
        active = Gauge("hyplink_active_requests", "Requests being computed or waiting.", registry=self.registry)
        active.set_function(lambda: served.n_active)
        number = Gauge("hyplink_model", "The number of the model that answers.", registry=self.registry)
        number.set_function(lambda: served.current.number)


class Measured:
    """ASGI middleware that counts and times the requests of an application.

    Args:
        app: the application.
        metrics: receives the counts.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request and counts it by its route, which is `none` for one that no route was asked for."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if route != "none" else "any"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - start)


def monitoring_routes(served: ServedModel, metrics: Metrics) -> APIRouter:
    """The routes that monitor a server."""
    router = APIRouter(tags=["monitoring"])

    @router.get("/health", summary="Whether the server answers, and with which model")
    async def health() -> HealthAnswer:
        model = served.current
        return HealthAnswer(
            status="ok",
            version=hyplink.__version__,
            model=model.number,
            n_concepts=len(model.linker.ontology),
            trained_on=model.linker.mode.trained_on,
            has_confidences=not isinstance(model.linker.calibration, Uncalibrated),
        )

    @router.get("/metrics", summary="Counts and times, in Prometheus' text format", response_class=Response)
    async def show() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
