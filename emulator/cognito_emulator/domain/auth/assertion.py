"""Check a passkey's answer at sign-in with the library `webauthn`.

The library (extra `passkeys`) judges type, challenge, relying party, presence, verification, counter and signature.
Here the page's origin has to fit the relying party, and the passkey has to be one of the user's.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.auth import passkey_errors
from cognito_emulator.domain.auth.attestation import LARGEST_CBOR, require_library
from cognito_emulator.domain.auth.passkey import Passkey, allows, encode
from cognito_emulator.domain.auth.session import Passkeys

TIMEOUT = 180_000  # milliseconds, as in the service's options [assumed]


def request_options(asked: Passkeys, ids: Iterable[str]) -> str:
    """Make CREDENTIAL_REQUEST_OPTIONS as JSON text.

    It is PublicKeyCredentialRequestOptions; its members and values are [assumed].
    """
    options = {
        "hints": [],
        "attestation": "none",
        "attestationFormats": [],
        "challenge": encode(asked.challenge),
        "timeout": TIMEOUT,
        "rpId": asked.rp_id,
        "allowCredentials": [{"type": "public-key", "id": name} for name in ids],
        "userVerification": "required" if asked.verify else "preferred",
    }
    return json.dumps(options, separators=(",", ":"))


def read(text: str) -> Mapping[str, Any]:
    """Read the AuthenticationResponseJSON of an answer.

    Raises:
        InvalidParameter: not the JSON of an object with an id.
    """
    try:
        credential = strict_json.decode(text)
    except ValueError:
        credential = None
    if not isinstance(credential, dict) or not isinstance(credential.get("id"), str):
        raise passkey_errors.invalid_credential()
    # The library requires `id` without the padding that it accepts everywhere else.
    return {**credential, "id": credential["id"].rstrip("=")}


def verify(credential: Mapping[str, Any], passkey: Passkey, asked: Passkeys) -> Passkey | None:
    """Return `passkey` with its new counter if it has signed `asked`, else None.

    A counter that both sides leave at 0 is not compared (synced passkeys). Any other has to grow (Web Authentication,
    "Verifying an Authentication Assertion").

    Raises:
        NotImplementedHere: the library is not installed.
    """
    require_library()
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    try:
        parsed = parse_authentication_credential_json(dict(credential))
        origin: object = parse_client_data_json(parsed.response.client_data_json).origin
        if not isinstance(origin, str) or not allows(asked.rp_id, origin):
            return None
        if len(parsed.response.authenticator_data) > LARGEST_CBOR:
            return None
        handle = parsed.response.user_handle
        if handle and not hmac.compare_digest(handle, passkey.sub.encode()):
            return None
        verified = verify_authentication_response(
            credential=parsed,
            expected_challenge=asked.challenge,
            expected_rp_id=asked.rp_id,
            expected_origin=origin,
            credential_public_key=passkey.attested.public_key,
            credential_current_sign_count=passkey.attested.sign_count,
            require_user_verification=asked.verify,
        )
    except Exception:  # bytes from outside: the library lets exceptions of others pass
        return None
    return replace(passkey, attested=replace(passkey.attested, sign_count=verified.new_sign_count))
