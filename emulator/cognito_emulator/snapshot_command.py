"""Save, load, list, compare and delete snapshots: `cognito-emulator snapshot`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from cognito_emulator import remote
from cognito_emulator.domain import strict_json
from cognito_emulator.files import read_file, write_file

_SHOWN = 20  # records of a comparison, for each table and kind


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the commands and their flags."""
    commands = parser.add_subparsers(metavar="action", required=True)

    def add(name: str, text: str, run: Callable[[argparse.Namespace, str], str]) -> argparse.ArgumentParser:
        action = commands.add_parser(name, help=text, allow_abbrev=False)
        remote.add_to(action)
        action.set_defaults(act=run)
        return action

    save = add("save", "take a snapshot", _save)
    save.add_argument("name")
    save.add_argument("--file", help="write it to this file too; it holds secrets")
    load = add("load", "go back to a snapshot", _load)
    load.add_argument("name")
    load.add_argument("--file", help="read it from this file first")
    add("list", "list the snapshots", _list).add_argument("--json", action="store_true", help="as JSON")
    diff = add("diff", "show how one differs from another, or from now", _diff)
    diff.add_argument("name")
    diff.add_argument("other", nargs="?", default="now")
    diff.add_argument("--json", action="store_true", help="as JSON")
    add("rm", "delete snapshots", _remove).add_argument("names", nargs="+", metavar="name")


def run(flags: argparse.Namespace) -> str:
    """Do what the flags say, and return what is to be printed.

    Raises:
        Refused
    """
    printed: str = flags.act(flags, remote.url_of(flags, os.environ))
    return printed


def _path(*names: str) -> str:
    return "/".join(("/_emulator/snapshots", *(quote(name, safe="") for name in names)))


def _ask(url: str, method: str, path: str) -> Any:
    return strict_json.decode_own(remote.call(url, method, path))


def _save(flags: argparse.Namespace, url: str) -> str:
    saved = _ask(url, "POST", _path(flags.name))
    if flags.file is not None:
        write_file(flags.file, remote.call(url, "GET", _path(flags.name)))
    return f"saved {_line(saved)}"


def _load(flags: argparse.Namespace, url: str) -> str:
    if flags.file is not None:
        remote.call(url, "POST", _path(flags.name), read_file(flags.file), "application/gzip")
    loaded = _ask(url, "PUT", _path(flags.name))
    return f"loaded {_line(loaded)}; {loaded['changed']} records changed"


def _list(flags: argparse.Namespace, url: str) -> str:
    found = _ask(url, "GET", _path())
    if flags.json:
        return json.dumps(found, indent=2)
    return "\n".join(f"{snapshot['taken']}  {_line(snapshot)}" for snapshot in found["snapshots"])


def _line(snapshot: Mapping[str, Any]) -> str:
    return f"{snapshot['name']}: {snapshot['pools']} pools, {snapshot['users']} users, {snapshot['records']} records"


def _diff(flags: argparse.Namespace, url: str) -> str:
    found = _ask(url, "GET", f"{_path(flags.name)}/diff/{quote(flags.other, safe='')}")
    if flags.json:
        return json.dumps(found, indent=2)
    lines = []
    for table, kinds in found["tables"].items():
        for kind, sign in (("added", "+"), ("removed", "-"), ("changed", "~")):
            for record in kinds[kind][:_SHOWN]:
                lines.append(f"{sign} {table} {record['key']}{_fields(record)}")
            if len(kinds[kind]) > _SHOWN:
                lines.append(f"{sign} {table}: {len(kinds[kind]) - _SHOWN} more")
    lines.append(f"{found['added']} added, {found['removed']} removed, {found['changed']} changed")
    return "\n".join(lines)


def _fields(record: Mapping[str, Any]) -> str:
    """Return what changed in a record, by field; a masked value looks as it did."""
    if "before" not in record:
        return ""
    before, after = record["before"], record["after"]
    names = [name for name in after if after[name] != before.get(name)] or ["a masked value"]
    return f" ({', '.join(names)})"


def _remove(flags: argparse.Namespace, url: str) -> str:
    for name in flags.names:
        remote.call(url, "DELETE", _path(name))
    return f"deleted {', '.join(flags.names)}"
