"""Self-signed X.509 certificates of signing keys for SAML providers.

The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cognito_emulator.ports.keys import SigningKey

_LIFETIME = timedelta(days=3653)  # ten years, as AWS's
_LONGEST_NAME = 64
# A certificate has four digits for the year of its end.
_LATEST = datetime(9980, 1, 1, tzinfo=UTC).timestamp()


def self_signed(key: SigningKey, name: str, begins: float) -> str:
    """Make the certificate of `key` for the common name `name`.

    It is base64 of the DER form, without PEM lines.

    Args:
        name: cut to the length of a common name (X.520 allows 64; counted in bytes of UTF-8).
        begins: epoch seconds; it is valid for ten years from then on.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    start = datetime.fromtimestamp(int(min(max(begins, 0.0), _LATEST)), UTC)
    common_name = name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    # Serial numbers are positive and at most 20 bytes long [RFC 5280 §4.1.2.2].
    serial = int.from_bytes(hashlib.sha256(f"{key.kid} {name} {start}".encode()).digest()[:15], "big") + 1
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public)
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(start + _LIFETIME)
    )
    certificate = builder.sign(key.private, SHA256())
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def has_ended(certificate: str, now: float) -> bool:
    """Return whether a certificate (base64 of its DER form) has expired.

    `now` is in epoch seconds. A certificate that cannot be read has not expired.
    """
    from cryptography import x509

    try:
        ends = x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        return False
    return ends.timestamp() < now
