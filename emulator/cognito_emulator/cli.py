"""The command `cognito-emulator`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator import __version__, options
from cognito_emulator.files import Refused
from cognito_emulator.output import forget_output, is_about_output, write_utf8
from cognito_emulator.settings import Settings

if TYPE_CHECKING:
    from cognito_emulator import import_command

_EPILOG = """\
Without a command the emulator is served, with its built-in seed on http://localhost:9229.
`cognito-emulator serve --help` lists all settings; each can be given as a COGNITO_EMULATOR_… variable too.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status.

    It is 0, 1 when the command failed, 2 when its arguments were wrong.
    """
    if sys.platform == "win32":
        write_utf8(sys.stdout, sys.stderr)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in (*COMMANDS, "-h", "--help", "--version")):
        given.insert(0, "serve")
    given, command = _divide(given)
    flags = _parser(given[0]).parse_args(given)
    flags.command = command
    try:
        status: int = flags.run(flags)
        if sys.stdout is not None:
            sys.stdout.flush()
    except options.BadSetting as error:
        return _fail(str(error), 2)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of the output has ended (`… | head`): there is no receiver for an error.
        forget_output()
        return 1
    except OSError as error:
        if not is_about_output(error):
            raise
        forget_output()
        return _fail(f"cannot write to standard output: {error.strerror}.")
    return status


def _divide(given: list[str]) -> tuple[list[str], list[str]]:
    """Split what is ours from the command of `exec`, which begins after `--`."""
    if given[0] != "exec" or "--" not in given:
        return given, []
    at = given.index("--")
    return given[:at], given[at + 1 :]


def _parser(command: str | None = None) -> argparse.ArgumentParser:
    """Make the parser of all commands, or of one.

    Then the others are not there, and their modules are not imported.
    """
    parser = argparse.ArgumentParser(
        prog="cognito-emulator",
        description="A local Amazon Cognito that developers and test suites can trust.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cognito-emulator {__version__}")
    # Without `prog` argparse formats it, for which it looks for the terminal's size.
    commands = parser.add_subparsers(metavar="command", required=True, prog=parser.prog)
    for name, each in _TABLE.items() if command not in _TABLE else [(command, _TABLE[command])]:
        made = commands.add_parser(name, help=each.told, allow_abbrev=False)
        made.set_defaults(run=each.run)
        for module in each.modules:
            import_module(f"cognito_emulator.{module}").add_to(made)
        each.add_to(made)
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("seeds", nargs="+", metavar="SEED")


def _add_operations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--markdown", action="store_true", help="as the guide shows it")


def _add_guide(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", nargs="?", help="its name, such as seeds")


def _fail(text: str, status: int = 1) -> int:
    print(f"cognito-emulator: {text}", file=sys.stderr)
    return status


def _settings(flags: argparse.Namespace) -> tuple[Settings, dict[str, str]]:
    settings, origins = options.settings_from(flags, os.environ)
    for warning in options.warnings(settings, os.environ):
        print(f"cognito-emulator: warning: {warning}", file=sys.stderr)
    return settings, origins


def _serve(flags: argparse.Namespace) -> int:
    settings, _ = _settings(flags)
    # Imported here: the other commands and refused settings do not need it.
    from cognito_emulator import logs

    logs.configure(settings.log_format)
    from cognito_emulator.serve_command import serve_and_tell

    return _explained(lambda: serve_and_tell(settings))


def _explained(start: Callable[[], int]) -> int:
    """Call what starts an emulator; say in a sentence why it cannot start."""
    from cognito_emulator.ready_file import CannotWrite
    from cognito_emulator.sockets import CannotListen

    try:
        return start()
    except (CannotListen, CannotWrite, Refused) as error:
        return _fail(str(error))
    except Exception as error:
        from cognito_emulator.ports.storage import CannotUseData
        from cognito_emulator.ports.tls import CannotUseTls
        from cognito_emulator.seed import SeedError  # loaded by now, unlike at the start

        if isinstance(error, CannotUseTls):
            return _fail(f"{error} {_more('issuer')}")
        if isinstance(error, CannotUseData):
            return _fail(str(error))
        if not isinstance(error, SeedError):
            raise
        print(*error.mistakes, _more("seeds"), sep="\n", file=sys.stderr)
        return _fail(f"the seed is refused: {_count(len(error.mistakes), 'mistake')}.")


def _more(page: str) -> str:
    """Name the command that prints more about it."""
    return f"(More: cognito-emulator guide {page})"


def _exec(flags: argparse.Namespace) -> int:
    if not flags.command:
        return _fail("exec: name the command after --, as in: cognito-emulator exec -- pytest", 2)
    settings, origins = _settings(flags)
    taken = {name: 0 for name in ("port", "tls_port") if origins[name] == "default"}
    settings = replace(settings, **taken)
    from cognito_emulator import lean, logs

    lean.import_uvicorn()
    from cognito_emulator.exec_command import CannotRun, run_beside

    logs.configure(settings.log_format, level=logging.WARNING)
    try:
        return _explained(lambda: run_beside(settings, flags.command, os.environ))
    except CannotRun as error:
        return _fail(str(error), error.status)


def _snapshot(flags: argparse.Namespace) -> int:
    from cognito_emulator import snapshot_command

    return _print(lambda: f"{snapshot_command.run(flags)}\n")


def _export(flags: argparse.Namespace) -> int:
    from cognito_emulator import export_command

    return _print(lambda: export_command.run(flags))


def _print(make: Callable[[], str]) -> int:
    """Print a text, or say why it is refused."""
    try:
        print(make(), end="")
    except Refused as error:
        return _fail(str(error))
    return 0


def _guide(flags: argparse.Namespace) -> int:
    from cognito_emulator.ports import guide

    if flags.page is None:
        print(*(f"{page.name:<20} {page.summary}" for page in guide.pages()), sep="\n")
        return 0
    page = guide.find(flags.page)
    if page is None:
        return _fail(f"the guide has no page {flags.page!r}; cognito-emulator guide lists them.", 2)
    print(page.text, end="")
    return 0


def _health(flags: argparse.Namespace) -> int:
    from cognito_emulator import health_command

    settings, _ = options.settings_from(flags, os.environ)
    return _print(lambda: f"{health_command.check(settings)} is ready.\n")


def _schema(_: argparse.Namespace) -> int:
    import json

    from cognito_emulator.seed.schema import schema

    print(json.dumps(schema(), indent=2))
    return 0


def _import(flags: argparse.Namespace) -> int:
    from cognito_emulator import import_command

    return _write_seed(lambda: import_command.run(flags))


def _pull(flags: argparse.Namespace) -> int:
    from cognito_emulator import pull_command

    return _write_seed(lambda: pull_command.run(flags))


def _write_seed(make: Callable[[], import_command.Written]) -> int:
    try:
        made = make()
    except Refused as error:
        return _fail(str(error))
    print(made.text, end="")
    print(*made.remarks, sep="\n", end="\n" if made.remarks else "", file=sys.stderr)
    return 1 if made.is_refused else 0


def _diff(flags: argparse.Namespace) -> int:
    from cognito_emulator import diff_command

    try:
        text, has_differences = diff_command.run(flags)
    except Refused as error:
        return _fail(str(error), 2)
    print(text)
    return 1 if has_differences else 0


def _ca(flags: argparse.Namespace) -> int:
    from cognito_emulator import ca_command
    from cognito_emulator.ports.tls import CannotUseTls

    settings, _ = _settings(flags)
    try:
        return ca_command.run(settings, is_install=flags.install)
    except CannotUseTls as error:
        return _fail(str(error))


def _node_hook(_: argparse.Namespace) -> int:
    from cognito_emulator.impersonation import NODE_HOOK

    print(NODE_HOOK)
    return 0


def _check(flags: argparse.Namespace) -> int:
    from cognito_emulator.seed import check_files, seed_files

    mistakes = check_files(flags.seeds)
    if mistakes:
        print(*mistakes, sep="\n")
        return 1
    print(f"{_count(sum(len(seed_files(each)) for each in flags.seeds), 'seed file')} without mistakes.")
    return 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _operations(flags: argparse.Namespace) -> int:
    from cognito_emulator import operations
    from cognito_emulator.wire.ledger import listing, markdown, rows

    operations.load()
    if flags.markdown:
        print(markdown(), end="")
        return 0
    if flags.json:
        import json

        print(json.dumps(rows(), indent=2))
        return 0
    print(listing(), end="")
    return 0


def _config(flags: argparse.Namespace) -> int:
    from cognito_emulator import config_command

    if config_command.is_for_client(flags):
        try:
            text, note = config_command.run(flags)
        except Refused as error:
            return _fail(str(error))
        print(text, end="")
        if note:
            print(note, file=sys.stderr)
        return 0
    settings, origins = _settings(flags)
    print(*options.shown(settings, origins), sep="\n")
    return 0


class _Command(Struct, frozen=True):
    """A command: its help, what runs it, and where its flags come from.

    `modules` are imported when it is the one that is called.
    """

    told: str
    run: Callable[[argparse.Namespace], int]
    modules: Sequence[str] = ()
    add_to: Callable[[argparse.ArgumentParser], None] = lambda _: None


_TABLE = {
    "serve": _Command("start the emulator (the default)", _serve, ["options"]),
    "exec": _Command("run a program beside an emulator of its own: exec [settings] -- COMMAND ...", _exec, ["options"]),
    "ca": _Command("print the certificate to trust, or install it", _ca, ["ca_command"]),
    "node-hook": _Command("print the path of the hook for Node programs", _node_hook),
    "check": _Command("print the mistakes of seed files", _check, add_to=_add_check),
    "operations": _Command("list all operations and what works", _operations, add_to=_add_operations),
    "config": _Command(
        "print the effective settings and where each came from; with --for, a client's settings",
        _config,
        ["options", "config_command"],
    ),
    "snapshot": _Command(
        "save, load, list and compare snapshots of a running emulator", _snapshot, ["snapshot_command"]
    ),
    "export": _Command("write a running emulator's contents as a seed", _export, ["export_command"]),
    "guide": _Command("print a page of the guide, or the list of them", _guide, add_to=_add_guide),
    "schema": _Command("print the JSON Schema of seeds, for editors", _schema),
    "import": _Command("write a seed from templates, states, answers and other files", _import, ["import_command"]),
    "pull": _Command("write a seed from a real user pool", _pull, ["pull_command"]),
    "diff": _Command("compare two seeds, or a pool and a seed", _diff, ["diff_command"]),
    "health": _Command("tell by the exit status whether one is ready", _health, ["options"]),
}
COMMANDS = tuple(_TABLE)
