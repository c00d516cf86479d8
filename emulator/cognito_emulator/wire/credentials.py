"""SigV4 credentials: their presence, and the account and Region in them.

No signature is checked. Any access key is accepted, with slashes in it too; one of 12 digits is the account. The Region
comes from the credential scope.
"""

from __future__ import annotations

import re

from cognito_emulator.domain.errors import ApiError

_CREDENTIAL = re.compile(r"Credential=([^,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
# The same, as SDKs write it: an access key without slashes leaves one reading, which takes a fifth of the time.
_USUAL = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,/\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request(?![^,\s])")
_ACCOUNT = re.compile(r"\d{12}")
# The parts of the headers that came lately: a client's differ in their signatures alone.
_SCOPES: dict[str, tuple[str, str, str]] = {}
_MOST_SCOPES = 256
_LONGEST_SCOPE = 256  # characters
_PARTS = (("SignedHeaders=", "SignedHeaders"), ("Signature=", "Signature"))


class MissingAuthenticationToken(ApiError):
    code = "MissingAuthenticationTokenException"


class IncompleteSignature(ApiError):
    code = "IncompleteSignatureException"


class InvalidSignature(ApiError):
    code = "InvalidSignatureException"


def scope(authorization: str, default_account: str) -> tuple[str, str, str]:
    """Return `(account, region, service)` of an Authorization header.

    Raises:
        MissingAuthenticationToken: the header is missing.
        IncompleteSignature: it is not a complete SigV4 header.
    """
    if not authorization:
        raise MissingAuthenticationToken("Missing Authentication Token")
    credential = authorization.partition(",")[0]
    known = _SCOPES.get(credential)
    if known is None or "SignedHeaders=" not in authorization or "Signature=" not in authorization:
        known = _read(authorization)
        if len(credential) <= _LONGEST_SCOPE and _USUAL.fullmatch(credential):
            if len(_SCOPES) >= _MOST_SCOPES:
                _SCOPES.clear()
            _SCOPES[credential] = known
    account, region, service = known
    return account or default_account, region, service


def _read(authorization: str) -> tuple[str, str, str]:
    """Return `(account, region, service)`.

    The account is "" if the access key is none.

    Raises:
        IncompleteSignature
    """
    found = _USUAL.match(authorization) or _CREDENTIAL.search(authorization)
    lacking = [name for mark, name in _PARTS if mark not in authorization]
    if not authorization.startswith("AWS4-HMAC-SHA256") or found is None or lacking:
        wanted = lacking or ["Credential"]
        text = " ".join(f"Authorization header requires '{name}' parameter." for name in wanted)
        raise IncompleteSignature(text)
    key, _, region, service = found.groups()
    return (key if _ACCOUNT.fullmatch(key) else ""), region, service
