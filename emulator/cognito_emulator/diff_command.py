"""`cognito-emulator diff`: what two seeds differ in, or a pool and a seed."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

from cognito_emulator import pull_command, remote
from cognito_emulator.files import Refused

if TYPE_CHECKING:
    from cognito_emulator.seed import Seed

_POOL_ID = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    what = "a seed (or another file that import takes), the URL of a running emulator, or the id of a user pool"
    parser.add_argument("first", metavar="A", help=what)
    parser.add_argument("second", metavar="B", help="the same")
    parser.add_argument("--users", action="store_true", help="with the users of a pool that is named by its id")
    parser.add_argument("--json", action="store_true", help="as JSON")
    pull_command.add_connection(parser)


def run(flags: argparse.Namespace) -> tuple[str, bool]:
    """Return what is to be printed, and whether there is a difference.

    Raises:
        Refused: a side cannot be read.
    """
    from msgspec import to_builtins
    from msgspec.structs import replace

    from cognito_emulator.seed import SeedError
    from cognito_emulator.seed.difference import differences

    names = (flags.first, flags.second)
    try:
        first, second = (_seed_of(name, flags) for name in names)
        ids = [name for name in names if _POOL_ID.fullmatch(name)]
        if ids:
            first, second = (_limited(seed, ids, replace(seed, identity_pools=())) for seed in (first, second))
        found = differences(first, second, users=flags.users or not ids)
    except SeedError as error:
        raise Refused("\n".join(map(str, error.mistakes))) from None
    if flags.json:
        return json.dumps(to_builtins(found), indent=2, ensure_ascii=False), bool(found)
    count = len(found)
    return "\n".join([*map(str, found), "1 difference" if count == 1 else f"{count} differences"]), bool(found)


def _seed_of(name: str, flags: argparse.Namespace) -> Seed:
    from cognito_emulator.seed import parse_files, parse_mapping, parse_text

    if name.startswith(("http://", "https://")):
        return parse_text(remote.call(name.rstrip("/"), "GET", "/_emulator/export").decode(), name)
    if not _POOL_ID.fullmatch(name):
        return parse_files([name])
    asked = argparse.Namespace(
        user_pool_id=[name],
        identity_pool_id=[],
        users=flags.users,
        mask=False,
        secrets=True,
        profile=flags.profile,
        region=flags.region,
        endpoint_url=flags.endpoint_url,
        password=None,
        trigger=[],
        keep_triggers=True,
    )
    return parse_mapping(pull_command.pull(asked).content, name)


def _limited(seed: Seed, ids: list[str], without: Seed) -> Seed:
    """Return the seed with the named pools alone; with its only one, whatever its id."""
    from msgspec.structs import replace

    if len(seed.pools) == 1:
        return replace(without, login_providers=())
    return replace(without, login_providers=(), pools=tuple(pool for pool in seed.pools if pool.id in ids))
