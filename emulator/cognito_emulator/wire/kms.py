"""Decrypt, the one operation of AWS KMS that custom senders need.

[docs: KMS API reference, Decrypt]. It decrypts with the keys for which codes were encrypted. Unmodified Encryption
SDK clients call it by AWS_ENDPOINT_URL_KMS, and call nothing else to decrypt. Every other operation answers 501 with
its name.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.errors import ApiError, NotImplementedHere
from cognito_emulator.wire.credentials import InvalidSignature, scope
from cognito_emulator.wire.validate import SerializationError

if TYPE_CHECKING:
    from cognito_emulator.world import World

SERVICE = "kms"
PREFIX = "TrentService."
MAX_CIPHERTEXT = 6144  # bytes
_ALGORITHMS = ("SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE")


class _Validation(ApiError):
    code = "ValidationException"


class _InvalidCiphertext(ApiError):
    """The error without a text for a ciphertext that is not valid."""

    code = "InvalidCiphertextException"


class _IncorrectKey(ApiError):
    code = "IncorrectKeyException"


class _InvalidKeyUsage(ApiError):
    code = "InvalidKeyUsageException"


class _NotFound(ApiError):
    code = "NotFoundException"


class _DryRun(ApiError):
    code = "DryRunOperationException"


def answer(world: World, name: str, given: Any, authorization: str) -> Mapping[str, Any]:
    """Return the answer of the KMS operation `name` to the JSON `given`.

    Raises:
        ApiError: with KMS's text.
    """
    if name != "Decrypt":
        raise NotImplementedHere(f"AWS KMS {name} is not implemented; keys are here to decrypt senders' codes only.")
    _, region, service = scope(authorization, world.settings.account)
    if service != "kms":
        raise InvalidSignature("Credential should be scoped to correct service: 'kms'.")
    if not isinstance(given, dict):
        raise SerializationError("")
    ciphertext, context, key_id = _ciphertext(given), _context(given), _text(given, "KeyId")
    _refuse_the_rest(given)
    if key_id is not None and key_id.startswith("arn:") and key_id.split(":")[3:4] != [region]:
        raise _NotFound(f"Invalid arn {region}").because("kms.key")
    from cognito_emulator.ports.kms import IncorrectKey, InvalidCiphertext, UnknownKey  # few programs call KMS here

    try:
        arn, plaintext = world.kms.decrypt(ciphertext, context, key_id)
    except InvalidCiphertext:
        raise _InvalidCiphertext("").because("kms.ciphertext") from None
    except IncorrectKey:
        text = "The key ID in the request does not identify a CMK that can perform this operation."
        raise _IncorrectKey(text).because("kms.key") from None
    except UnknownKey:
        raise _NotFound(f"Key '{key_id}' does not exist").because("kms.key") from None
    if given.get("DryRun"):
        raise _DryRun("The request would have succeeded, but the DryRun option is set.").because("kms.dry-run")
    return {"KeyId": arn, "Plaintext": base64.b64encode(plaintext).decode(), "EncryptionAlgorithm": _ALGORITHMS[0]}


def is_here(world: World, name: str, given: Any, authorization: str) -> bool:
    """Tell whether an operation is answered here.

    It decrypts what was encrypted here, or is refused for its form.
    """
    try:
        answer(world, name, given, authorization)
    except (NotImplementedHere, _InvalidCiphertext, _NotFound):
        return False
    except ApiError:
        return True
    return True


def _ciphertext(given: Mapping[str, Any]) -> bytes:
    text = _text(given, "CiphertextBlob")
    if text is None:
        raise _constraint("null", "ciphertextBlob", "Member must not be null")
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationError("") from None
    if not 1 <= len(blob) <= MAX_CIPHERTEXT:
        bound = "greater than or equal to 1" if not blob else f"less than or equal to {MAX_CIPHERTEXT}"
        raise _constraint("java.nio.HeapByteBuffer", "ciphertextBlob", f"Member must have length {bound}")
    return blob


def _context(given: Mapping[str, Any]) -> dict[str, str]:
    context = given.get("EncryptionContext") or {}
    if not isinstance(context, dict) or not all(isinstance(value, str) for value in context.values()):
        raise SerializationError("")
    return context


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise SerializationError("")
    return value


def _refuse_the_rest(given: Mapping[str, Any]) -> None:
    if given.get("Recipient") is not None:
        raise NotImplementedHere("AWS KMS Decrypt.Recipient is not implemented.")
    algorithm = _text(given, "EncryptionAlgorithm") or _ALGORITHMS[0]
    if algorithm not in _ALGORITHMS:
        rule = f"Member must satisfy enum value set: [{', '.join(_ALGORITHMS)}]"
        raise _constraint(f"'{algorithm}'", "encryptionAlgorithm", rule)
    if algorithm != _ALGORITHMS[0]:
        raise _InvalidKeyUsage(f"The algorithm {algorithm} does not fit the key, which is symmetric.").because(
            "kms.request"
        )


def _constraint(value: str, member: str, rule: str) -> _Validation:
    shown = value if value.startswith("'") else f"'{value}'" if value != "null" else "null"
    return _Validation(
        f"1 validation error detected: Value {shown} at '{member}' failed to satisfy constraint: {rule}"
    ).because("kms.request")
