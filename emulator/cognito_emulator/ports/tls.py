"""TLS by the user's certificates, or by a local certificate authority.

The authority is kept on disk and trusted once. Certificates are chosen by the name that the client requests (SNI) and
made at its first request:

    the server's own names (domain.server_names)    one certificate, also for clients without a name
    *.auth.<region>.amazoncognito.com               one for each region
    cognito-idp.<region>.amazonaws.com              the API's real names, likewise cognito-identity
    auth.example.com                                one for each custom domain that a user pool has
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from cognito_emulator.domain.server_names import amazon_certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, GeneralName

_AUTHORITY_DAYS = 3650
_DAYS = 365
_RENEW = timedelta(days=30)


log = logging.getLogger("emulator")
T = TypeVar("T")


class CannotUseTls(Exception):
    """A certificate, key or directory cannot be used; the text says why."""


class Authority:
    """A local certificate authority in a directory.

    It is made when there is none. Only the key's owner can read the key.

    Raises:
        CannotUseTls: the directory cannot be written, or holds something else.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "ca.pem"
        self._key_path = directory / "ca-key.pem"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._make_where_missing()
            self._certificate, self._key = self._load()
            if self._certificate.not_valid_after_utc <= datetime.now(UTC):
                self._make_anew(f"{self.path} has expired")
                self._certificate, self._key = self._load()
        except (OSError, ValueError) as error:
            raise CannotUseTls(f"The certificate authority in {directory} cannot be used: {error}") from None

    @property
    def pem(self) -> str:
        """The certificate to be trusted."""
        return self.path.read_text()

    def _make_where_missing(self) -> None:
        missing = [path for path in (self.path, self._key_path) if not path.exists()]
        if len(missing) == 1:
            self._make_anew(f"{missing[0]} is missing")
        elif missing:
            self._make()

    def _make_anew(self, reason: str) -> None:
        log.warning("%s: a new certificate authority is made; it has to be trusted again.", reason)
        self._make()

    def context(self, names: tuple[str, ...]) -> ssl.SSLContext:
        """Make a server's context for these host names and addresses.

        Raises:
            CannotUseTls
        """
        path = self.directory / f"{names[0].replace('*', '_').replace(':', '_')}.pem"
        try:
            if not self._is_good(path, names):
                if path.exists():
                    log.info("The certificate in %s is replaced.", path)
                return _write(path, self._issue(names), secret=True, then=lambda made: load(made, made))
            return load(path, path)
        except OSError as error:
            raise CannotUseTls(f"{path} cannot be used: {error}") from None

    def _is_good(self, path: Path, names: tuple[str, ...]) -> bool:
        """Return whether the file has a usable certificate and its key.

        It has to be this authority's, for these names, and stay valid for a while.
        """
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from cryptography.x509 import load_pem_x509_certificate

        if not path.exists():
            return False
        try:
            found = load_pem_x509_certificate(path.read_bytes())
            found.verify_directly_issued_by(self._certificate)
            key = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        fits = key.public_key() == found.public_key() and _names_of(found) == {_alternative(name) for name in names}
        return fits and found.not_valid_after_utc - datetime.now(UTC) > _RENEW

    def _load(self) -> tuple[Certificate, EllipticCurvePrivateKey]:
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from cryptography.x509 import load_pem_x509_certificate

        key = load_pem_private_key(self._key_path.read_bytes(), None)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise ValueError("its key is of another kind")
        certificate = load_pem_x509_certificate(self.path.read_bytes())
        if certificate.public_key() != key.public_key():
            raise ValueError("key and certificate do not belong together")
        return certificate, key

    def _make(self) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        key = ec.generate_private_key(ec.SECP256R1())
        mark = os.urandom(3).hex()
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"cognito-emulator local CA {mark}")])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            _begun(_AUTHORITY_DAYS)
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        _write(self._key_path, _key_pem(key), secret=True, then=Path)
        _write(self.path, _pem(builder.sign(key, SHA256())), secret=False, then=Path)

    def _issue(self, names: tuple[str, ...]) -> bytes:
        """Issue a certificate and key for these names, in PEM."""
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.x509.oid import ExtendedKeyUsageOID

        key = ec.generate_private_key(ec.SECP256R1())
        issuer_key = self._certificate.public_key()
        builder = (
            _begun(_DAYS)
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0][:64])]))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key),  # type: ignore[arg-type]
                critical=False,
            )
        )
        return _pem(builder.sign(self._key, SHA256())) + _key_pem(key)


def _begun(days: int) -> CertificateBuilder:
    from cryptography import x509

    start = datetime.now(UTC) - timedelta(days=1)  # clocks differ
    serial = x509.random_serial_number()
    end = start + timedelta(days=days)
    return x509.CertificateBuilder().serial_number(serial).not_valid_before(start).not_valid_after(end)


def _names_of(certificate: Certificate) -> set[GeneralName]:
    from cryptography import x509

    try:
        return set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (x509.ExtensionNotFound, ValueError):
        return set()


def _alternative(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, data: bytes, *, secret: bool, then: Callable[[Path], T]) -> T:
    """Write a file as a whole, and return what `then` makes of it.

    That is made before others can replace the file.

    Two emulators may share the directory, and their names differ.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    beside.touch(mode=0o600 if secret else 0o644)
    beside.write_bytes(data)
    made = then(beside)
    beside.replace(path)
    return made


def load(certificate: Path, key: Path) -> ssl.SSLContext:
    """Make a server's context from files.

    Raises:
        CannotUseTls
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise CannotUseTls(f"{certificate} with the key {key} cannot be used: {error.strerror or error}") from None
    return context


class Certificates:
    """The certificates of a server, which are chosen by the requested name (SNI).

    Args:
        authority: issues them.
        names: the server's own; clients that name no other get this certificate.
        is_served: returns whether a further name exists; called on the event loop's thread.
    """

    def __init__(self, authority: Authority, names: tuple[str, ...], is_served: Callable[[str], bool]) -> None:
        self.authority = authority
        self._is_served = is_served
        self._others: dict[str, ssl.SSLContext] = {}
        self._requested: WeakKeyDictionary[ssl.SSLSocket | ssl.SSLObject, str] = WeakKeyDictionary()
        self.context = authority.context(names)
        self.context.sni_callback = self._choose

    def requested(self, connection: object) -> str:
        """Return the name that a connection requested, in lower case; empty without one."""
        return self._requested.get(connection, "") if isinstance(connection, ssl.SSLObject) else ""

    def is_named(self, name: str) -> bool:
        """Return whether a name is one of Amazon's, or a further one that exists."""
        return amazon_certificate(name) is not None or self._is_served(name)

    def _choose(self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        wanted = (name or "").lower()
        self._requested[connection] = wanted
        if not self.is_named(wanted):
            return
        held = amazon_certificate(wanted) or wanted
        if held not in self._others:
            self._others[held] = self.authority.context((held,))
        connection.context = self._others[held]
