"""The authorize endpoint sends the browser to the login page.

Sources: docs: authorization-endpoint
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    answer = aws.http("GET", app.base + "/oauth2/authorize?" + urlencode(app.query))
    assert answer.status == 302
    assert urlsplit(answer.headers["Location"]).path == "/login"
