"""Check a passkey's registration with the library `webauthn`.

The library (extra `passkeys`) describes its refusals in prose only. Whatever has an exception of its own in the API is
checked here first; then the library judges the whole. All texts are ours [own wording] but that of an invalid
credential: AWS's are not public.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import passkey_errors
from cognito_emulator.domain.auth.passkey import ES256, RS256, Attested, PendingPasskey, allows

if TYPE_CHECKING:
    from webauthn.helpers.structs import AttestedCredentialData, AuthenticatorData, RegistrationCredential

A = TypeVar("A")
B = TypeVar("B")
_LONGEST_ID = 1023  # bytes; Web Authentication, "Registering a New Credential"
# Bytes of CBOR: enough for a chain of certificates, and short enough to read at once. CBOR has decimal fractions, whose
# reading takes a minute for a megabyte.
LARGEST_CBOR = 16 * 1024


def require_library() -> None:
    """Refuse to begin what could not be completed.

    Raises:
        NotImplementedHere
    """
    if find_spec("webauthn") is None:
        raise errors.NotImplementedHere(
            "Passkeys need the extra `passkeys` of cognito-emulator, which installs the package webauthn."
        ).because("emulator.extra-missing", value="passkeys")


def verify(credential: Any, registration: PendingPasskey, *, verify_user: bool) -> Attested:
    """Judge a RegistrationResponseJSON.

    With `verify_user` the authenticator must have verified the user.

    Raises:
        InvalidParameter: not what Web Authentication describes, or its attestation is wrong.
        WebAuthnChallengeNotFound, WebAuthnOriginNotAllowed, WebAuthnRelyingPartyMismatch,
        WebAuthnCredentialNotSupported
        NotImplementedHere: the library is not installed.
    """
    require_library()
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_attestation_object, parse_registration_credential_json
    from webauthn.helpers.structs import CredentialDeviceType

    if not isinstance(credential, Mapping):
        raise passkey_errors.invalid_credential()
    name = credential.get("id")
    # The library requires `id` without the padding that it accepts everywhere else.
    given = {**credential, "id": name.rstrip("=") if isinstance(name, str) else name}
    parsed = _read(parse_registration_credential_json, given)
    if len(parsed.response.attestation_object) > LARGEST_CBOR:
        raise passkey_errors.invalid_credential()
    origin = _check_client(parsed.response.client_data_json, registration)
    data = _read(parse_attestation_object, parsed.response.attestation_object).auth_data
    _check_authenticator(data, registration.rp_id, verify_user)
    _check_credential(data.attested_credential_data, parsed, credential.get("clientExtensionResults"))
    verified = _read(
        lambda whole: verify_registration_response(
            credential=whole,
            expected_challenge=registration.challenge,
            expected_rp_id=registration.rp_id,
            expected_origin=origin,
            require_user_verification=verify_user,
        ),
        parsed,
    )
    return Attested(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        verified.aaguid,
        verified.user_verified,
        synced=verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        attachment=parsed.authenticator_attachment.value if parsed.authenticator_attachment else None,
        transports=tuple(dict.fromkeys(kind.value for kind in parsed.response.transports or ())),
    )


def _read(reader: Callable[[A], B], value: A) -> B:
    """Read bytes from outside with a function of the library.

    Raises:
        InvalidParameter: for every exception: the library lets exceptions of others pass.
    """
    try:
        return reader(value)
    except Exception as wrong:
        raise passkey_errors.invalid_credential() from wrong


def _check_client(client_data: bytes, registration: PendingPasskey) -> str:
    """Check what the browser says, and return the page's origin."""
    from webauthn.helpers import parse_client_data_json

    found = _read(parse_client_data_json, client_data)
    if not hmac.compare_digest(found.challenge, registration.challenge):
        raise passkey_errors.challenge_not_found()
    origin: object = found.origin
    if not isinstance(origin, str) or not allows(registration.rp_id, origin):
        raise passkey_errors.WebAuthnOriginNotAllowed(
            "The origin of the credential does not align with the relying party ID of the user pool."
        ).because("passkeys.origin", setting="WebAuthnConfiguration.RelyingPartyId", value=registration.rp_id)
    return origin


def _check_authenticator(data: AuthenticatorData, rp_id: str, verify_user: bool) -> None:
    if data.rp_id_hash != hashlib.sha256(rp_id.encode()).digest():
        raise passkey_errors.relying_party_mismatch()
    if verify_user and not data.flags.uv:
        raise passkey_errors.WebAuthnCredentialNotSupported("The user pool requires user verification.").because(
            "passkeys.user-verification", setting="WebAuthnConfiguration.UserVerification", value="required"
        )


def _check_credential(
    attested: AttestedCredentialData | None, parsed: RegistrationCredential, extensions: object
) -> None:
    """Check that the credential fits its id, is supported and discoverable."""
    if attested is None or attested.credential_id != parsed.raw_id or len(parsed.raw_id) > _LONGEST_ID:
        raise passkey_errors.invalid_credential()
    if not _read(_is_supported, attested.credential_public_key):
        raise passkey_errors.WebAuthnCredentialNotSupported("Only ES256 and RS256 credentials are supported.").because(
            "passkeys.algorithm"
        )
    properties = extensions.get("credProps") if isinstance(extensions, Mapping) else None
    if isinstance(properties, Mapping) and properties.get("rk") is False:
        raise passkey_errors.invalid_credential()


def _is_supported(public_key: bytes) -> bool:
    """Return whether the key is a good ES256 or RS256 key.

    Without attestation the library takes any numbers as a key.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
    from webauthn.helpers.exceptions import UnsupportedPublicKeyType

    try:
        decoded = decode_credential_public_key(public_key)
    except UnsupportedPublicKeyType:
        return False
    if decoded.alg not in (ES256, RS256):
        return False
    key = decoded_public_key_to_cryptography(decoded)
    if decoded.alg == RS256:
        return isinstance(key, rsa.RSAPublicKey)
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
