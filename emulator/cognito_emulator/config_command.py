"""`cognito-emulator config --for KIND`: settings for a running emulator's client."""

from __future__ import annotations

import argparse
import os
from urllib.parse import quote, urlencode

from cognito_emulator import remote
from cognito_emulator.files import Refused

_NOTE = "x-emulator-note"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the flags; those that name the emulator by its ready file are there already."""
    client = parser.add_argument_group("settings of a client, ready to be pasted")
    client.add_argument("--for", dest="kind", metavar="KIND", help="boto3, cli, amplify, terraform, ...; ? lists them")
    client.add_argument("--pool", metavar="ID", help="the user pool; else that of the first client without a secret")
    client.add_argument("--client", metavar="ID", help="the app client; else the first without a secret")
    client.add_argument("--url", help=f"of the running emulator (${remote.URL}, else {remote.DEFAULT_URL})")


def is_for_client(flags: argparse.Namespace) -> bool:
    """Tell whether the settings of a client are wanted, not the emulator's own."""
    return any(value is not None for value in (flags.kind, flags.pool, flags.client, flags.url))


def run(flags: argparse.Namespace) -> tuple[str, str]:
    """Return what is to be printed, and a note beside it.

    Raises:
        Refused
    """
    if flags.kind is None:
        raise Refused("--pool, --client and --url are about --for; name a kind of client, such as --for boto3.")
    named = {name: value for name, value in (("pool", flags.pool), ("client", flags.client)) if value is not None}
    url = remote.url_of(flags, os.environ)
    path = f"/_emulator/config/{quote(flags.kind, safe='')}"
    content, headers = remote.answer(url, "GET", f"{path}?{urlencode(named)}" if named else path)
    return content.decode(), headers.get(_NOTE) or ""
