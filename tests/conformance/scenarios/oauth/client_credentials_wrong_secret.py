"""A machine with a wrong secret gets invalid_client.

Sources: docs: token-endpoint; RFC 6749 §5.2
"""

from __future__ import annotations

from tests.conformance.apps import machine
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = machine(aws)
    answer = aws.http(
        "POST", app.base + "/oauth2/token", form={"grant_type": "client_credentials"}, Authorization=app.proof("wrong")
    )
    assert (answer.status, answer.body["error"]) == (400, "invalid_client")
