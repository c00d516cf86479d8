"""Write signing keys as PEM, and read them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.ports.keys import KeySet, SigningKey, signing_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_BITS = 2048
_EXPONENT = 65_537


class BadKey(ValueError):
    """A text is no signing key."""


def pems(keys: KeySet) -> tuple[str, str]:
    """Write the keys of ID and access tokens (PKCS #8, not encrypted)."""
    return _pem(keys.id_key), _pem(keys.access_key)


def read_pems(id_key: str, access_key: str, *, is_written_here: bool = False) -> KeySet:
    """Read two keys.

    Args:
        is_written_here: whether `pems` has written them: then their numbers are checked to belong together, and not
            searched for factors, which takes 50 to 80 ms for each key.

    Raises:
        BadKey
    """
    return KeySet(_read(id_key, is_written_here), _read(access_key, is_written_here), is_fixed=True)


def _pem(key: SigningKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _read(pem: str, is_written_here: bool) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=is_written_here)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("a signing key is the PEM of a private key without a password") from None
    if not isinstance(private, RSAPrivateKey) or private.key_size != _BITS:
        raise BadKey(f"a signing key is an RSA key of {_BITS} bits")
    if is_written_here and not _belongs_together(private):
        raise BadKey("the numbers of a signing key do not belong together")
    return signing_key(private)


def _belongs_together(private: RSAPrivateKey) -> bool:
    """Tell whether a key's numbers are those of one key, and its signature is good."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    own = private.private_numbers()
    p, q, d, public = own.p, own.q, own.d, own.public_numbers
    if public.e != _EXPONENT or p * q != public.n or min(p, q) < 2**512 or not 0 < d < public.n:
        return False
    if d * public.e % (p - 1) != 1 or d * public.e % (q - 1) != 1 or own.iqmp * q % p != 1:
        return False
    if (own.dmp1, own.dmq1) != (d % (p - 1), d % (q - 1)):
        return False
    try:
        private.public_key().verify(private.sign(b"", PKCS1v15(), SHA256()), b"", PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
