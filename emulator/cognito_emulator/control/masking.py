"""Mask passwords, tokens, codes and secrets, as the journal does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
# Names in lower case without `_` and `-`: members of the API, parameters of OAuth, fields of forms, of records.
_SECRET = frozenset(
    {
        "accesstoken", "answer", "assertion", "authorization", "clientassertion", "clientsecret", "clientsecretvalue",
        "code", "codeverifier", "confirmationcode", "cookie", "credential", "csrf", "deviceverifier",
        "devicesecretverifierconfig", "emailmfacode", "emailotpcode", "idtoken", "newpassword", "oldpassword",
        "password", "passwordagain", "passwordclaimsecretblock", "passwordclaimsignature", "passwordhash",
        "passwordverifier", "plaintext", "previouspassword", "privatekey", "proposedpassword", "refreshtoken",
        "registrationaccesstoken", "salt", "samlresponse", "secret", "secretblock", "secretcode", "secrethash",
        "secretkey", "secretstring", "session", "sessiontoken", "smsmfacode", "smsotpcode", "softwaretokenmfacode",
        "subjecttoken", "actortoken", "temporarypassword", "token", "totpcode", "totpsecret", "usercode", "verifier",
    }
)  # fmt: skip
# Fields of records whose values prove something, and are kept under names of their own.
_SECRET_FIELDS = frozenset({"digest", "importedhash", "private", "secrets", "totp", "x", "history", "rotated"})

_IN_URL = re.compile(r"([?&#](?:code|id_token|access_token)=)[^&#]*")


def is_secret(name: str) -> bool:
    """Tell whether a member of that name is masked."""
    return name.lower().replace("_", "").replace("-", "") in _SECRET


def is_secret_field(name: str) -> bool:
    """Tell whether a record's field of that name is masked."""
    return is_secret(name) or name.lower().replace("_", "") in _SECRET_FIELDS


def masked(value: Any, secret: Any = is_secret) -> Any:
    """Return `value` with the values of secret members replaced, at any depth."""
    if isinstance(value, Mapping):
        if value.keys() == {"Name", "Value"} and isinstance(value["Name"], str) and secret(value["Name"]):
            return {"Name": value["Name"], "Value": MASK}
        return {
            name: _hidden(item) if isinstance(name, str) and secret(name) else masked(_in_url(name, item), secret)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [masked(item, secret) for item in value]
    return value


def _in_url(name: object, value: Any) -> Any:
    """Hide the code or tokens in the URL that a browser is sent to."""
    return _IN_URL.sub(rf"\1{MASK}", value) if name == "location" and isinstance(value, str) else value


def _hidden(value: Any) -> Any:
    """Hide a secret; show that there is none, or an empty one.

    A document stays a document of hidden values.
    """
    if value in (None, "", [], {}) or isinstance(value, bool):
        return value
    return MASK
