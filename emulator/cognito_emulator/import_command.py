"""`cognito-emulator import`: a seed from what people have."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import strict_json
from cognito_emulator.files import Refused, read_file, write_file

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.draft import Imported
    from cognito_emulator.seed.problems import Mistake

_SUFFIXES = (".json", ".yaml", ".yml", ".template", ".tfstate", ".js", ".ts", ".csv")
MAX_BYTES = 64 * 1024 * 1024  # of one file


class Written(Struct, frozen=True):
    """What is printed: the seed, unless a file has it; remarks for standard error."""

    text: str
    remarks: Sequence[str]
    is_refused: bool = False


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="templates, states, answers, other emulators' files")
    add_seed_flags(parser)
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of a template; also exports of other stacks and AWS::StackName",
    )
    parser.add_argument(
        "--parameters",
        metavar="FILE",
        help="parameters of a template in JSON: an object, or CloudFormation's list of ParameterKey and ParameterValue",
    )
    parser.add_argument("--region", default="us-east-1", help="of pools whose Region the files do not say")
    parser.add_argument("--account", default="000000000000", help="of the ARNs that templates make")


def add_seed_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags about the seed that is written."""
    parser.add_argument("-o", "--output", metavar="SEED", help="write the seed to this file, not to standard output")
    parser.add_argument("--password", help="of all users whose password is not known; it must fit the pool's policy")
    parser.add_argument(
        "--trigger",
        action="append",
        default=[],
        metavar="NAME=FUNCTION",
        help="a function for a Lambda trigger, such as PreSignUp=./sign_up.py:handler or an ARN",
    )
    parser.add_argument("--keep-triggers", action="store_true", help="keep the ARNs of Lambda triggers as they are")


def run(flags: argparse.Namespace) -> Written:
    """Return what is to be printed.

    Raises:
        Refused: a file is none of the formats, or holds a mistake.
    """
    from cognito_emulator.seed.importing.options import Options
    from cognito_emulator.seed.importing.recognise import FORMATS
    from cognito_emulator.seed.parse import Parser

    options = Options(
        region=flags.region,
        account=flags.account,
        parameters={**_parameters(flags.parameters), **_pairs(flags.parameter, "--parameter")},
        password=flags.password,
        triggers=_pairs(flags.trigger, "--trigger"),
        keeps_triggers=flags.keep_triggers,
    )
    parser = Parser(options)
    for name in _files(flags.files):
        _check_size(name)
        parser.import_file(name, FORMATS)
    made = parser.imported()
    if parser.notes.mistakes or made is None:
        raise Refused("\n".join(map(str, parser.notes.told())))
    return written(made, parser.import_name, flags)


def written(made: Imported, source: str, flags: argparse.Namespace) -> Written:
    """Return the seed as text, or write it to a file.

    The remarks tell what was left out, and what is refused of it.

    Raises:
        Refused: the file cannot be written.
    """
    from cognito_emulator.seed.applying import check_mapping
    from cognito_emulator.seed.plain import as_yaml

    text = f"{_head(source, made.left_out)}{as_yaml(made.content)}"
    base = Path(flags.output).parent if flags.output else Path.cwd()
    mistakes = check_mapping(made.content, flags.output or source, base)
    remarks = [str(one) for one in made.left_out]
    if mistakes:
        remarks += [f"refused: {one}" for one in mistakes]
        remarks.append("cognito-emulator: the seed is refused; change it or its source where it says so.")
    if flags.output:
        write_file(flags.output, text.encode())
        text = f"written to {flags.output}\n"
    return Written(text, remarks, is_refused=bool(mistakes))


def pairs_of_triggers(flags: argparse.Namespace) -> Mapping[str, str]:
    """Return the functions by trigger name.

    Raises:
        Refused
    """
    return _pairs(flags.trigger, "--trigger")


def _pairs(given: Sequence[str], flag: str) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not name or not equals:
            raise Refused(f"{flag} {one!r}: it is NAME=VALUE.")
        found[name.strip()] = value
    return found


def _parameters(name: str | None) -> dict[str, str]:
    """Return the parameters in a file; a list of values is written with commas."""
    if name is None:
        return {}
    try:
        found = strict_json.decode_own(read_file(name))
    except ValueError:
        raise Refused(f"{name} is no JSON.") from None
    if isinstance(found, list):
        pairs = [one for one in found if isinstance(one, dict) and "ParameterKey" in one]
        found = (
            {one["ParameterKey"]: one.get("ParameterValue", "") for one in pairs} if len(pairs) == len(found) else None
        )
    if isinstance(found, dict) and isinstance(found.get("Parameters"), dict):
        found = found["Parameters"]
    if not isinstance(found, dict):
        raise Refused(f"{name} has no parameters: it is an object of names and values, or CloudFormation's list.")
    return {str(key): _parameter_text(value) for key, value in found.items() if not isinstance(value, dict)}


def _parameter_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_parameter_text, value))
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _files(names: Sequence[str]) -> list[str]:
    """Return the files, and those in folders by name.

    A folder stands for the files in it that may be of a format.
    """
    found = []
    for name in names:
        inside = sorted(path for path in Path(name).glob("*") if path.suffix in _SUFFIXES) if _is_folder(name) else []
        if _is_folder(name) and not inside:
            raise Refused(f"{name} has no file that can be imported ({', '.join(_SUFFIXES)}).")
        found += list(map(str, inside)) or [name]
    return found


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except ValueError:  # a NUL in the path
        return False


def _check_size(name: str) -> None:
    try:
        size = Path(name).stat().st_size
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise Refused(f"cannot read {name}: {reason}.") from None
    if size > MAX_BYTES:
        raise Refused(f"{name} has {size} bytes; a file may have {MAX_BYTES}.")


def _head(source: str, left_out: Sequence[Mistake]) -> str:
    lines = [f"Made by cognito-emulator from {source}."]
    if left_out:
        lines += ["What it does not carry over, or not as it was:", *(f"- {one}" for one in left_out)]
    return "".join(f"# {_one_line(line)}\n" for line in lines)


def _one_line(text: str) -> str:
    """Return a text that stays inside a comment."""
    return "".join(character if character.isprintable() else " " for character in text)
