"""Answers of two runs made comparable: what is new in each run becomes a name.

Ids, tokens, secrets and times are replaced by `<kind n>`, numbered in the order in which they are first seen, so that
two answers with the same id still have the same id. JSON Web Tokens are replaced by their header and claims.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PATTERNS = [
    ("identity", re.compile(rf"[a-z]{{2}}(?:-[a-z]+)+-\d:{_UUID}")),
    ("device", re.compile(rf"[a-z]{{2}}(?:-[a-z]+)+-\d_{_UUID}")),
    ("uuid", re.compile(_UUID)),
    ("pool", re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]{9,}")),
    ("account", re.compile(r"(?<=:)\d{12}(?=:)")),
    ("name", re.compile(r"conformance-kit-[0-9a-z-]+")),
]
# Members whose texts are random: each is replaced as a whole.
_RANDOM = {
    "AccessKeyId": "key", "ClientId": "client", "ClientSecret": "secret", "ClientSecretId": "id",
    "ClientSecretValue": "secret", "CredentialId": "id", "DeviceGroupKey": "group", "Domain": "domain",
    "NextToken": "page", "PaginationToken": "page", "RefreshToken": "token", "SALT": "srp", "SECRET_BLOCK": "srp",
    "SRP_B": "srp", "SecretCode": "secret", "SecretKey": "secret", "Session": "session", "SessionToken": "token",
    "TermsId": "id", "ManagedLoginBrandingId": "id", "client_id": "client", "refresh_token": "token", "aud": "client",
    "jti": "id", "origin_jti": "id", "event_id": "id", "kid": "kid", "n": "key", "device_key": "device",
    "CloudFrontDistribution": "host", "CloudFrontDomain": "host", "S3Bucket": "bucket", "Version": "version",
}  # fmt: skip
_TIMES = re.compile(r".*(?:Date|Expiration|Timestamp)|exp|iat|auth_time|nbf")
# The address before a pool's id: an issuer may have another host than the endpoint.
_ISSUER = re.compile(r"https?://[^/\s\"]+(?=/[a-z]{2}(?:-[a-z]+)+-\d_)")
_JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")


class Normaliser:
    """The names given so far; one for all answers of a scenario."""

    def __init__(self, hosts: Mapping[str, str]) -> None:
        """Make one that replaces `hosts`, addresses of the service, by names."""
        self.hosts = dict(hosts)
        self._names: dict[tuple[str, str], str] = {}

    def value(self, value: Any, name: str = "") -> Any:
        """Return a value of the member `name` with everything random replaced."""
        if isinstance(value, Mapping):
            return {key: self.value(item, str(key)) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item, name) for item in value]
        if isinstance(value, datetime) or (_TIMES.fullmatch(name) and isinstance(value, (int, float))):
            return "<time>"
        return self._text(value, name) if isinstance(value, str) else value

    def _text(self, text: str, name: str) -> Any:
        claims = decoded(text) if _JWT.fullmatch(text) else None
        if claims is not None:
            return {"<jwt>": self.value(claims)}
        if name in _RANDOM and text:
            return self._named(_RANDOM[name], text)
        text = _ISSUER.sub("<endpoint>", text)
        for (_, known), given in self._names.items():
            if len(known) > 15:
                text = text.replace(known, given)
        for host, given in self.hosts.items():
            text = text.replace(host, given)
        for kind, pattern in _PATTERNS:
            text = pattern.sub(lambda found, kind=kind: self._named(kind, found[0]), text)  # type: ignore[misc]
        return text

    def _named(self, kind: str, text: str) -> str:
        number = sum(each == kind for each, _ in self._names) + 1
        return self._names.setdefault((kind, text), f"<{kind} {number}>")


def decoded(token: str) -> dict[str, Any] | None:
    """Return the header and claims of a JSON Web Token; None for anything else."""
    try:
        header, claims = (
            json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2]
        )
    except (ValueError, binascii.Error):
        return None
    return {"header": header, "claims": claims}
