"""Encrypted assertions (XML Encryption 1.1).

They use AES-CBC or AES-GCM, with a key by RSA-OAEP.

It uses `cryptography`, which is installed anyway, not xmlsec: its wheels carry a second copy of libxml2 that has to
match lxml's. RSA-PKCS#1 v1.5 is refused: with many tries a sender can decrypt by it.
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

_XENC = "{http://www.w3.org/2001/04/xmlenc#}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_XENC11 = "{http://www.w3.org/2009/xmlenc11#}"
_CBC = {f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
_GCM = {f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
_OAEP = ("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep")


class CannotDecrypt(Exception):
    """The text was not encrypted for the key, or by another algorithm.

    The error does not say which.
    """


def decrypted(element: Any, key: RSAPrivateKey) -> str:
    """Decrypt the XML inside an EncryptedAssertion.

    Raises:
        CannotDecrypt
    """
    try:
        data = element.find(f"{_XENC}EncryptedData")
        method = data.find(f"{_XENC}EncryptionMethod").get("Algorithm")
        size = {**_CBC, **_GCM}[method]
        content_key = _content_key(next(element.iter(f"{_XENC}EncryptedKey")), key)
        if len(content_key) != size:
            raise CannotDecrypt
        return _plain(method, content_key, _value(data)).decode()
    except CannotDecrypt:
        raise
    except Exception:
        raise CannotDecrypt from None


def encrypted(assertion: str, key: RSAPublicKey) -> str:
    """Make the XML of an EncryptedAssertion for the holder of the key.

    It uses AES-256-GCM, with a key by RSA-OAEP with SHA-256.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256

    content_key, nonce = os.urandom(32), os.urandom(12)
    wrapped = key.encrypt(content_key, OAEP(MGF1(SHA256()), SHA256(), None))
    hidden = nonce + AESGCM(content_key).encrypt(nonce, assertion.encode(), None)
    return (
        '<a:EncryptedAssertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">'
        f'<x:EncryptedData xmlns:x="{_XENC[1:-1]}" Type="{_XENC[1:-1]}Element">'
        '<x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>'
        f'<d:KeyInfo xmlns:d="{_DS[1:-1]}"><x:EncryptedKey><x:EncryptionMethod Algorithm="{_OAEP[1]}">'
        f'<d:DigestMethod Algorithm="{_XENC[1:-1]}sha256"/>'
        f'<y:MGF xmlns:y="{_XENC11[1:-1]}" Algorithm="{_XENC11[1:-1]}mgf1sha256"/></x:EncryptionMethod>'
        f"{_cipher_data(wrapped)}</x:EncryptedKey></d:KeyInfo>{_cipher_data(hidden)}"
        "</x:EncryptedData></a:EncryptedAssertion>"
    )


def _cipher_data(value: bytes) -> str:
    return f"<x:CipherData><x:CipherValue>{base64.b64encode(value).decode()}</x:CipherValue></x:CipherData>"


def _value(element: Any) -> bytes:
    text = element.find(f"{_XENC}CipherData/{_XENC}CipherValue").text
    return base64.b64decode("".join(text.split()), validate=True)


def _content_key(element: Any, key: RSAPrivateKey) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP

    method = element.find(f"{_XENC}EncryptionMethod")
    if method.get("Algorithm") not in _OAEP:
        raise CannotDecrypt
    digest, mask = method.find(f"{_DS}DigestMethod"), method.find(f"{_XENC11}MGF")
    padding = OAEP(MGF1(_hash(mask)), _hash(digest), None)
    return key.decrypt(_value(element), padding)


def _hash(element: Any) -> HashAlgorithm:
    """Return the hash named like `…#sha256` or `…#mgf1sha256`.

    SHA-1 is the standard's default.
    """
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512

    name = "sha1" if element is None else element.get("Algorithm", "").rpartition("#")[2].removeprefix("mgf1")
    known: dict[str, type[SHA1 | SHA256 | SHA384 | SHA512]] = {
        "sha1": SHA1,
        "sha256": SHA256,
        "sha384": SHA384,
        "sha512": SHA512,
    }
    return known[name]()


def _plain(method: str, key: bytes, value: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    if method in _GCM:
        return AESGCM(key).decrypt(value[:12], value[12:], None)
    decryptor = Cipher(AES(key), CBC(value[:16])).decryptor()
    padded = decryptor.update(value[16:]) + decryptor.finalize()
    # The last byte counts the bytes of padding; the others may be anything (section 5.2.1).
    if not padded or not 1 <= padded[-1] <= 16:
        raise CannotDecrypt
    return padded[: -padded[-1]]
