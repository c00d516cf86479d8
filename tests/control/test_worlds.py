"""Worlds below `/w/<name>/`: separate from the first one and from each other, listed and dropped by the control API."""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from botocore.exceptions import ClientError

from cognito_emulator.control.worlds import MOST
from cognito_emulator.logs import JsonLines, TextLines
from cognito_emulator.server import Emulator
from tests.helpers.control_api import CLIENT, POOL, SEED, Control
from tests.helpers.raw_control import raw
from tests.helpers.worlds import made_worlds

ANN = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}


@pytest.fixture
def worlds(control: Control) -> Iterator[Control]:
    """The control API of an emulator whose worlds are dropped at the end."""
    yield control
    for world in control("GET", "/_emulator/worlds").json["worlds"]:
        control("DELETE", f"/_emulator/worlds/{world['name']}")


def at(control: Control, name: str) -> Any:
    """A boto3 client of that world."""
    return control.emulator.client(endpoint_url=f"{control.emulator.url}/w/{name}")


def signed_in(cognito: Any) -> dict[str, Any]:
    answer = cognito.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=ANN)
    return dict(answer["AuthenticationResult"])


def users(cognito: Any) -> list[str]:
    return [user["Username"] for user in cognito.list_users(UserPoolId=POOL)["Users"]]


def test_each_world_begins_with_the_baseline_and_keeps_to_itself(worlds: Control) -> None:
    first = worlds.emulator.client()
    first.admin_create_user(UserPoolId=POOL, Username="later")
    one, two = at(worlds, "one"), at(worlds, "two")
    assert users(one) == ["ann"]
    one.admin_create_user(UserPoolId=POOL, Username="bob")
    two.admin_delete_user(UserPoolId=POOL, Username="ann")
    made = one.create_user_pool(PoolName="own")["UserPool"]["Id"]
    assert (users(one), users(two)) == (["ann", "bob"], [])
    assert users(first) == ["ann", "later"]
    with pytest.raises(ClientError, match="does not exist"):
        first.describe_user_pool(UserPoolId=made)
    first.admin_delete_user(UserPoolId=POOL, Username="ann")
    assert users(one) == ["ann", "bob"]


def test_each_world_has_a_baseline_of_its_own(worlds: Control) -> None:
    at(worlds, "before").list_user_pools(MaxResults=1)
    seed = {"UserPools": [{"Id": "us-east-1_secondpool", "PoolName": "second"}]}
    pools = worlds("POST", "/w/seeded/_emulator/seed?baseline=1", seed).json["pools"]
    assert pools == [POOL, "us-east-1_secondpool"]
    assert worlds("POST", "/w/seeded/_emulator/reset").json["pools"] == [POOL, "us-east-1_secondpool"]
    assert worlds("POST", "/w/before/_emulator/reset").json["pools"] == [POOL]
    assert worlds.pools() == {POOL}


def test_a_seed_that_is_added_to_the_first_baseline_is_in_later_worlds() -> None:
    with Emulator(seed=SEED) as emulator:
        control = Control(emulator)
        at(control, "before").list_user_pools(MaxResults=1)
        emulator.seed({"UserPools": [{"Id": "us-east-1_secondpool", "PoolName": "second"}]}, baseline=True)
        emulator.seed({"UserPools": [{"Id": "us-east-1_thirdpool", "PoolName": "third"}]})
        named = {world: control("GET", f"/w/{world}/_emulator/info").json["pools"] for world in ("before", "after")}
        assert [pool["name"] for pool in named["before"]] == ["control"]
        assert [pool["name"] for pool in named["after"]] == ["control", "second"]


def test_a_worlds_reset_is_its_own(worlds: Control) -> None:
    one, two = at(worlds, "one"), at(worlds, "two")
    for cognito in (one, two):
        cognito.admin_create_user(UserPoolId=POOL, Username="bob")
    assert worlds("POST", "/w/one/_emulator/reset").status == 200
    assert (users(one), users(two)) == (["ann"], ["ann", "bob"])
    worlds("POST", "/_emulator/reset?empty=1")
    assert users(two) == ["ann", "bob"]
    assert users(at(worlds, "three")) == ["ann"]


def test_clock_messages_and_journal_are_its_own(worlds: Control) -> None:
    worlds("DELETE", "/_emulator/requests")
    worlds("PUT", "/_emulator/clock", {"freeze": "2020-01-01T00:00:00Z"})
    one = at(worlds, "one")
    worlds("PUT", "/w/two/_emulator/clock", {"freeze": "2030-01-01T00:00:00Z"})
    clocks = [worlds("GET", f"{world}/_emulator/clock").json for world in ("", "/w/one", "/w/two")]
    assert [clock["frozen"] for clock in clocks] == [True, False, True]
    assert [clock["iso"][:4] for clock in clocks if clock["frozen"]] == ["2020", "2030"]
    one.forgot_password(ClientId=CLIENT, Username="ann")
    counts = [len(worlds("GET", f"{world}/_emulator/messages").json["messages"]) for world in ("", "/w/one", "/w/two")]
    assert counts == [0, 1, 0]
    found = worlds("GET", "/w/one/_emulator/requests?operation=ForgotPassword").json["requests"]
    assert len(found) == 1
    assert found[0]["path"] == "/"
    assert worlds("GET", "/_emulator/requests?operation=ForgotPassword").json["total"] == 0
    assert worlds("GET", f"/_emulator/requests/{found[0]['id']}").status == 404
    assert worlds("POST", f"/w/one/_emulator/requests/{found[0]['id']}/rewind").json["commits"] > 0


def test_a_refusal_names_its_entry_in_that_world(worlds: Control) -> None:
    with pytest.raises(ClientError) as refused:
        at(worlds, "one").admin_get_user(UserPoolId=POOL, Username="unknown")
    url = refused.value.response["ResponseMetadata"]["HTTPHeaders"]["x-emulator-why"]
    assert url.startswith(f"{worlds.emulator.url}/w/one/_emulator/requests/")
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer)["operation"] == "AdminGetUser"


def test_addresses_and_issuer_lead_back_into_the_world(worlds: Control) -> None:
    base = f"{worlds.emulator.url}/w/one"
    found = worlds("GET", f"/w/one/{POOL}/.well-known/openid-configuration").json
    assert found["issuer"] == f"{base}/{POOL}"
    assert all(found[name].startswith(f"{base}/") for name in found if name.endswith(("_endpoint", "_uri")))
    info = worlds("GET", "/w/one/_emulator/info").json
    assert (info["url"], info["pools"][0]["issuer"]) == (base, f"{base}/{POOL}")
    tokens = signed_in(at(worlds, "one"))
    key = jwt.PyJWKClient(found["jwks_uri"]).get_signing_key_from_jwt(tokens["IdToken"])
    claims = jwt.decode(tokens["IdToken"], key.key, ["RS256"], audience=CLIENT, issuer=found["issuer"])
    assert claims["cognito:username"] == "ann"
    request = urllib.request.Request(found["userinfo_endpoint"])
    request.add_header("authorization", f"Bearer {signed_in(at(worlds, 'one'))['AccessToken']}")
    with pytest.raises(urllib.error.HTTPError, match="401"):  # a token of InitiateAuth has no scope openid
        urllib.request.urlopen(request)


def test_keys_of_the_baseline_are_shared_and_others_are_not(worlds: Control) -> None:
    def jwks(world: str, pool: str) -> Any:
        return worlds("GET", f"{world}/{pool}/.well-known/jwks.json").json["keys"]

    assert jwks("", POOL) == jwks("/w/one", POOL) == jwks("/w/two", POOL)
    made = [at(worlds, name).create_user_pool(PoolName="own")["UserPool"]["Id"] for name in ("one", "two")]
    kids = {key["kid"] for name, pool in zip(("one", "two"), made, strict=True) for key in jwks(f"/w/{name}", pool)}
    assert len(kids | {key["kid"] for key in jwks("", POOL)}) == 6
    assert jwks("/w/one", made[0]) == jwks("/w/one", made[0])


def test_tokens_of_a_world_are_refused_in_another(worlds: Control) -> None:
    one, two = at(worlds, "one"), at(worlds, "two")
    tokens = signed_in(one)
    assert one.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"
    for other in (two, worlds.emulator.client()):
        with pytest.raises(ClientError, match="Invalid Access Token"):
            other.get_user(AccessToken=tokens["AccessToken"])
        with pytest.raises(ClientError, match="Invalid Refresh Token"):
            other.initiate_auth(
                ClientId=CLIENT,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
            )


@pytest.mark.parametrize(
    ("issuer", "expected", "identities"),
    [
        ("aws", f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}", "https://cognito-identity.amazonaws.com"),
        ("http://cognito:9229/", f"http://cognito:9229/w/one/{POOL}", "http://cognito:9229/w/one/cognito-identity"),
    ],
)
def test_an_issuer_of_ones_own_has_the_worlds_path(issuer: str, expected: str, identities: str) -> None:
    with Emulator(seed=SEED, issuer=issuer) as emulator:
        control = Control(emulator)
        tokens = signed_in(at(control, "one"))
        assert jwt.decode(tokens["AccessToken"], options={"verify_signature": False})["iss"] == expected
        with pytest.raises(ClientError, match=r"Access Token has been revoked|Invalid Access Token"):
            at(control, "two").get_user(AccessToken=tokens["AccessToken"])
        found = control("GET", "/w/one/cognito-identity/.well-known/openid-configuration").json
        assert found["issuer"].startswith(identities)


def test_worlds_are_listed_and_dropped(worlds: Control) -> None:
    assert worlds("GET", "/_emulator/worlds").json == {"worlds": [], "most": MOST}
    at(worlds, "worker-1").admin_create_user(UserPoolId=POOL, Username="bob")
    at(worlds, "2").list_user_pools(MaxResults=1)
    listed = worlds("GET", "/_emulator/worlds").json["worlds"]
    assert [(one["name"], one["pools"], one["users"]) for one in listed] == [("worker-1", 1, 2), ("2", 1, 1)]
    assert listed[0]["url"] == f"{worlds.emulator.url}/w/worker-1"
    assert listed[0]["created"].endswith("Z")
    assert worlds("GET", "/w/2/_emulator/worlds").json["worlds"] == listed
    assert worlds("DELETE", "/_emulator/worlds/worker-1").json == {"dropped": "worker-1"}
    assert [one["name"] for one in worlds("GET", "/_emulator/worlds").json["worlds"]] == ["2"]
    assert users(at(worlds, "worker-1")) == ["ann"]


def test_a_deletion_says_what_is_wrong(worlds: Control) -> None:
    at(worlds, "one").list_user_pools(MaxResults=1)
    absent = worlds("DELETE", "/_emulator/worlds/two")
    assert (absent.status, absent.json["message"]) == (404, "There is no world 'two'. There are: one.")
    members = worlds("DELETE", "/_emulator/worlds/one", {"all": True})
    assert (members.status, members.json["message"]) == (400, "The deletion of a world takes no members.")
    assert worlds("GET", "/_emulator/worlds?name=one").status == 400
    assert len(worlds("GET", "/_emulator/worlds").json["worlds"]) == 1


@pytest.mark.parametrize("name", ["Worker", "a_b", "a" * 33, "ä", "a.b"])
def test_a_name_of_another_kind_names_no_world(worlds: Control, name: str) -> None:
    status, answer = raw(worlds, "POST", f"/w/{quote(name)}/", {"host": "localhost"}, "{}")
    assert status == 400
    assert answer["message"] == f"{name!r} names no world: a name has 1 to 32 characters of a-z, 0-9 and -."
    assert worlds("GET", "/_emulator/worlds").json["worlds"] == []


def test_below_a_world_there_is_none(worlds: Control) -> None:
    assert worlds("GET", "/w/one/w/two/_emulator/info").status == 404
    assert worlds("GET", "/w/").status == 404
    assert [one["name"] for one in worlds("GET", "/_emulator/worlds").json["worlds"]] == ["one"]


def test_there_is_a_most(worlds: Control) -> None:
    for number in range(MOST):
        assert worlds("GET", f"/w/{number}/_emulator/health").status == 200
    refused = worlds("GET", "/w/one-more/_emulator/health")
    assert refused.status == 400
    text = f"There are {MOST} worlds already. DELETE /_emulator/worlds/{{name}} drops one."
    assert refused.json["message"] == text
    with pytest.raises(ClientError, match=f"There are {MOST} worlds already"):
        at(worlds, "one-more").list_user_pools(MaxResults=1)
    assert worlds("GET", "/w/7/_emulator/health").status == 200
    worlds("DELETE", "/_emulator/worlds/7")
    assert worlds("GET", "/w/one-more/_emulator/health").status == 200


def test_the_guard_is_in_every_world(worlds: Control) -> None:
    for headers in ({"host": "evil.example"}, {"host": "localhost", "origin": "http://evil.example"}):
        assert raw(worlds, "DELETE", "/_emulator/worlds/one", headers)[0] == 403
        assert raw(worlds, "PUT", "/w/one/_emulator/clock", headers, '{"freeze": true}')[0] == 403
    status, _ = raw(worlds, "POST", "/w/one/_emulator/reset", {"host": "localhost"}, "{}")
    assert status == 415


def test_browsers_may_read_a_world_as_they_may_the_first(worlds: Control) -> None:
    api = worlds("GET", f"/w/one/{POOL}/.well-known/jwks.json").headers
    assert api.get_all("access-control-allow-origin") == ["*"]
    assert worlds("GET", "/w/one/_emulator/info").headers["access-control-allow-origin"] is None
    assert worlds("GET", "/w/One/").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("ending", ["drop", "stop"])
def test_requests_that_wait_in_a_world_end_with_it(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    made = made_worlds(monkeypatch)
    with Emulator(no_seed=True) as emulator:
        control = Control(emulator)
        control("GET", "/w/one/_emulator/info")
        answers: list[Any] = []
        waiting = threading.Thread(
            target=lambda: answers.append(control("GET", "/w/one/_emulator/messages?wait=60")), daemon=True
        )
        waiting.start()
        while made[0].outbox._arrival is None:
            waiting.join(0.01)
        if ending == "drop":
            control("DELETE", "/_emulator/worlds/one")
        else:
            emulator.stop()
        waiting.join(10)
        assert not waiting.is_alive()
        assert [answer.status for answer in answers] == [200]


def test_log_lines_name_the_world(worlds: Control, caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.extend([TextLines().format(record), JsonLines().format(record)])

    handler, logger = Kept(), logging.getLogger("emulator")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO, "emulator")
    try:
        at(worlds, "one").forgot_password(ClientId=CLIENT, Username="ann")
        worlds.forgot()
        worlds.emulator.on_loop(lambda: None)  # the line is written right after the answer
    finally:
        logger.removeHandler(handler)
    text = [line for line in lines[::2] if "ForgotPassword" in line]
    assert ["[one] ForgotPassword" in line for line in text] == [True, False]
    machine = [json.loads(line) for line in lines[1::2] if "ForgotPassword" in line]
    assert [line.get("world") for line in machine] == ["one", None]
    assert any(line.partition(" ")[2].startswith("[one] ") and "ann@example.com" in line for line in lines[::2])
