"""The codes that custom senders get: messages of the AWS Encryption SDK.

Encryption SDK developer guide, "message format reference" and "algorithms reference". Recorded codes of the service
show version 1, the suite 0x0378 (AES-256-GCM, HKDF-SHA384, ECDSA P-384), one data key of the provider `aws-kms`, the
encryption context `userpool-id` beside the signature's public key, and one last frame of at most 4096 bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PUBLIC_KEY = "aws-crypto-public-key"  # the member of the encryption context that verifies the signature
PROVIDER = b"aws-kms"
FRAME = 4096
_SUITE = b"\x03\x78"
_IV, _TAG = 12, 16
_LAST = b"\xff\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key of 32 bytes, and its form that only the KMS key `arn` opens."""

    plain: bytes
    wrapped: bytes
    arn: str


def with_public_key(context: Mapping[str, str], signer: EllipticCurvePrivateKey) -> dict[str, str]:
    """The encryption context of a message that `signer` signs; KMS wraps the data key for this one."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = signer.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return {**context, PUBLIC_KEY: base64.b64encode(point).decode()}


def serialized(context: Mapping[str, str]) -> bytes:
    """An encryption context as bytes: pairs in the order of their keys; nothing at all if it is empty."""
    if not context:
        return b""
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    return _short(len(pairs)) + b"".join(_sized(key) + _sized(value) for key, value in pairs)


def seal(
    plaintext: bytes, context: Mapping[str, str], key: DataKey, message_id: bytes, signer: EllipticCurvePrivateKey
) -> bytes:
    """The message. `context` is what `with_public_key` gave; `message_id` 16 bytes never used before.

    Raises:
        ValueError: the text does not fit into one frame.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA384
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    if len(plaintext) > FRAME:
        raise ValueError(f"more than {FRAME} bytes")
    header = _header(context, key, message_id)
    derived = HKDF(SHA384(), 32, salt=None, info=_SUITE + message_id).derive(key.plain)
    cipher = AESGCM(derived)
    nothing = bytes(_IV)
    authenticated = header + nothing + cipher.encrypt(nothing, b"", header)
    number, size = (1).to_bytes(4, "big"), len(plaintext).to_bytes(8, "big")
    iv = (1).to_bytes(_IV, "big")
    bound = message_id + b"AWSKMSEncryptionClient Final Frame" + number + size
    frame = _LAST + number + iv + size[4:] + cipher.encrypt(iv, plaintext, bound)
    signed = authenticated + frame
    return signed + _sized(signer.sign(signed, ECDSA(SHA384())))


def _header(context: Mapping[str, str], key: DataKey, message_id: bytes) -> bytes:
    return b"".join(
        [
            b"\x01\x80",  # version 1, "customer authenticated encrypted data"
            _SUITE,
            message_id,
            _sized(serialized(context)),
            _short(1),  # data keys
            _sized(PROVIDER) + _sized(key.arn.encode()) + _sized(key.wrapped),
            b"\x02",  # in frames
            bytes(4),  # reserved
            bytes([_IV]),
            FRAME.to_bytes(4, "big"),
        ]
    )


def _short(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _sized(data: bytes) -> bytes:
    return _short(len(data)) + data
