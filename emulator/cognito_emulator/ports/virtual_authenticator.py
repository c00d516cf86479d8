"""A passkey provider in software: it makes keys and signs challenges.

Shapes: Web Authentication Level 3, RegistrationResponseJSON and AuthenticationResponseJSON. The keys are ES256.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.auth.passkey import ES256, encode

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_PRESENT, _VERIFIED, _ELIGIBLE, _BACKED_UP, _ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
_FLAGS = _PRESENT | _VERIFIED | _ELIGIBLE | _BACKED_UP
_UNKNOWN_MAKER = bytes(16)  # the AAGUID
_ID_BYTES = 16


class Made(Struct, frozen=True):
    """A new credential.

    It has an id, a private key (a number), and the answer to the options for it.
    """

    id: str
    private: int
    answer: dict[str, Any]


def create(options: Mapping[str, Any], origin: str) -> Made:
    """Make a credential for PublicKeyCredentialCreationOptions.

    It is what navigator.credentials.create() does on a page of that origin.
    """
    import cbor2
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    credential = secrets.token_bytes(_ID_BYTES)
    public = key.public_key().public_numbers()
    cose = {1: 2, 3: ES256, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
    data = _authenticator_data(options["rp"]["id"], _FLAGS | _ATTESTED)
    data += _UNKNOWN_MAKER + len(credential).to_bytes(2, "big") + credential + cbor2.dumps(cose)
    attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
    response = {
        "clientDataJSON": encode(_client_data("webauthn.create", options["challenge"], origin)),
        "attestationObject": encode(attestation),
        "transports": ["internal", "hybrid"],
    }
    name = encode(credential)
    return Made(name, key.private_numbers().private_value, _credential(name, response))


def get(credential: str, private: int, rp_id: str, challenge: str, *, origin: str, handle: str) -> dict[str, Any]:
    """Sign a challenge, as navigator.credentials.get() does.

    The counter stays 0, as that of synced passkeys does.

    Args:
        challenge: in base64url, as the options have it.
        handle: the user's, which the service made of the sub.
    """
    client_data = _client_data("webauthn.get", challenge, origin)
    data = _authenticator_data(rp_id, _FLAGS)
    response = {
        "clientDataJSON": encode(client_data),
        "authenticatorData": encode(data),
        "signature": encode(_signature(_key(private), data + hashlib.sha256(client_data).digest())),
        "userHandle": encode(handle.encode()),
    }
    return _credential(credential, response)


def _credential(name: str, response: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    found = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps(found, separators=(",", ":")).encode()


def _authenticator_data(rp_id: str, flags: int) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4)


def _key(private: int) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(private, ec.SECP256R1())


def _signature(key: EllipticCurvePrivateKey, signed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    return key.sign(signed, ec.ECDSA(SHA256()))
