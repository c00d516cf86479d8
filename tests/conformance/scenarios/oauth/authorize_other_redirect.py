"""A redirect URI that the client does not have is not redirected to.

Sources: docs: authorization-endpoint; observed: aws-amplify/amplify-js#3391
"""

from __future__ import annotations

from urllib.parse import urlencode

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    other = {**app.query, "redirect_uri": "https://evil.example.com/back"}
    answer = aws.http("GET", app.base + "/oauth2/authorize?" + urlencode(other))
    assert "evil.example.com" not in answer.headers.get("Location", "").split("?")[0]
    assert answer.status in (302, 400)
