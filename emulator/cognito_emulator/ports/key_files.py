"""Write signing keys as PEM, and read them back."""

from __future__ import annotations

from cognito_emulator.ports.keys import KeySet, SigningKey, signing_key

_BITS = 2048


class BadKey(ValueError):
    """A text is no signing key."""


def pems(keys: KeySet) -> tuple[str, str]:
    """Write the keys of ID and access tokens (PKCS #8, not encrypted)."""
    return _pem(keys.id_key), _pem(keys.access_key)


def read_pems(id_key: str, access_key: str) -> KeySet:
    """Read two keys.

    Raises:
        BadKey
    """
    return KeySet(_read(id_key), _read(access_key), is_fixed=True)


def _pem(key: SigningKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _read(pem: str) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("a signing key is the PEM of a private key without a password") from None
    if not isinstance(private, RSAPrivateKey) or private.key_size != _BITS:
        raise BadKey(f"a signing key is an RSA key of {_BITS} bits")
    return signing_key(private)
