"""Users imported with their password hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import argon2
import bcrypt
from msgspec.structs import replace

from cognito_emulator.domain.users.imported_hash import read
from cognito_emulator.domain.users.user import User
from tests.helpers.build import PASSWORD, Setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.imports import COLUMNS, MAIL, ROLE, put

WRONG = ("NotAuthorizedException", "Incorrect username or password.")
NEW = "Different-horse-8"


def scrypt(password: str) -> str:
    derived = hashlib.scrypt(password.encode(), salt=b"somesalt", n=16, r=8, p=1, dklen=32)
    return f"16$8$1${b'somesalt'.hex()}${derived.hex()}"


def pbkdf2(password: str) -> str:
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), b"somesalt", 10)
    return f"$pbkdf2-sha256$10$c29tZXNhbHQ${base64.b64encode(derived).decode().rstrip('=')}"


MAKE: dict[str, Callable[[str], str]] = {
    "BCRYPT": lambda password: bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode(),
    "SCRYPT": scrypt,
    "ARGON2ID": argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash,
    "PBKDF2_SHA256": pbkdf2,
}


def run(
    running: Running, idp: Any, at: Setup, algorithm: str | None, *rows: dict[str, str], columns: Any = None
) -> dict[str, Any]:
    """A job with these rows, at its end."""
    members = {"PasswordHashingAlgorithm": algorithm} if algorithm else {}
    made = idp.create_user_import_job(UserPoolId=at.pool, JobName="j", CloudWatchLogsRoleArn=ROLE, **members)
    made = made["UserImportJob"]
    names = columns or [*COLUMNS, "password_hash"]
    lines = [names, *([row.get(name, "").replace(",", r"\,") for name in names] for row in rows)]
    assert put(running, made["PreSignedUrl"], "\n".join(",".join(line) for line in lines).encode()) == 200
    ids = {"UserPoolId": at.pool, "JobId": made["JobId"]}
    idp.start_user_import_job(**ids)
    found: dict[str, Any] = made
    while found["Status"] in ("Created", "Pending", "InProgress"):
        found = idp.describe_user_import_job(**ids)["UserImportJob"]
    return found


def row(name: str, text: str) -> dict[str, str]:
    return {"cognito:username": name, **MAIL, "email": f"{name}@example.com", "password_hash": text}


def brought(running: Running, idp: Any, at: Setup, password: str = PASSWORD, algorithm: str = "SCRYPT") -> None:
    """ann, imported with the hash of a password."""
    assert run(running, idp, at, algorithm, row("ann", MAKE[algorithm](password)))["ImportedUsers"] == 1


def kept(running: Running, at: Setup, name: str = "ann") -> User:
    found = running.world.store.users.find("username", (at.pool, name))
    assert found is not None
    return found


def change(running: Running, changed: User) -> None:
    async def write() -> None:
        with running.world.store.write():
            running.world.store.users.put(changed)

    running.run(write())


def signed_in(running: Running, idp: Any, at: Setup) -> str:
    """An access token of ann, who has signed in without a password and is known by a hash."""
    user(running, at.pool)
    token: str = sign_in(idp, at)["AccessToken"]
    changed = replace(kept(running, at), password=None, imported_hash=read("SCRYPT", scrypt(PASSWORD)))
    change(running, changed)
    return token
