"""`cognito-emulator export`: a running emulator's contents as a seed."""

from __future__ import annotations

import argparse
import os
from urllib.parse import urlencode

from cognito_emulator import remote
from cognito_emulator.files import write_file


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    remote.add_to(parser)
    parser.add_argument("--pool", action="append", metavar="ID", help="only this pool; may be given again")
    parser.add_argument("--secrets", action="store_true", help="with the signing keys")
    parser.add_argument("--file", help="write it to this file, not to standard output")


def run(flags: argparse.Namespace) -> str:
    """Return what is to be printed.

    Raises:
        Refused
    """
    query = {**({"pool": ",".join(flags.pool)} if flags.pool else {}), **({"secrets": "1"} if flags.secrets else {})}
    url = remote.url_of(flags, os.environ)
    content = remote.call(url, "GET", f"/_emulator/export?{urlencode(query)}")
    if flags.file is None:
        return content.decode()
    write_file(flags.file, content)
    return f"written to {flags.file}\n"
