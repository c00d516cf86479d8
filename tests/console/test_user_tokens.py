"""A user's tokens in one click: as `POST /_emulator/tokens` makes them, decoded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import Setup, setup, user
from tests.helpers.console_site import OAUTH, Answer, Site, newest
from tests.helpers.harness import Running


@pytest.fixture
def place(running: Running) -> Setup:
    return setup(running, OAUTH)


@pytest.fixture
def path(running: Running, site: Site, place: Setup) -> str:
    return site.at(place.pool, "users", user(running, place.pool, email="ann@example.com"), "tokens")


def copied(answer: Answer) -> list[str]:
    return [str(one["data-copy"]) for one in answer.soup.select("[role=status] h2 [data-copy]")]


def test_one_click(running: Running, idp: Any, site: Site, place: Setup, path: str) -> None:
    form = site.get(path.removesuffix("/tokens")).soup.select_one('form[action$="/tokens"]')
    assert form is not None
    assert path.endswith(str(form["action"]))
    answer = site.post(path, {"client": place.client})
    titles = [" ".join(one.get_text(" ").split()) for one in answer.soup.select("[role=status] h2")]
    assert titles == [f"{name} valid Copy token" for name in ("ID token", "Access token", "Refresh token")]
    _, access, refresh = copied(answer)
    assert idp.get_user(AccessToken=access)["Username"] == "ann"
    parameters = {"REFRESH_TOKEN": refresh}
    assert idp.initiate_auth(ClientId=place.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    assert "email ann@example.com" in answer.words()


def test_what_can_be_asked_for(running: Running, site: Site, place: Setup, path: str) -> None:
    running.call("CreateGroup", UserPoolId=place.pool, GroupName="admins")
    fields = {"client": place.client, "scopes": "openid, email", "groups": "admins", "claims": '{"tenant": "acme"}'}
    told = site.post(path, fields).words()
    for part in ("scope openid email", 'cognito:groups [ "admins" ]', "tenant acme"):
        assert part in told
    answer = site.post(path, {"client": place.client, "expires_in": "-60"})
    assert "It expired 60 s ago" in answer.words() or "It expired 61 s ago" in answer.words()
    assert 'value="-60"' in answer.text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"client": "none"}, "has no client 'none'"),
        ({"expires_in": "soon"}, "'expires_in' must be a whole number of seconds"),
        ({"expires_in": "1e9"}, "'expires_in' must be a whole number of seconds"),
        ({"claims": "x"}, "This is not JSON"),
        ({"claims": "[]"}, "must be a JSON object"),
        ({"groups": "nobody"}, "nobody"),
    ],
)
def test_refusals(site: Site, place: Setup, path: str, fields: dict[str, str], expected: str) -> None:
    answer = site.post(path, {"client": place.client, **fields})
    assert answer.status == 400
    assert expected in answer.refusal


def test_without_a_client_or_a_user(running: Running, site: Site) -> None:
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    sub = user(running, pool)
    assert "This pool has no app client." in site.get(site.at(pool, "users", sub, "tokens")).words()
    assert "Make tokens" not in site.get(site.at(pool, "users", sub)).words()
    site.get(site.at(pool, "users", "none", "tokens"), 404)


def test_the_tokens_are_masked_where_the_request_is_remembered(
    running: Running, site: Site, place: Setup, path: str
) -> None:
    tokens = copied(site.post(path, {"client": place.client}))
    shown = site.request("GET", f"/_emulator/requests/{newest(running).id}", headers={"accept": "*/*"}).text
    assert json.loads(shown)["status"] == 200
    assert not [token for token in tokens if token in shown]
