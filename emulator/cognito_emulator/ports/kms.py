"""KMS keys that encrypt the codes for custom senders.

[docs: KMS Decrypt] A key exists once a text was encrypted with it. Its material exists as long as the emulator, and
nothing else can be done with it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cognito_emulator.domain.messaging.encrypted_code import DataKey, opened, seal, serialized, with_public_key
from cognito_emulator.ports.ids import Ids

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = b"\x01\x02\x02\x00"  # the beginning of the emulator's ciphertexts; then 32 bytes that name the key
_NAME, _IV = 32, 12


class InvalidCiphertext(Exception):
    """The ciphertext was altered, is not of this emulator, or has another context."""


class IncorrectKey(Exception):
    """The ciphertext was made with another key than the named one."""


class UnknownKey(Exception):
    """No key has that id."""


class Kms:
    """Keys by ARN."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._keys: dict[str, bytes] = {}
        self._arns: dict[bytes, str] = {}
        self._listeners: list[Callable[[str, bytes], object]] = []

    def on_key(self, listener: Callable[[str, bytes], object]) -> None:
        """Call `listener` with the ARN and the material of each new key."""
        self._listeners.append(listener)

    def put(self, key_arn: str, material: bytes) -> None:
        """Keep the material of a key."""
        self._keys[key_arn] = material
        self._arns[_named(key_arn)] = key_arn

    def keys(self) -> dict[str, bytes]:
        """Return the material of all keys, by ARN."""
        return dict(self._keys)

    def encrypt_code(self, key_arn: str, plaintext: str, context: Mapping[str, str]) -> str:
        """Encrypt a code for `request.code`.

        It is a message of the Encryption SDK in base64, with the context `{"userpool-id": <pool id>}` [assumed].

        Raises:
            ValueError: longer than 4096 bytes.
        """
        from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

        signer = generate_private_key(SECP384R1())
        full = with_public_key(context, signer)
        plain = self._ids.bytes(32)
        key = DataKey(plain, self.encrypt(key_arn, plain, full), key_arn)
        return base64.b64encode(seal(plaintext.encode(), full, key, self._ids.bytes(16), signer)).decode()

    def decrypt_code(self, code: str) -> str:
        """Decrypt a code of `encrypt_code`.

        It is for tests whose custom sender is a callable.

        Raises:
            ValueError: it is no code of this emulator.
        """

        try:
            message = base64.b64decode(code, validate=True)
            return opened(message, lambda wrapped, context: self.decrypt(wrapped, context)[1]).decode()
        except (ValueError, InvalidCiphertext):
            raise ValueError("this emulator has encrypted no such code") from None

    def encrypt(self, key_arn: str, plaintext: bytes, context: Mapping[str, str]) -> bytes:
        """Encrypt a text for `decrypt`; a new key is made if needed."""
        if key_arn not in self._keys:
            self.put(key_arn, self._ids.bytes(32))
            for listener in self._listeners:
                listener(key_arn, self._keys[key_arn])
        head, iv = _MARK + _named(key_arn), self._ids.bytes(_IV)
        return head + iv + self._cipher(key_arn).encrypt(iv, plaintext, head + serialized(context))

    def decrypt(self, ciphertext: bytes, context: Mapping[str, str], key_id: str | None = None) -> tuple[str, bytes]:
        """Return `(ARN of the key, plaintext)`.

        `key_id` is the key's ARN or id, None where the ciphertext alone names the key.

        Raises:
            InvalidCiphertext, IncorrectKey, UnknownKey
        """
        from cryptography.exceptions import InvalidTag

        wanted = None if key_id is None else self._find(key_id)
        start = len(_MARK) + _NAME
        head, iv, sealed = ciphertext[:start], ciphertext[start : start + _IV], ciphertext[start + _IV :]
        arn = self._arns.get(head[len(_MARK) :])
        if not head.startswith(_MARK) or arn is None or len(iv) < _IV:
            raise InvalidCiphertext
        if wanted is not None and wanted != arn:
            raise IncorrectKey
        try:
            return arn, self._cipher(arn).decrypt(iv, sealed, head + serialized(context))
        except (InvalidTag, OverflowError):  # or longer than any context of `encrypt`
            raise InvalidCiphertext from None

    def _find(self, key_id: str) -> str:
        """Return the ARN of a key named by ARN, or by the part after `key/`."""
        if key_id in self._keys:
            return key_id
        for arn in self._keys:
            if arn.rpartition(":")[2] == f"key/{key_id}":
                return arn
        raise UnknownKey

    def _cipher(self, arn: str) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._keys[arn])


def _named(arn: str) -> bytes:
    return hashlib.sha256(arn.encode()).digest()
