"""Codes for custom senders: messages of the AWS Encryption SDK.

[docs: AWS Encryption SDK message-format, AWS Encryption SDK algorithms-reference] Codes of the service have version 1
and the suite 0x0378 (AES-256-GCM, HKDF-SHA384, ECDSA P-384), which has no commitment. So the decryption samples allow
messages without one [docs: user-pool-lambda-custom-email-sender]. They have one data key of the provider `aws-kms`, and
one last frame of at most 4096 bytes. The encryption context is `userpool-id` beside the signature's public key
[observed: awslabs/aws-sdk-rust#1250].
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PUBLIC_KEY = "aws-crypto-public-key"  # the member of the encryption context that verifies the signature
PROVIDER = b"aws-kms"
FRAME = 4096
_SUITE = b"\x03\x78"
_IV, _TAG = 12, 16
_FRAME_NAME = b"AWSKMSEncryptionClient Final Frame"
_LAST = b"\xff\xff\xff\xff"


class DataKey(Struct, frozen=True, gc=False):
    """A data key of 32 bytes, and its form that only the KMS key `arn` decrypts."""

    plain: bytes
    wrapped: bytes
    arn: str


def with_public_key(context: Mapping[str, str], signer: EllipticCurvePrivateKey) -> dict[str, str]:
    """Add the public key of `signer` to an encryption context.

    KMS encrypts the data key for that context.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = signer.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return {**context, PUBLIC_KEY: base64.b64encode(point).decode()}


def serialized(context: Mapping[str, str]) -> bytes:
    """Write an encryption context as bytes: pairs in the order of their keys.

    An empty context has no bytes.
    """
    if not context:
        return b""
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    return _short(len(pairs)) + b"".join(_sized(key) + _sized(value) for key, value in pairs)


def seal(
    plaintext: bytes, context: Mapping[str, str], key: DataKey, message_id: bytes, signer: EllipticCurvePrivateKey
) -> bytes:
    """Encrypt a code as a message.

    `context` comes from `with_public_key`; `message_id` is 16 bytes never used before.

    Raises:
        ValueError: the text does not fit into one frame.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA384

    if len(plaintext) > FRAME:
        raise ValueError(f"more than {FRAME} bytes")
    header = _header(context, key, message_id)
    cipher = AESGCM(_derived(key.plain, message_id))
    nothing = bytes(_IV)
    authenticated = header + nothing + cipher.encrypt(nothing, b"", header)
    number, size = (1).to_bytes(4, "big"), len(plaintext).to_bytes(8, "big")
    iv = (1).to_bytes(_IV, "big")
    bound = message_id + _FRAME_NAME + number + size
    frame = _LAST + number + iv + size[4:] + cipher.encrypt(iv, plaintext, bound)
    signed = authenticated + frame
    return signed + _sized(signer.sign(signed, ECDSA(SHA384())))


def opened(message: bytes, unwrap: Callable[[bytes, Mapping[str, str]], bytes]) -> bytes:
    """Decrypt a message that `seal` made.

    `unwrap` returns the data key for its encrypted form and context.

    Raises:
        ValueError: it is no such message, or was altered.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    reader = _Reader(message)
    if reader.take(4) != b"\x01\x80" + _SUITE:
        raise ValueError("no message of the expected suite")
    message_id, context = reader.take(16), _context(reader.sized())
    reader.take(2)
    reader.sized(), reader.sized()
    wrapped = reader.sized()
    reader.take(10)
    header = message[: reader.at]
    cipher = AESGCM(_derived(unwrap(wrapped, context), message_id))
    try:
        cipher.decrypt(reader.take(_IV), reader.take(_TAG), header)
        number, iv, size = reader.take(8)[4:], reader.take(_IV), reader.take(4)
        bound = message_id + _FRAME_NAME + number + bytes(4) + size
        return cipher.decrypt(iv, reader.take(int.from_bytes(size, "big") + _TAG), bound)
    except InvalidTag:
        raise ValueError("altered") from None


def _context(data: bytes) -> dict[str, str]:
    reader = _Reader(data)
    return {reader.sized().decode(): reader.sized().decode() for _ in range(int.from_bytes(reader.take(2), "big"))}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        taken = self._data[self.at : self.at + size]
        if len(taken) < size:
            raise ValueError("cut off")
        self.at += size
        return taken

    def sized(self) -> bytes:
        return self.take(int.from_bytes(self.take(2), "big"))


def _derived(plain: bytes, message_id: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA384
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA384(), 32, salt=None, info=_SUITE + message_id).derive(plain)


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
