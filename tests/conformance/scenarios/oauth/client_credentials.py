"""A machine gets an access token for its scopes.

Sources: docs: token-endpoint
"""

from __future__ import annotations

from tests.conformance.apps import machine
from tests.conformance.normalise import decoded
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = machine(aws)
    answer = aws.http(
        "POST", app.base + "/oauth2/token", form={"grant_type": "client_credentials"}, Authorization=app.proof()
    )
    assert answer.status == 200
    assert {"access_token", "expires_in", "token_type"} <= set(answer.body)
    claims = (decoded(answer.body["access_token"]) or {})["claims"]
    assert claims["sub"] == claims["client_id"] == app.client
    assert claims["scope"] == "orders/read"
    assert claims["token_use"] == "access"
