"""A code that was never handed out is an invalid grant.

Sources: docs: token-endpoint
"""

from __future__ import annotations

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    form = {
        "grant_type": "authorization_code",
        "client_id": app.client,
        "code": "5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11",
        "redirect_uri": app.query["redirect_uri"],
    }
    answer = aws.http("POST", app.base + "/oauth2/token", form=form)
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
