"""CSV files of user import, as CreateUserImportJob takes them.

[docs: cognito-user-pools-using-import-tool]
"""

from __future__ import annotations

from cognito_emulator.domain.pools.attributes import VERIFIED_FLAGS
from cognito_emulator.domain.users.user import RESET_REQUIRED
from cognito_emulator.domain.users.user_csv import HASH, BadFile, cells, lines_of
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.problems import Place

_NAME, _MFA = "cognito:username", "cognito:mfa_enabled"


def is_user_csv(source: str) -> bool:
    """Return whether the first line is the header of a user import."""
    return _NAME in cells(source.partition("\n")[0][:16_000])


def add_users(draft: Draft, name: str, source: str) -> None:
    """Add the users of a file to the one pool there is."""
    place = Place(name, 1)
    try:
        lines = lines_of(source.encode())
    except BadFile as error:
        draft.notes.add(place, str(error))
        return
    pool = draft.only_pool(place, "the rows of the CSV file")
    columns = cells(lines[0])
    if HASH in columns:
        draft.leave_out(place, "the password hashes: an import job reads them (CreateUserImportJob)")
    for number, line in enumerate(lines[1:], 2):
        if pool is None or not line.strip():
            continue
        at, values = Place(name, number), cells(line)
        if len(values) != len(columns):
            draft.notes.add(at, f"the row has {len(values)} values, the header {len(columns)} columns")
            continue
        row = {column: value for column, value in zip(columns, values, strict=True) if value}
        if row.pop(_MFA, "").lower() == "true":
            draft.leave_out(at, "MFA by SMS of the user")
        row.pop(HASH, None)
        username = row.pop(_NAME, "") or next((row[one] for one in pool.username_attributes if one in row), "")
        flags = {flag: row[flag].lower() for flag in VERIFIED_FLAGS if flag in row}
        pool.users.add(at, username, {**row, **flags}, UserStatus=RESET_REQUIRED)
