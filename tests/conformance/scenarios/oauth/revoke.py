"""A refresh token is revoked over HTTP.

Sources: docs: revocation-endpoint
"""

from __future__ import annotations

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    aws.create_user(app.pool, "ann")
    token = aws.sign_in(app.client, "ann")["RefreshToken"]
    answer = aws.http("POST", app.base + "/oauth2/revoke", form={"client_id": app.client, "token": token})
    assert answer.status == 200
    form = {"grant_type": "refresh_token", "client_id": app.client, "refresh_token": token}
    again = aws.http("POST", app.base + "/oauth2/token", form=form)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")
