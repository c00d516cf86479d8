"""Prepare a program to reach AWS's own host names at an emulator (--impersonate).

It gets environment variables.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

NODE_HOOK = Path(__file__).with_name("node_hook.cjs")
HERE = ("localhost", "127.0.0.1", "::1")
# Files with authorities, as the AWS SDKs and the CLI, requests, OpenSSL (Python, Go, Ruby, PHP) and curl read them.
BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
_SYSTEM = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


class Place(Struct, frozen=True):
    """An emulator that impersonates AWS.

    It has its URL, the certificate of its authority, and the custom domains of its pools.
    """

    url: str
    authority: Path
    hosts: Sequence[str] = ()


def variables(place: Place, environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the variables that are set beside those of `environment`.

    Files that they name are written to `folder`.

    The files hold the authorities that the environment trusts already, so that other hosts still verify.
    """
    own = place.authority.read_text()
    bundle = folder / "ca-bundle.pem"
    bundle.write_text("".join(f"{text}\n" for text in (*_trusted(environment), own)))
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), place.url)
    direct = {name: _not_proxied(environment) for name in ("NO_PROXY", "no_proxy")}
    node = {
        "NODE_EXTRA_CA_CERTS": str(_for_node(place, own, environment, folder)),
        "NODE_OPTIONS": _options(environment),
    }
    hosts = {"COGNITO_EMULATOR_HOSTS": ",".join(place.hosts)} if place.hosts else {}
    return {**proxies, **direct, **dict.fromkeys(BUNDLES, str(bundle)), **node, **hosts}


def _trusted(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the files of authorities that the environment names.

    Without one, they are those of certifi or the system.
    """
    named = [Path(environment[name]) for name in BUNDLES if environment.get(name)]
    files = [path for path in dict.fromkeys(named) if path.is_file()]
    for path in files or _default():
        yield path.read_text()


def _default() -> list[Path]:
    """Return the files of certifi and OpenSSL; else the first of the system.

    The requests library and boto3 read the file of certifi.
    """
    found = []
    try:
        import certifi
    except ImportError:
        pass
    else:
        found.append(Path(certifi.where()))
    paths = (ssl.get_default_verify_paths().cafile or "", *_SYSTEM)
    found += [Path(path) for path in paths if path and Path(path).is_file()][:1]
    return found


def _not_proxied(environment: Mapping[str, str]) -> str:
    """Return the hosts that are reached directly: the named ones and this machine."""
    named = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    return ",".join(dict.fromkeys([*filter(None, (one.strip() for one in named.split(","))), *HERE]))


def _for_node(place: Place, own: str, environment: Mapping[str, str], folder: Path) -> Path:
    """Return the file of the authorities that Node adds to its own."""
    named = environment.get("NODE_EXTRA_CA_CERTS")
    if not named or not Path(named).is_file():
        return place.authority
    both = folder / "node-extra-ca.pem"
    both.write_text(f"{Path(named).read_text()}\n{own}")
    return both


def _options(environment: Mapping[str, str]) -> str:
    """Return NODE_OPTIONS, with the hook first.

    Node reads a path in quotes with escapes.
    """
    path = str(NODE_HOOK).replace("\\", "\\\\").replace('"', '\\"')
    return f'--require "{path}" {environment.get("NODE_OPTIONS", "")}'.rstrip()
