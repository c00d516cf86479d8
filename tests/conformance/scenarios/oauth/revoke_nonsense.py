"""The revocation endpoint wants a token of a client.

Sources: docs: revocation-endpoint; RFC 7009 §2.2
"""

from __future__ import annotations

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    answer = aws.http("POST", app.base + "/oauth2/revoke", form={"client_id": app.client})
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")
