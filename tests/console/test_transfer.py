"""Users leave the console as a seed, and come in from a seed or a CSV file."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.console_site import FORM, Site, newest
from tests.helpers.harness import Running


@pytest.fixture
def place(running: Running) -> Setup:
    made = setup(running, AutoVerifiedAttributes=["email"])
    for name in ("ann", "bob"):
        user(running, made.pool, name, email=f"{name}@example.com", email_verified="true")
    return made


def names(running: Running, place: Setup) -> list[str]:
    return [one.username for one in running.world.store.users.where("pool", place.pool)]


def exported(site: Site, place: Setup, *subs: str) -> str:
    """The file of all users, or of those."""
    if not subs:
        answer = site.get(site.at(place.pool, "users", "export"))
    else:
        path = site.at(place.pool, "users")
        fields = [("do", "export"), *(("user", sub) for sub in subs), ("csrf", site.token(path))]
        headers = {**FORM, "origin": site.origin, "sec-fetch-site": "same-origin"}
        answer = site.request("POST", path, urlencode(fields), headers)
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{place.pool}.yaml"'
    assert answer.headers["content-type"].startswith("application/yaml")
    return answer.text


def test_all_users_go_out_and_come_back(running: Running, idp: Any, site: Site, place: Setup) -> None:
    text = exported(site, place)
    for name in ("ann", "bob"):
        idp.admin_delete_user(UserPoolId=place.pool, Username=name)
    answer = site.post(site.at(place.pool, "users", "import"), {"kind": "seed", "content": text})
    assert answer.words("[role=status]") == "The seed is applied."
    assert names(running, place) == ["ann", "bob"]
    assert sign_in(idp, place, "bob"), "the password is theirs again"


def test_the_seed_is_not_in_the_journal(running: Running, site: Site, place: Setup) -> None:
    text = exported(site, place)
    path = site.at(place.pool, "users", "import")
    site.post(path, {"kind": "seed", "content": text})
    shown = site.request("GET", f"/_emulator/requests/{newest(running).id}", headers={"accept": "*/*"}).text
    assert json.loads(shown)["input"] == {"seed": f"*** ({len(text):,} characters)"}
    site.post(path, {"kind": "seed", "content": "PasswordVerifier: secret"})
    shown = site.request("GET", f"/_emulator/requests/{newest(running).id}", headers={"accept": "*/*"}).text
    assert json.loads(shown)["input"] == {"seed": "*** (24 characters)"}


def test_chosen_users(running: Running, site: Site, place: Setup) -> None:
    sub = next(one.sub for one in running.world.store.users if one.username == "bob")
    text = exported(site, place, sub)
    assert "bob@example.com" in text
    assert "ann@example.com" not in text
    assert exported(site, place, "gone").count("Username:") == 0
    refusal = site.post(site.at(place.pool, "users"), {"do": "export"}).refusal
    assert refusal == "No user is chosen."


def test_a_seed_changes_who_is_there(running: Running, idp: Any, site: Site, place: Setup) -> None:
    text = exported(site, place).replace("bob@example.com", "robert@example.com")
    site.post(site.at(place.pool, "users", "import"), {"kind": "seed", "content": text.replace("\n", "\r\n")})
    found = idp.admin_get_user(UserPoolId=place.pool, Username="bob")["UserAttributes"]
    assert {"Name": "email", "Value": "robert@example.com"} in found
    assert names(running, place) == ["ann", "bob"]


def imported(running: Running, site: Site, place: Setup, *rows: dict[str, str]) -> str:
    """Import a CSV file; what the job's page then says."""
    path = site.at(place.pool, "users", "import")
    columns = site.get(path).soup.select("[data-copy]")[0]["data-copy"]
    usual = {"email_verified": "true", "phone_number_verified": "false", "cognito:mfa_enabled": "false"}
    lines = [",".join({**usual, **row}.get(name, "") for name in str(columns).split(",")) for row in rows]
    answer = site.post(path, {"kind": "csv", "content": "\r\n".join([str(columns), *lines])})
    assert answer.path.startswith(f"{path}?job=import-")
    for _ in range(200):
        answer = site.get(answer.path)
        if not answer.soup.select("#job[data-refresh]"):
            break
    return answer.words("#job")


def test_a_csv_file(running: Running, idp: Any, site: Site, place: Setup) -> None:
    good = {"cognito:username": "eve", "email": "eve@example.com"}
    told = imported(running, site, place, good, {"cognito:username": "ann", "email": "x@example.com"})
    assert "Succeeded" in told
    assert "Imported 1 Skipped 1 Failed 0" in told
    assert "[SKIPPED] Line Number 3 - The user already exists." in told
    assert idp.admin_get_user(UserPoolId=place.pool, Username="eve")["UserStatus"] == "RESET_REQUIRED"


def test_refusals(running: Running, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "users", "import")
    for fields, expected in (
        ({"kind": "x", "content": "a"}, "'kind' must be one of: seed, csv."),
        ({"kind": "seed", "content": " "}, "There is nothing to import"),
        ({"kind": "seed", "content": "UserPools: [{PoolName: 1, Colour: red}]"}, "Colour"),
        ({"kind": "seed", "content": "UserPools: ["}, "The seed is refused; nothing was changed."),
    ):
        answer = site.post(path, fields)
        assert answer.status == 400
        assert expected in answer.refusal
    site.get(f"{path}?job=none", 400)
    site.get(site.at(place.pool, "users", "export?x=1"), 400)
    without = setup(running)
    answer = site.post(site.at(without.pool, "users", "import"), {"kind": "csv", "content": "x"})
    assert answer.refusal.startswith("PreconditionNotMetException")
