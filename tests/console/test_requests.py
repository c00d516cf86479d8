"""Requests on the console: the list with its filters, an entry, the ways to send it again, and the way back."""

from __future__ import annotations

import ast
import json
import shlex
from typing import Any

import pytest

from cognito_emulator.console.words import breakable
from cognito_emulator.domain.reasons import Reason
from cognito_emulator.domain.rules import RULES
from cognito_emulator.domain.sources import url_of
from cognito_emulator.ports.journal import Entry
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.console_site import ROOT, Site, newest
from tests.helpers.faults import fail
from tests.helpers.harness import Running
from tests.helpers.mock_provider import at_page, site_of
from tests.helpers.site import site as hosted_site


@pytest.fixture
def place(running: Running, idp: Any, site: Site) -> Setup:
    made = setup(running)
    user(running, made.pool, email="ann@example.com", email_verified="true")
    return made


def operations(site: Site, query: str = "") -> list[str]:
    return [cell.get_text() for cell in site.get(f"{ROOT}/requests?{query}").soup.select("#list tbody th")]


def test_the_list_and_its_filters(running: Running, idp: Any, site: Site, place: Setup) -> None:
    assert "Nothing was asked yet." in site.get(f"{ROOT}/requests").words()
    sign_in(idp, place)
    with refused("NotAuthorizedException"):
        sign_in(idp, place, password="Wrong-horse-1")
    idp.describe_user_pool(UserPoolId=place.pool)
    assert operations(site) == ["DescribeUserPool", "InitiateAuth", "InitiateAuth"]
    assert operations(site, "status=4xx") == ["InitiateAuth"]
    assert operations(site, "user=ann") == ["InitiateAuth", "InitiateAuth"]
    assert operations(site, "operation=DescribeUserPool") == ["DescribeUserPool"]
    assert operations(site, f"client={place.client}&status=2xx") == ["InitiateAuth"]
    assert operations(site, "user=eve") == []
    assert operations(site, "rule=auth.password-wrong") == ["InitiateAuth"]
    assert site.get(f"{ROOT}/requests?rule=x").refusal.startswith("There is no rule 'x'.")
    answer = site.get(f"{ROOT}/requests?status=x")
    assert answer.refusal.startswith("Query parameter 'status' must be a status")
    site.get(f"{ROOT}/requests?colour=red", 400)
    site.post(f"{ROOT}/requests", {"do": "clear"})
    assert operations(site) == [], "the console's own forms are left out"
    assert operations(site, "own=1") == ["POST /_emulator/console/requests"]


def test_a_page_that_tells_an_error_is_refused(running: Running, site: Site) -> None:
    at = hosted_site(running)
    user(running, at.pool)
    at.at("/login").submit(username="ann", password="Wrong-horse-7")
    assert newest(running).status == 200
    assert operations(site, "error=*") == ["POST /login"]
    named = site.get(f"{ROOT}/requests?error=NotAuthorizedException").soup
    assert [field["type"] for field in named.select('input[name="error"]')] == ["hidden"], "sent once"
    assert "200 refused" in site.get(f"{ROOT}/requests").words("#list .bad-row .badge.bad")
    counts = site.get("/_emulator/").soup.select('#counts a[href$="error=*"] strong')
    assert [count.get_text() for count in counts] == ["1"]


def test_mock_providers_are_no_last_requests(running: Running, site: Site) -> None:
    google = site_of(running, "Google")
    at_page(google, "Google").submit(having="claims", email="zoe@example.com", name="Zoe")
    assert any(entry.path.startswith("/_emulator/idp/") for entry in running.world.journal)
    assert "/_emulator/idp/" not in site.get("/_emulator/").words("#last")
    assert not any("/_emulator/idp/" in name for name in operations(site))


def test_a_fault_is_why(running: Running, idp: Any, site: Site, place: Setup) -> None:
    fail(running, operation="InitiateAuth", error="NotAuthorizedException", times=1, id="throttle")
    with refused("NotAuthorizedException"):
        sign_in(idp, place)
    entry = newest(running)
    assert entry.reason == Reason("emulator.fault", "fault", "throttle")
    answer = site.get(f"{ROOT}/requests/{entry.id}")
    assert "A fault rule has let this request fail." in answer.words(".why")
    assert answer.soup.select(f'.why a[href="{ROOT}/faults"]')
    assert "once of 1 seen" in " ".join(site.get(f"{ROOT}/faults").words("#list td.num").split())
    sign_in(idp, place)
    assert newest(running).reason is None


def test_a_refusal_is_the_first_thing_on_its_page(running: Running, idp: Any, site: Site, place: Setup) -> None:
    with refused("NotAuthorizedException"):
        sign_in(idp, place, password="Wrong-horse-1")
    entry = newest(running)
    answer = site.get(f"{ROOT}/requests/{entry.id}")
    why = answer.words(".why")
    assert why.startswith("Incorrect username or password.")
    assert "The user exists; the password is not theirs." in why
    assert answer.soup.select(f'.why a[href="{running.world.public_url}/_emulator/guide/sign-in"]')
    assert "NotAuthorizedException" in answer.words("main h2")
    assert "Wrong-horse-1" not in answer.text
    assert "Wrong-horse-1" in site.get(f"{ROOT}/requests/{entry.id}?masked=0").text
    assert "lockout.failures: 0" in answer.words("del")
    assert answer.soup.select_one(f'a[href="{ROOT}/pools/{place.pool}/clients/{place.client}"]')
    site.get(f"{ROOT}/requests/none", 404)
    site.get(f"{ROOT}/requests/{entry.id}?masked=x", 400)


def test_a_value_leads_to_all_that_have_it(running: Running, idp: Any, site: Site, place: Setup) -> None:
    with refused("NotAuthorizedException"):
        sign_in(idp, place, password="Wrong-horse-1")
    row = site.get(f"{ROOT}/requests").soup.select("#list tbody tr")[0]
    entry = site.get(f"{ROOT}/requests/{newest(running).id}").soup
    for query in ("status=400", "error=NotAuthorizedException", "rule=auth.password-wrong", "user=ann"):
        link = f'a[href="{ROOT}/requests?{query}"]'
        assert row.select(link), query
        assert entry.select(link), query
        assert operations(site, query) == ["InitiateAuth"]
    for query in (f"client={place.client}", "kind=api", "path=/", "operation=InitiateAuth"):
        assert entry.select(f'a[href="{ROOT}/requests?{query}"]'), query


def test_a_browser_at_the_address_of_the_why_header_is_led_here(
    running: Running, idp: Any, site: Site, place: Setup
) -> None:
    sign_in(idp, place)
    entry = newest(running)
    path = f"/_emulator/requests/{entry.id}"
    answer = site.request("GET", path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status, answer.headers["location"]) == (303, f"{ROOT}/requests/{entry.id}")
    for accept in ("*/*", "application/json", ""):
        assert json.loads(site.request("GET", path, headers={"accept": accept}).text)["id"] == entry.id


def test_changes_and_messages(running: Running, idp: Any, site: Site, place: Setup) -> None:
    idp.forgot_password(ClientId=place.client, Username="ann")
    answer = site.get(f"{ROOT}/requests/{newest(running).id}")
    assert "codes made" in answer.words(".diff")
    assert "ann@example.com" in answer.words()
    code = running.world.outbox.all()[-1].code
    assert code is not None
    assert code in answer.words().replace(" ", "")
    idp.list_users(UserPoolId=place.pool)
    assert "This request has changed nothing." in site.get(f"{ROOT}/requests/{newest(running).id}").words()


def test_back_to_before(running: Running, idp: Any, site: Site, place: Setup) -> None:
    idp.admin_delete_user(UserPoolId=place.pool, Username="ann")
    entry = newest(running)
    idp.admin_create_user(UserPoolId=place.pool, Username="bob")
    path = f"{ROOT}/requests/{entry.id}"
    answer = site.post(path, {"do": "rewind"})
    assert answer.words("[role=status]") == "The state is what it was before that request."
    assert [one.username for one in running.world.store.users.where("pool", place.pool)] == ["ann"]
    assert site.post(path, {"do": "x"}).refusal == "'do' must be: rewind."


def copies(site: Site, entry: Entry) -> dict[str, str]:
    answer = site.get(f"{ROOT}/requests/{entry.id}?masked=0")
    found = {
        one.select("summary")[0].get_text(): one.select("pre")[0].get_text()
        for one in answer.soup.select("details:has(.copyable)")
    }
    assert set(found) == {"curl", "AWS CLI", "boto3", "pytest", "JavaScript"}
    return found


def test_the_copies_are_the_same_call(running: Running, idp: Any, site: Site, place: Setup) -> None:
    sign_in(idp, place)
    found = copies(site, newest(running))
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    expected = {"ClientId": place.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    words = shlex.split(found["curl"].replace("\\\n", ""))
    assert json.loads(words[words.index("--data") + 1]) == expected
    headers = dict(word.split(": ", 1) for word in words if ": " in word and not word.startswith("{"))
    assert site.request("POST", "/", words[-1], headers).status == 200
    words = shlex.split(found["AWS CLI"].replace("\\\n", ""))
    assert words[words.index("cognito-idp") + 1] == "initiate-auth"
    assert json.loads(words[-1]) == expected
    call = next(
        node
        for node in ast.walk(ast.parse(found["boto3"]))
        if isinstance(node, ast.Call) and node.keywords and node.keywords[0].arg == "ClientId"
    )
    assert {one.arg: ast.literal_eval(one.value) for one in call.keywords} == expected
    assert isinstance(call.func, ast.Attribute)
    assert call.func.attr == "initiate_auth"
    assert "new InitiateAuthCommand({" in found["JavaScript"]


def test_the_copied_test_passes(running: Running, idp: Any, site: Site, place: Setup) -> None:
    attributes = [{"Name": "email", "Value": "bob@example.com"}, {"Name": "given_name", "Value": "B" * 90}]
    idp.admin_create_user(UserPoolId=place.pool, Username="bob", UserAttributes=attributes, MessageAction="SUPPRESS")
    names: dict[str, Any] = {}
    exec(copies(site, newest(running))["pytest"], names)
    idp.admin_delete_user(UserPoolId=place.pool, Username="bob")
    names["test_admin_create_user"](idp)
    assert idp.admin_get_user(UserPoolId=place.pool, Username="bob")["UserAttributes"][1:] == attributes


def test_a_copy_cannot_leave_its_quotes(running: Running, idp: Any, site: Site, place: Setup) -> None:
    name = "';rm${IFS}-rf${IFS}~;#\"`$(id)"
    idp.admin_create_user(UserPoolId=place.pool, Username=name, MessageAction="SUPPRESS")
    found = copies(site, newest(running))
    assert json.loads(shlex.split(found["curl"].replace("\\\n", ""))[-1])["Username"] == name
    assert json.loads(shlex.split(found["AWS CLI"].replace("\\\n", ""))[-1])["Username"] == name
    assert name in [node.value for node in ast.walk(ast.parse(found["boto3"])) if isinstance(node, ast.Constant)]


def test_the_signed_curl_is_accepted(running: Running, idp: Any, site: Site, place: Setup) -> None:
    idp.describe_user_pool(UserPoolId=place.pool)
    words = shlex.split(copies(site, newest(running))["curl"].replace("\\\n", ""))
    headers = dict(word.split(": ", 1) for word in words if ": " in word and not word.startswith("{"))
    assert site.request("POST", "/", words[-1], headers).status == 200


def test_a_page_is_copied_as_curl(running: Running, site: Site, place: Setup) -> None:
    site.request("GET", f"/oauth2/authorize?client_id={place.client}&response_type=code")
    answer = site.get(f"{ROOT}/requests/{newest(running).id}")
    assert f"curl -i '{site.origin}/oauth2/authorize?client_id={place.client}" in answer.words()


def test_without_a_journal_it_is_said(site: Site, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.world.journal, "_most", 0)
    assert "Requests are not remembered: --history is 0." in site.get(f"{ROOT}/requests").words()


def test_the_reason_is_told_with_its_values(running: Running, idp: Any, site: Site) -> None:
    place = setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]})
    with refused("InvalidParameterException"):
        sign_in(idp, place)
    answer = site.get(f"{ROOT}/requests/{newest(running).id}")
    told = answer.words(".why")
    assert "Rule auth.flow-not-enabled Sentence" in told
    assert "Value ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_SRP_AUTH Source docs: " in told
    assert "Source url" not in told
    url = url_of(RULES["auth.flow-not-enabled"].source)
    [link] = answer.soup.select(f'.why a[href="{url}"][target="_blank"]')
    assert link["rel"] == ["noopener", "noreferrer"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AdminCreateUser", "Admin<wbr>Create<wbr>User"),
        ("POST /a/b", "POST <wbr>/a<wbr>/b"),
        ("<b>", "&lt;b&gt;"),
        ("", ""),
    ],
)
def test_where_a_name_may_be_broken(name: str, expected: str) -> None:
    assert breakable(name) == expected
