"""Read from the environment what AWS SDKs read: credentials, and authorities."""

from __future__ import annotations

import os
import ssl

from msgspec import Struct


class Credentials(Struct, frozen=True):
    """Credentials as the variables have them; `token` is "" for long-term ones."""

    key: str
    secret: str
    token: str = ""


def credentials() -> Credentials | None:
    """Return the credentials of AWS_ACCESS_KEY_ID and its kin.

    There are none unless key and secret are there.
    """
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")
    return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN", "")) if key and secret else None


def tls_context() -> ssl.SSLContext:
    """Make a client's context, which trusts the authorities of AWS_CA_BUNDLE too.

    Raises:
        OSError: the bundle cannot be read.
    """
    context = ssl.create_default_context()
    bundle = os.environ.get("AWS_CA_BUNDLE", "")
    if bundle:
        context.load_verify_locations(cafile=bundle)
    return context
