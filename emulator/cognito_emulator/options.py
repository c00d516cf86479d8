"""The settings on the command line and in the environment, in one table.

Flags win over variables, and variables over defaults.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.hosts import base_url_of, origin_of
from cognito_emulator.domain.server_names import name_of
from cognito_emulator.settings import LENIENT, REQUEST, Settings

PREFIX = "COGNITO_EMULATOR_"
# What `exec` tells its command.
TOLD = ("COGNITO_EMULATOR_URL", "COGNITO_EMULATOR_TLS_URL", "COGNITO_EMULATOR_HOSTS")


class BadSetting(Exception):
    """A value that cannot be used.

    The text names the flag or variable, and says why.
    """


def _host(text: str) -> str:
    if not text.strip() or any(c.isspace() or c == "/" for c in text):
        raise ValueError(f"{text!r} is not a host name or address")
    return text.removeprefix("[").removesuffix("]")


def _whole(text: str, low: int, high: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise ValueError(f"{text!r} is not {what}")
    return int(text)


def _port(text: str) -> int:
    return _whole(text, 0, 65535, "a port (0 to 65535; 0 takes a free one)")


def _max_body(text: str) -> int:
    return _whole(text, 1, 2**40, "a number of bytes above 0")


def _seconds(text: str) -> int:
    return _whole(text, 0, 86400, "a number of seconds (0 to 86400; 0 waits for ever)")


def _history(text: str) -> int:
    return _whole(text, 0, 100_000, "a number of requests (0 to 100000; 0 remembers none)")


def _public_url(text: str) -> str:
    return text if text == REQUEST else base_url_of(text)


def _threads(text: str) -> int | None:
    return None if text == "auto" else _whole(text, 0, 64, "auto or a number of threads (0 to 64; 0 uses none)")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name_of(name) for name in text.split(","))


def _origins(text: str) -> tuple[str, ...]:
    found = []
    for entry in text.split(","):
        try:
            found.append(origin_of(entry.strip()))
        except ValueError:
            raise ValueError(f"{entry!r} is not an origin such as https://app.example.com:3000") from None
    return tuple(found)


def _issuer(text: str) -> str:
    if text in ("local", "aws"):
        return text
    try:
        return base_url_of(text)
    except ValueError as error:
        raise ValueError(f"{error}; an issuer is local, aws or a URL") from None


def _code(text: str) -> str:
    # `[\S]+`, 1 to 2048 characters [model: ConfirmationCodeType].
    if not re.fullmatch(r"\S{1,2048}", text):
        raise ValueError("a code has 1 to 2048 characters, none of them blank")
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError(f"{text!r} is not an account id of 12 digits")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", text):
        raise ValueError(f"{text!r} is not a region such as eu-north-1")
    return text


def _log_format(text: str) -> str:
    if text not in ("auto", "text", "json"):
        raise ValueError(f"{text!r} is not a log format: auto, text or json")
    return text


def _smtp(text: str) -> str:
    from cognito_emulator.ports.smtp import server_of  # it imports Python's mail packages

    server_of(text)
    return text


def _functions(text: str) -> tuple[str, ...]:
    read = []
    for entry in text.split(","):
        name, equals, url = (part.strip() for part in entry.partition("="))
        if not (name and equals):
            raise ValueError(f"{entry!r} is not a function's name or ARN, = and a URL")
        read.append(f"{name}={base_url_of(url)}")
    return tuple(read)


def _attempts(text: str) -> int:
    # AWS once promised three attempts [assumed]; it promises no number now.
    if text not in ("1", "2", "3"):
        raise ValueError(f"{text!r} is not a number of attempts from 1 to 3")
    return int(text)


def _lenient(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in LENIENT:
            raise ValueError(f"{name!r} is none of: {', '.join(LENIENT)}")
    return names


def _switch(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{text!r} is neither 1 nor 0")


def _path(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError(f"{text!r} is not a path")
    return text


def _seeds(text: str) -> tuple[str, ...]:
    # A seed itself is one entry: it may have the separator of paths in it.
    if "\n" in text or text.lstrip().startswith("{"):
        return (text,)
    return tuple(path for path in text.split(os.pathsep) if path)


class Option(Struct, frozen=True):
    """One setting.

    `flag` without dashes also makes the variable's name. A `switch` has no value as a flag. One of `many` may be given
    again; its values are separated by commas.
    """

    flag: str
    field: str
    read: Callable[[str], Any]
    help: str
    metavar: str | None = None
    switch: bool = False
    many: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.flag.upper().replace("-", "_")

    def meant(self, value: Any) -> Any:
        """Return the field's value for the flag's.

        `--no-log-codes` is about `log_codes`.
        """
        return not value if self.field == "log_codes" else value


_METADATA = "take client metadata documents (CIMD) of this machine, by http too"
OPTIONS = (
    Option("host", "host", _host, "address to listen on; localhost is 127.0.0.1 and ::1", "HOST"),
    Option("port", "port", _port, "port; 0 takes a free one", "PORT"),
    Option("seed", "seeds", _seeds, "seed file (YAML, JSON) or folder of them; may be given again", "FILE"),
    Option("seeds-dir", "seeds_dir", _path, "folder of seeds in place of the built-in one, if it has any", "DIR"),
    Option("no-seed", "no_seed", _switch, "start empty, without the built-in seed", switch=True),
    Option("import", "import_file", _path, "seed, such as the file of export-on-exit, if it is there yet", "FILE"),
    Option("export-on-exit", "export_on_exit", _path, "write everything to this file as a seed at the end", "FILE"),
    Option("issuer", "issuer", _issuer, "issuer of tokens: local (the public URL), aws, or a URL", "ISSUER"),
    Option("impersonate", "impersonate", _switch, "serve AWS's own host names by a proxy on the port", switch=True),
    Option("proxy-others", "proxy_others", _switch, "let that proxy pass on to other public hosts", switch=True),
    Option("public-url", "public_url", _public_url, "URL under which clients reach the emulator, or request", "URL"),
    Option("allow-origin", "allow_origin", _origins, "web pages that may call what AWS signs", "ORIGIN,..."),
    Option("allow-http-metadata", "allow_http_metadata", _switch, _METADATA, switch=True),
    Option("code", "code", _code, "make every message code this one", "CODE"),
    Option("no-log-codes", "log_codes", _switch, "leave codes out of the log", switch=True),
    Option("account", "account", _account, "account of callers whose access key is not one", "ID"),
    Option("region", "region", _region, "region of unsigned calls and seeds", "REGION"),
    Option("sts-endpoint", "sts_endpoint", base_url_of, "STS that issues identity pools' credentials", "URL"),
    Option("fallback", "fallback", base_url_of, "server to which the calls of other AWS services are passed on", "URL"),
    Option("smtp-url", "smtp_url", _smtp, "SMTP server to which e-mails are relayed", "URL"),
    Option("max-body", "max_body", _max_body, "largest request body", "BYTES"),
    Option("idle-timeout", "idle_timeout", _seconds, "seconds a request may stay idle; 0 for ever", "SECONDS"),
    Option("lambda-endpoint", "lambda_endpoint", base_url_of, "Lambda API that has the functions of triggers", "URL"),
    Option("lambda-functions", "lambda_functions", _functions, "functions elsewhere, by name or ARN", "NAME=URL,..."),
    Option("lambda-attempts", "lambda_attempts", _attempts, "calls of a function that times out, 1 to 3", "N"),
    Option("lenient", "lenient", _lenient, "refusals of AWS to leave out: custom-message", "NAME,..."),
    Option("tls", "tls", _switch, "serve HTTPS too, by a local certificate authority", switch=True),
    Option(
        "tls-name", "tls_names", _names, "name under which it is reached too; may be given again", "NAME", many=True
    ),
    Option("tls-port", "tls_port", _port, "port of HTTPS; 0 takes a free one", "PORT"),
    Option("tls-cert", "tls_cert", _path, "your certificate, in PEM, with its chain", "FILE"),
    Option("tls-key", "tls_key", _path, "key of that certificate, in PEM", "FILE"),
    Option("tls-dir", "tls_dir", _path, "where the certificate authority is kept", "DIR"),
    Option("crypto-threads", "crypto_threads", _threads, "threads for signatures and SRP; auto: by the cores", "N"),
    Option("history", "history", _history, "requests that are remembered, 0 to 100000", "N"),
    Option("data", "data", _path, "folder that keeps everything; without it all is in memory", "DIR"),
    Option("ready-file", "ready_file", _path, "JSON file that is there while the emulator answers", "FILE"),
    Option("log-format", "log_format", _log_format, "text, json, or auto: json unless on a terminal", "FORMAT"),
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the flags to the parser; those that are not given stay None."""
    for option in OPTIONS:
        text = f"{option.help} [{option.variable}]".replace("%", "%%")
        flag = f"--{option.flag}"
        if option.switch:
            parser.add_argument(flag, dest=option.field, action="store_const", const="1", help=text)
        elif option.field == "seeds" or option.many:
            parser.add_argument(flag, dest=option.field, action="append", metavar=option.metavar, help=text)
        else:
            parser.add_argument(flag, dest=option.field, metavar=option.metavar, help=text)


def settings_from(flags: argparse.Namespace, environment: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """Read the settings, and where each came from.

    The origin is "flag", "environment" or "default" by field. A flag about seeds wins over a variable about seeds:
    `--seed` over COGNITO_EMULATOR_NO_SEED.

    Raises:
        BadSetting
    """
    values: dict[str, Any] = {}
    origins = dict.fromkeys((option.field for option in OPTIONS), "default")
    for option in OPTIONS:
        flag, variable = getattr(flags, option.field), environment.get(option.variable, "")
        if flag is not None:
            values[option.field], origins[option.field] = _read_flag(option, flag), "flag"
        elif variable:  # `${NAME:-}` in a compose file makes an empty variable of an unset one
            values[option.field], origins[option.field] = _read(option, option.variable, variable), "environment"
    _settle_seeds(values, origins)
    if ("tls_cert" in values) != ("tls_key" in values):
        raise BadSetting("tls-cert and tls-key go together")
    _check_impersonation(values)
    return Settings(**values), origins


def _check_impersonation(values: Mapping[str, Any]) -> None:
    """Refuse settings that contradict --impersonate.

    Raises:
        BadSetting
    """
    if values.get("impersonate") and values.get("issuer", "aws") != "aws":
        raise BadSetting("impersonate issues tokens as AWS does: leave issuer out, or make it aws")
    if values.get("proxy_others") and not values.get("impersonate"):
        raise BadSetting("proxy-others is about the proxy of impersonate, which is off")


def _read_flag(option: Option, given: str | Sequence[str]) -> Any:
    if isinstance(given, str):
        return _read(option, f"--{option.flag}", given)
    if option.many:
        return _read(option, f"--{option.flag}", ",".join(given))
    # A path that is there may have the separator in its name.
    paths = [(each,) if os.path.lexists(each) else _seeds(each) for each in given]
    if not all(paths):
        raise BadSetting(f"--{option.flag}: an empty path")
    return tuple(path for each in paths for path in each)


def _read(option: Option, source: str, text: str) -> Any:
    try:
        return option.meant(option.read(text))
    except ValueError as error:
        raise BadSetting(f"{source}: {error}") from None


def _settle_seeds(values: dict[str, Any], origins: dict[str, str]) -> None:
    if not (values.get("seeds") and values.get("no_seed")):
        return
    if origins["seeds"] == origins["no_seed"]:
        raise BadSetting("a seed and no-seed exclude each other")
    loser = "no_seed" if origins["seeds"] == "flag" else "seeds"
    del values[loser]
    origins[loser] = "default"


def warnings(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """List warnings about settings that are accepted.

    They are about unknown variables with the emulator's prefix, and a code in a form that no real one has.
    """
    known = [option.variable for option in OPTIONS]
    found = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name not in (*known, *TOLD):
            from difflib import get_close_matches  # rarely needed

            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."
            found.append(f"{name} is not a setting and has no effect.{hint}")
    if settings.code is not None and not re.fullmatch(r"[0-9]{6}", settings.code):
        found.append("The fixed code is not 6 digits, as every real one is: clients may refuse it.")
    return found


def shown(settings: Settings, origins: Mapping[str, str]) -> list[str]:
    """Return the lines that `cognito-emulator config` prints, one for each setting."""
    return [
        f"{option.variable}={_shown(option, getattr(settings, option.field))}  # {origins[option.field]}"
        for option in OPTIONS
    ]


def _shown(option: Option, setting: Any) -> str:
    value = option.meant(setting)
    if option.field == "seeds":
        value = os.pathsep.join(value) or "(built in)"
    elif isinstance(value, tuple):
        value = ",".join(value)
    elif option.field == "smtp_url" and value is not None:
        value = re.sub(r"//[^/]*@", "//***@", value)  # without the password
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
