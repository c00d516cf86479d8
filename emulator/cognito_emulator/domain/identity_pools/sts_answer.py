"""The XML answer of an STS endpoint to AssumeRoleWithWebIdentity.

[docs: STS AssumeRoleWithWebIdentity] A document type declaration is refused before anything in it is read, so that no
entity is ever expanded.
"""

from __future__ import annotations

from datetime import datetime
from xml.parsers import expat

from cognito_emulator.domain.identity_pools.aws_credentials import Credentials

_WANTED = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


class BadAnswer(Exception):
    """The answer's mistake, in a few words."""


def parse(body: bytes) -> Credentials:
    """Read the credentials in the answer.

    Raises:
        BadAnswer
    """
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, _: object) -> None:
        path.append(name.rpartition(" ")[2])

    def end(_: str) -> None:
        path.pop()

    def text(data: str) -> None:
        if path[-2:-1] == ["Credentials"] and path[-1] in _WANTED:
            found[path[-1]] = found.get(path[-1], "") + data

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise BadAnswer("it is not well-formed XML") from None
    values = {name: found.get(name, "").strip() for name in _WANTED}
    if not all(values.values()):
        raise BadAnswer("it holds no credentials")
    try:
        expires = datetime.fromisoformat(values["Expiration"]).timestamp()
    except (ValueError, OverflowError):
        raise BadAnswer("its Expiration is no time") from None
    return Credentials(values["AccessKeyId"], values["SecretAccessKey"], values["SessionToken"], expires)


def _refuse_doctype(*_: object) -> None:
    raise BadAnswer("a document type declaration is not allowed")
