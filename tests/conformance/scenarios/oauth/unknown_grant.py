"""A grant type that is not there is unsupported.

Sources: docs: token-endpoint
"""

from __future__ import annotations

from tests.conformance.apps import machine
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = machine(aws)
    answer = aws.http("POST", app.base + "/oauth2/token", form={"grant_type": "magic"}, Authorization=app.proof())
    assert (answer.status, answer.body["error"]) == (400, "unsupported_grant_type")
