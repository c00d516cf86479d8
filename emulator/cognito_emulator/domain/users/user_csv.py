"""The files of user import: columns, lines, rows.

[docs: cognito-user-pools-using-import-tool]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.domain.pools.attributes import VERIFIED_FLAGS, Schema, check_new_user, normalized
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.imported_hash import BadHash, ImportedHash, read

# In the service's order [docs: GetCSVHeader]. `sub` and `identities` are not among them: a file cannot set them.
_STANDARD = (
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
    "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
    "phone_number_verified", "address", "updated_at",
)  # fmt: skip
_LAST = ("cognito:mfa_enabled", "cognito:username")


def header(schema: Schema) -> list[str]:
    """List the columns of a pool's file, in the order of the template.

    They are standard, custom, MFA, user name. Custom attributes are in the order in which the pool got them. Developer
    attributes (`dev:`) are not documented as columns, so that there are none [assumed]. Nor is `password_hash` among
    them: the documented template has it, the sample of the answer does not
    [docs: cognito-user-pools-using-import-tool].
    """
    custom = [name for name in schema if name.startswith("custom:")]
    return [*_STANDARD, *custom, *_LAST]


# --- files ---------------------------------------------------------------------------------------------

MAX_ROW = 16_000  # characters
MAX_ROWS = 500_000
_PIECE = 256 * 1024  # bytes
HASH = "password_hash"
_FLAGS = {"true": "true", "false": "false", "": ""}


class BadFile(Exception):
    """The file cannot be read at all; the text is the job's CompletionMessage."""


class BadRow(Exception):
    """A row that makes no user; the text goes into the log."""


class Row(Struct, frozen=True, gc=False):
    """The contents of a row: user name, attributes, a hash.

    In a pool with username attributes the user name is the address.
    """

    username: str
    attributes: Mapping[str, str]
    hashed: ImportedHash | None


def lines_of(content: bytes) -> list[str]:
    """List the lines of a file, the header first.

    Empty ones stay, so that line numbers are right.

    Raises:
        BadFile: no UTF-8, no header, or too many rows [own wording].
    """
    try:
        lines = list(_lines(content))
    except UnicodeDecodeError:
        raise BadFile("The CSV file is not encoded in UTF-8.") from None
    if not lines[0].strip():
        raise BadFile("The CSV file has no header.")
    if len(lines[0]) > MAX_ROW:
        raise BadFile(f"The header of the CSV file is longer than {MAX_ROW} characters.")
    if len(lines) > MAX_ROWS and sum(bool(line.strip()) for line in lines) > MAX_ROWS + 1:
        raise BadFile(f"The CSV file has more than {MAX_ROWS} rows.")
    return lines


def _lines(content: bytes) -> Iterator[str]:
    """Yield the lines, a piece of the file at a time.

    To decode or split all is one call, during which no other thread of Python runs.
    """
    at = 0
    while True:
        end = content.find(b"\n", at + _PIECE)
        piece = content[at:] if end < 0 else content[at:end].removesuffix(b"\r")
        yield from piece.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if end < 0:
            return
        at = end + 1


def cells(line: str) -> list[str]:
    r"""Split a line into its values, trimmed.

    There are no quotes; a comma inside a value is written `\,`.
    """
    found, value, escaped = [], "", False
    for character in line:
        if escaped:
            value += character if character == "," else f"\\{character}"
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ",":
            found.append(value.strip())
            value = ""
        else:
            value += character
    return [*found, (value + "\\" * escaped).strip()]


def check_columns(schema: Schema, columns: Sequence[str], algorithm: str | None = None) -> None:
    """Check the columns: every one of the template once, in any order.

    The column for hashes is required with an `algorithm`.

    Raises:
        BadFile
    """
    wanted, found = set(header(schema)), set(columns)
    if not wanted <= found <= wanted | {HASH} or len(found) < len(columns):
        raise BadFile("The header of the CSV file does not match the user pool.")
    if algorithm is not None and HASH not in columns:
        raise BadFile(f"The CSV file has no {HASH} column.")


def row_of(pool: Pool, columns: Sequence[str], line: str, algorithm: str | None = None) -> Row:
    """Read the user that a line describes.

    Raises:
        BadRow: it breaks a documented rule or one of the pool.
    """
    if len(line) > MAX_ROW:
        raise BadRow(f"The row is longer than {MAX_ROW} characters.")
    values = cells(line)
    if len(values) != len(columns):
        raise BadRow("The number of values differs from the number of columns.")
    given = dict(zip(columns, values, strict=True))
    hash_text = given.pop(HASH, "")
    _check_mfa(pool, given.pop("cognito:mfa_enabled").lower())
    username = _username(pool, given.pop("cognito:username"), given)
    attributes = {name: value for name, value in given.items() if value}
    for flag in VERIFIED_FLAGS:
        if attributes.get(flag, "").lower() not in _FLAGS:
            raise BadRow(f"The value of {flag} must be true or false.")
    attributes = normalized(attributes)
    _check_verified(pool, attributes)
    try:
        check_new_user(pool.schema, attributes, required=True)
    except InvalidParameter as refusal:
        raise BadRow(refusal.message.strip()) from None
    return Row(username, attributes, _hash(algorithm, hash_text))


def _hash(algorithm: str | None, text: str) -> ImportedHash | None:
    try:
        return read(algorithm, text) if algorithm and text else None
    except BadHash as refusal:
        raise BadRow(str(refusal)) from None


def _check_mfa(pool: Pool, value: str) -> None:
    fits = {"ON": ("true", ""), "OFF": ("false", ""), "OPTIONAL": ("true", "false", "")}[pool.mfa.mode]
    if value not in fits:
        raise BadRow("The value of cognito:mfa_enabled does not fit the MFA setting of the user pool.")


def _username(pool: Pool, username: str, given: Mapping[str, str]) -> str:
    """Return the user name of a row.

    In a pool with username attributes the column may be empty: the address is the name.
    """
    if pool.username_attributes:
        username = username or next((given[name] for name in sorted(pool.username_attributes) if given.get(name)), "")
    if not username:
        raise BadRow("The row has no cognito:username.")
    if any(character.isspace() for character in username) or len(username) > 128:
        raise BadRow("The value of cognito:username is not a valid username.")
    return username


def _check_verified(pool: Pool, attributes: Mapping[str, str]) -> None:
    verified = [name for name in pool.auto_verified if attributes.get(f"{name}_verified") == "true"]
    if not any(attributes.get(name) for name in verified):
        raise BadRow(
            "The User Record does not set any of the auto verified attributes to true. "
            "(Example: email_verified to true)."
        )
