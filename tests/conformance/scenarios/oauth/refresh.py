"""A refresh token gives new tokens over HTTP.

Sources: docs: token-endpoint
"""

from __future__ import annotations

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    aws.create_user(app.pool, "ann")
    token = aws.sign_in(app.client, "ann")["RefreshToken"]
    form = {"grant_type": "refresh_token", "client_id": app.client, "refresh_token": token}
    answer = aws.http("POST", app.base + "/oauth2/token", form=form)
    assert answer.status == 200
    assert {"access_token", "id_token", "expires_in", "token_type"} <= set(answer.body)
