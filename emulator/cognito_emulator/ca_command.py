"""`cognito-emulator ca`: show the local authority, and let this machine trust it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from cognito_emulator import options
from cognito_emulator.ports.trust_store import Machine, install
from cognito_emulator.settings import Settings

_LINES = """\
The certificate authority of this machine's emulators: {path}
Trust it as long as its key, {key}, is yours alone.

  Python   export SSL_CERT_FILE={path} REQUESTS_CA_BUNDLE={path} AWS_CA_BUNDLE={path}
  Node     export NODE_EXTRA_CA_CERTS={path}
  Go       export SSL_CERT_FILE={path}
  Java     keytool -importcert -noprompt -alias cognito-emulator -file {path} -keystore emulator.p12 -storepass changeit
           java -Djavax.net.ssl.trustStore=emulator.p12 -Djavax.net.ssl.trustStorePassword=changeit ...
  curl     curl --cacert {path} https://localhost:9230/health

The files of Python, Go and curl replace their own authorities: `cognito-emulator exec --impersonate` adds to them.
For the system and its browsers: cognito-emulator ca --install
"""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    options.add_to(parser)
    parser.add_argument("--install", action="store_true", help="let this system and its browsers trust it")


def run(settings: Settings, *, is_install: bool, machine: Machine | None = None) -> int:
    """Print the certificate, or install it, and return the exit status.

    What to do with the certificate goes to standard error.

    Raises:
        CannotUseTls
    """
    from cognito_emulator.ports.tls import Authority

    authority = Authority(Path(settings.tls_dir).expanduser())
    if is_install:
        results = list(install(machine or Machine(Path.home()), authority.path))
        for is_done, text in results:
            print(text, file=sys.stdout if is_done else sys.stderr)
        return 0 if all(is_done for is_done, _ in results) else 1
    print(authority.pem, end="", flush=True)
    print("\n".join(lines(authority.path)), file=sys.stderr)
    return 0


def lines(path: Path) -> Iterator[str]:
    """Yield what programs in several languages need to trust the authority."""
    yield from _LINES.format(path=path, key=path.with_name("ca-key.pem")).splitlines()
