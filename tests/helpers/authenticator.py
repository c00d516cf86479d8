"""A passkey provider in software: answers to navigator.credentials.create() and get(), good ones and bad ones."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ICLOUD = bytes.fromhex("fbfc3007154e4ecc8c0b6e020557d7bd")
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unb64(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "==")


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def es256(key: ec.EllipticCurvePrivateKey) -> dict[int, Any]:
    """The COSE form of a P-256 key."""
    numbers = key.public_key().public_numbers()
    return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def rs256() -> dict[int, Any]:
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    return {1: 3, 3: -257, -1: _number(numbers.n), -2: _number(numbers.e)}


def eddsa() -> dict[int, Any]:
    return {1: 1, 3: -8, -1: 6, -2: ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()}


@dataclass
class Authenticator:
    """Makes one credential and signs with it; each field is something that a test may want wrong.

    `claims` are laid over the client data, `signed` asks for a packed self attestation instead of none. `counter` is
    the signature counter of the next answer, `handle` what it says is the user's.
    """

    origin: str = "https://example.com"
    flags: int = PRESENT | VERIFIED | ELIGIBLE | BACKED_UP | ATTESTED
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    aaguid: bytes = bytes(16)
    rp_id: str | None = None
    cose: dict[int, Any] | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    signed: bool = False
    counter: int = 0
    handle: bytes | None = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """The RegistrationResponseJSON for CredentialCreationOptions."""
        client = {"type": "webauthn.create", "challenge": options["challenge"], "origin": self.origin, **self.claims}
        client_data = json.dumps(client).encode()
        data = self._data(self.rp_id or options["rp"]["id"])
        statement: dict[str, Any] = {}
        if self.signed:
            signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
            statement = {"alg": -7, "sig": signature}
        attestation = {"fmt": "packed" if self.signed else "none", "attStmt": statement, "authData": data}
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client_data),
                "attestationObject": b64(cbor2.dumps(attestation)),
                "transports": ["internal", "hybrid"],
            },
        }

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """The AuthenticationResponseJSON for CREDENTIAL_REQUEST_OPTIONS."""
        client = {"type": "webauthn.get", "challenge": options["challenge"], "origin": self.origin, **self.claims}
        client_data = json.dumps(client).encode()
        data = self._data(self.rp_id or options["rpId"], attested=False)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        if self.handle is not None:
            response["userHandle"] = b64(self.handle)
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }

    def _data(self, rp_id: str, *, attested: bool = True) -> bytes:
        flags = self.flags if attested else self.flags & ~ATTESTED
        found = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
        if flags & ATTESTED:
            found += self.aaguid + len(self.id).to_bytes(2, "big") + self.id
            found += cbor2.dumps(es256(self.key) if self.cose is None else self.cose)
        return found
