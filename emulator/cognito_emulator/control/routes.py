"""The control API's routes."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, Router

from cognito_emulator.control import clock, health, idp, imports, logins, logs, messages, risks, seeds, ses
from cognito_emulator.control.guard import Guard

_ROUTES = [
    Route("/health", health.health),
    Route("/ready", health.ready),
    Route("/info", health.info),
    Route("/messages", messages.list_messages),
    Route("/messages", messages.clear_messages, methods=["DELETE"]),
    Route("/messages/latest", messages.latest_message),
    Route("/clock", clock.get_clock),
    Route("/clock", clock.put_clock, methods=["PUT"]),
    Route("/imports/{job_id}", imports.show_log),
    Route("/logins", logins.make, methods=["POST"]),
    Route("/logs", logs.list_logs),
    Route("/logs", logs.clear_logs, methods=["DELETE"]),
    Route("/idp", idp.list_all),
    Route("/idp/{pool_id}/{provider:path}", idp.show),
    Route("/idp/{pool_id}/{provider:path}", idp.choose, methods=["POST"]),
    Route("/risks", risks.list_risks),
    Route("/risks", risks.put_risk, methods=["PUT"]),
    Route("/risks", risks.delete_risks, methods=["DELETE"]),
    Route("/compromised", risks.list_compromised),
    Route("/compromised", risks.put_compromised, methods=["PUT"]),
    Route("/compromised", risks.delete_compromised, methods=["DELETE"]),
    Route("/places", risks.list_places),
    Route("/places", risks.put_place, methods=["PUT"]),
    Route("/places", risks.delete_places, methods=["DELETE"]),
    Route("/reset", seeds.reset, methods=["POST"]),
    Route("/seed", seeds.post_seed, methods=["POST"]),
]


_SES = [Route("/ses", ses.list_mails), Route("/ses", ses.delete_mails, methods=["DELETE"])]


def control_routes() -> list[BaseRoute]:
    """The routes below `/_emulator`, guarded, and those that existing scripts probe at the root."""
    return [
        Route("/", health.front_page),
        Route("/_localstack/health", health.localstack_health),
        Mount("/_aws", Router(_SES, redirect_slashes=False), middleware=[Middleware(Guard)]),
        Mount("/_emulator", Router(_ROUTES, redirect_slashes=False), middleware=[Middleware(Guard)]),
    ]
