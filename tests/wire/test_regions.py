"""The Region that a host name or a path tells."""

from __future__ import annotations

import pytest

from cognito_emulator.wire.regions import told

HOSTS = {
    "cognito-idp.eu-west-1.amazonaws.com": "eu-west-1",
    "issuer-cognito-idp.eu-west-1.amazonaws.com:443": "eu-west-1",
    "Cognito-IDP-fips.us-gov-west-1.amazonaws.com": "us-gov-west-1",
    "cognito-idp.eu-west-1.api.aws": "eu-west-1",
    "cognito-idp.eu-west-1.api.aws.evil.example": "",
    "cognito-idp.amazonaws.com": "",
    "localhost:9229": "",
}


@pytest.mark.parametrize("host", HOSTS)
def test_the_region_of_a_host_name(host: str) -> None:
    assert told("/", host) == HOSTS[host]
