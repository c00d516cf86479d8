"""A scope that the client does not have goes back to the app as invalid_scope.

Sources: docs: authorization-endpoint; RFC 6749 §4.1.2.1
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    answer = aws.http("GET", app.base + "/oauth2/authorize?" + urlencode({**app.query, "scope": "profile"}))
    assert answer.status == 302
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "app.example.com"
    found = parse_qs(back.query)
    assert found["error"][0].startswith("invalid_scope") or found["error"] == ["invalid_request"]
    assert found["state"] == ["xyz"]
