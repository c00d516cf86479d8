"""The logout endpoint redirects to a sign-out URL of the client.

Sources: docs: logout-endpoint
"""

from __future__ import annotations

from urllib.parse import urlencode

from tests.conformance.apps import web_app
from tests.conformance.service import Service


def run(aws: Service) -> None:
    app = web_app(aws)
    back = urlencode({"client_id": app.client, "logout_uri": "https://app.example.com/out"})
    answer = aws.http("GET", f"{app.base}/logout?{back}")
    assert (answer.status, answer.headers["Location"]) == (302, "https://app.example.com/out")
