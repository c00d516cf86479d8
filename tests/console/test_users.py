"""Users on the console: found, paged, added, changed; rules and refusals are the API's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cognito_emulator.console.users import PAGE
from cognito_emulator.console.words import breakable_at
from tests.helpers.build import PASSWORD, SMS, Setup, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.console_site import Site, newest
from tests.helpers.harness import Running
from tests.helpers.site import site as pages_of

EMAIL: dict[str, Any] = {"AutoVerifiedAttributes": ["email"]}
TOTP: dict[str, Any] = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def names(site: Site, path: str) -> list[str]:
    return [cell.get_text() for cell in site.get(path).soup.select("#list tbody th strong")]


@pytest.fixture
def place(running: Running) -> Setup:
    return setup(running)


def test_an_empty_pool_says_so(site: Site, place: Setup) -> None:
    assert "This pool has no users yet." in site.get(site.at(place.pool, "users")).words()
    assert "No user matches." in site.get(site.at(place.pool, "users?q=x")).words()


def test_search(running: Running, site: Site, place: Setup) -> None:
    user(running, place.pool, "ann", email="ann@example.com", email_verified="true")
    user(running, place.pool, "bob", email="bob@other.example", given_name="Robert")
    sub = user(running, place.pool, "carol", permanent=False)
    running.call("CreateGroup", UserPoolId=place.pool, GroupName="admins")
    running.call("AdminAddUserToGroup", UserPoolId=place.pool, GroupName="admins", Username="bob")
    running.call("AdminDisableUser", UserPoolId=place.pool, Username="ann")
    at = site.at(place.pool, "users")
    for query, expected in {
        "": ["ann", "bob", "carol"],
        "q=ANN": ["ann"],
        "q=robert": ["bob"],
        "q=example": ["ann", "bob"],
        f"q={sub[:9]}": ["carol"],
        "q=email+%5E%3D+%22bob%22": ["bob"],
        "q=username+%3D+%22ann%22": ["ann"],
        "status=FORCE_CHANGE_PASSWORD": ["carol"],
        "status=disabled": ["ann"],
        "group=admins": ["bob"],
        "group=admins&status=disabled": [],
    }.items():
        assert names(site, f"{at}?{query}") == expected, query


def test_a_wrong_filter_is_told_in_the_apis_words(site: Site, place: Setup) -> None:
    answer = site.get(site.at(place.pool, 'users?q=custom:x+%3D+"y"'))
    assert answer.refusal.startswith("InvalidParameterException · Invalid search attribute: custom:x")
    for query in ("status=wrong", "after=x", "after=1e3", "sort=name"):
        assert site.get(site.at(place.pool, f"users?{query}"), 400).words("h1") == "Refused"
    assert site.get(site.at("us-east-1_none", "users"), 404).words("h1") == "Not found"


def test_pages_of_users(running: Running, site: Site, place: Setup) -> None:
    for number in range(PAGE * 2 + 1):
        running.call("AdminCreateUser", UserPoolId=place.pool, Username=f"user{number}", MessageAction="SUPPRESS")
    path, seen = site.at(place.pool, "users?q=user"), []
    for _ in range(4):
        answer = site.get(path)
        seen += [cell.get_text() for cell in answer.soup.select("#list tbody th strong")]
        link = answer.soup.select_one("a[rel=next]")
        if link is None:
            break
        path = site.at(place.pool, f"users{link['href']}")
    assert seen == [f"user{number}" for number in range(PAGE * 2 + 1)]


def test_a_long_search_gives_way_to_other_requests(
    running: Running, site: Site, place: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        running.call("AdminCreateUser", UserPoolId=place.pool, Username=f"user{number}", MessageAction="SUPPRESS")
    gaps: list[int] = []
    users = running.world.store.users

    async def give_way() -> None:
        gaps.append(users.count("pool", place.pool))
        if len(gaps) == 1:  # another request deletes a user meanwhile
            with running.world.store.write():
                users.delete(next(one.key for one in users if one.username == "user24"))

    monkeypatch.setattr("cognito_emulator.console.users._SLICE", 10)
    monkeypatch.setattr(running.world.background, "give_way", give_way)
    assert names(site, site.at(place.pool, "users?q=user2")) == ["user2", "user20", "user21", "user22", "user23"]
    assert gaps == [25, 24]


def test_add_and_add_another(running: Running, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "users", "new")
    fields = {"username": "ann", "attribute:email": "ann@example.com", "verified": "1", "password": PASSWORD}
    answer = site.post(path, {**fields, "permanent": "1"})
    assert answer.words("h1") == "ann"
    assert answer.words("[role=status]") == "Created."
    assert sign_in(running.client(), place)["AccessToken"]
    assert running.world.outbox.all() == []
    answer = site.post(path, {"username": "bob", "attribute:email": "bob@example.com", "invite": "1", "another": "1"})
    assert answer.words("h1") == "Add a user"
    assert [message.purpose for message in running.world.outbox.all()] == ["invitation"]


def test_a_refused_user_is_told_and_the_fields_stay(running: Running, site: Site, place: Setup) -> None:
    user(running, place.pool)
    path = site.at(place.pool, "users", "new")
    answer = site.post(path, {"username": "ann", "attribute:email": "ann@example.com"})
    assert answer.status == 400
    assert answer.refusal == "UsernameExistsException · User account already exists"
    assert 'value="ann@example.com"' in answer.text
    answer = site.post(path, {"username": "eve", "attribute:email": "nonsense"})
    assert answer.refusal.startswith("InvalidParameterException · ")
    assert running.world.store.users.count("pool", place.pool) == 1


def test_several_at_once(running: Running, site: Site, place: Setup) -> None:
    subs = [user(running, place.pool, name) for name in ("ann", "bob", "carol")]
    path = site.at(place.pool, "users")
    chosen = [("user", subs[0]), ("user", subs[2])]
    assert "Done." in site.post(path, [*chosen, ("do", "disable")]).words()
    assert names(site, f"{path}?status=disabled") == ["ann", "carol"]
    site.post(path, [*chosen, ("do", "enable")])
    assert names(site, f"{path}?status=disabled") == []
    site.post(path, [*chosen, ("do", "delete")])
    assert names(site, path) == ["bob"]
    assert site.post(path, {"do": "delete"}).refusal == "No user is chosen."
    assert "'do' must be one of" in site.post(path, [*chosen, ("do", "explode")]).refusal


class TestOneUser:
    @pytest.fixture
    def sub(self, running: Running, place: Setup) -> str:
        return user(running, place.pool, email="ann@example.com", email_verified="true", given_name="Ann")

    def get(self, idp: Any, place: Setup) -> dict[str, Any]:
        found = idp.admin_get_user(UserPoolId=place.pool, Username="ann")
        return {**found, **{one["Name"]: one["Value"] for one in found["UserAttributes"]}}

    def test_attributes(self, idp: Any, site: Site, place: Setup, sub: str) -> None:
        path = site.at(place.pool, "users", sub)
        fields = {
            "do": "save",
            "attribute:email": "ann@new.example",
            "attribute:email_verified": "true",
            "attribute:given_name": "",
            "new-name": "family_name",
            "new-value": "Smith",
        }
        assert site.post(path, fields).words("[role=status]") == "Saved."
        found = self.get(idp, place)
        assert (found["email"], found["family_name"]) == ("ann@new.example", "Smith")
        assert "given_name" not in found
        answer = site.post(path, {"do": "save", "new-name": "custom:unknown", "new-value": "x"})
        assert answer.refusal.startswith("InvalidParameterException · ")
        assert 'value="custom:unknown"' in answer.text

    def test_password(self, idp: Any, site: Site, place: Setup, sub: str) -> None:
        path = site.at(place.pool, "users", sub)
        assert site.post(path, {"do": "password", "password": "short"}).refusal.startswith(
            "InvalidPasswordException · "
        )
        site.post(path, {"do": "password", "password": "Another-horse-9"})
        assert sign_in(idp, place, password="Another-horse-9")
        site.post(path, {"do": "password", "password": "Another-horse-8", "temporary": "1"})
        assert self.get(idp, place)["UserStatus"] == "FORCE_CHANGE_PASSWORD"

    def test_states(self, idp: Any, running: Running, site: Site, place: Setup, sub: str) -> None:
        path = site.at(place.pool, "users", sub)
        site.post(path, {"do": "disable"})
        assert not self.get(idp, place)["Enabled"]
        site.post(path, {"do": "enable"})
        assert self.get(idp, place)["Enabled"]
        token = sign_in(idp, place)["AccessToken"]
        site.post(path, {"do": "sign-out"})
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            idp.get_user(AccessToken=token)
        assert "revoked" in site.get(path).words()
        assert site.post(path, {"do": "confirm"}).refusal.startswith("NotAuthorizedException · ")
        site.post(path, {"do": "reset"})
        assert self.get(idp, place)["UserStatus"] == "RESET_REQUIRED"
        answer = site.post(path, {"do": "delete"})
        assert answer.words("h1") == "Users"
        site.get(path, 404)

    def test_confirm(self, idp: Any, site: Site, place: Setup) -> None:
        sub = idp.sign_up(ClientId=place.client, Username="new", Password=PASSWORD)["UserSub"]
        site.post(site.at(place.pool, "users", sub), {"do": "confirm"})
        assert idp.admin_get_user(UserPoolId=place.pool, Username="new")["UserStatus"] == "CONFIRMED"

    def test_groups(self, running: Running, site: Site, place: Setup, sub: str) -> None:
        running.call("CreateGroup", UserPoolId=place.pool, GroupName="a/b&c")
        path = site.at(place.pool, "users", sub)
        site.post(path, {"do": "join", "group": "a/b&c"})
        assert [one.group for one in running.world.store.memberships] == ["a/b&c"]
        link = site.get(path).soup.select_one(".badge a")
        assert link is not None
        assert "ann" in site.get(str(link["href"])).words("tbody")
        site.post(path, {"do": "leave", "group": "a/b&c"})
        assert len(running.world.store.memberships) == 0
        assert (
            site.post(path, {"do": "join", "group": "none"}).refusal == "ResourceNotFoundException · Group not found."
        )

    def test_an_unknown_action(self, site: Site, place: Setup, sub: str) -> None:
        assert "'do' must be one of: save" in site.post(site.at(place.pool, "users", sub), {"do": "x"}).refusal


def test_the_authenticators_code_is_the_one_of_now(running: Running, idp: Any, site: Site) -> None:
    place = setup(running)
    running.call("SetUserPoolMfaConfig", UserPoolId=place.pool, MfaConfiguration="OPTIONAL", **TOTP)
    sub = user(running, place.pool)
    secret = give_totp(running, idp, place)
    running.world.clock.freeze(running.world.clock.now() + 90)
    path = site.at(place.pool, "users", sub)
    answer = site.get(path)
    code = answer.words("#totp .code").replace(" ", "")
    assert code == totp(secret, running.world.clock.now())
    assert secret in answer.words("#totp")
    assert str(answer.soup.select("#totp img")[0]["src"]).startswith("data:image/svg+xml")
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    begun = idp.initiate_auth(ClientId=place.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    given = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
    assert idp.respond_to_auth_challenge(
        ClientId=place.client, ChallengeName="SOFTWARE_TOKEN_MFA", Session=begun["Session"], ChallengeResponses=given
    )["AuthenticationResult"]
    site.post(path, {"do": "totp", "on": "0"})
    assert sign_in(idp, place)
    site.post(path, {"do": "delete-totp"})
    assert "None. The user sets one up" in site.get(path).words("#totp")


def test_sessions_are_revoked_one_by_one(running: Running, idp: Any, site: Site) -> None:
    place = setup(running, UserPoolTier="PLUS")
    running.call(
        "SetUserPoolSessionConfiguration",
        UserPoolId=place.pool,
        UserSessionTracking="ENABLED",
        TokenSession={"MaxPerUser": 3},
    )
    sub = user(running, place.pool)
    first, second = (sign_in(idp, place)["AccessToken"] for _ in range(2))
    path = site.at(place.pool, "users", sub)
    session = site.get(path).soup.select("input[name=session]")[1]["value"]
    site.post(path, {"do": "revoke", "session": session})
    with refused("NotAuthorizedException"):
        idp.get_user(AccessToken=first)
    assert idp.get_user(AccessToken=second)


def test_links_and_devices(running: Running, site: Site) -> None:
    place = setup(running)
    details = {"client_id": "x", "client_secret": "x", "authorize_scopes": "openid"}
    running.call(
        "CreateIdentityProvider",
        UserPoolId=place.pool,
        ProviderName="Google",
        ProviderType="Google",
        ProviderDetails=details,
    )
    sub = user(running, place.pool)
    running.call(
        "AdminLinkProviderForUser",
        UserPoolId=place.pool,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ann"},
        SourceUser={
            "ProviderName": "Google",
            "ProviderAttributeName": "Cognito_Subject",
            "ProviderAttributeValue": "42",
        },
    )
    path = site.at(place.pool, "users", sub)
    assert "Cognito_Subject: 42" in site.get(path).words()
    names = {"provider": "Google", "attribute": "Cognito_Subject", "value": "42"}
    site.post(path, {"do": "unlink", **names})
    assert len(running.world.store.identities) == 0
    assert site.post(path, {"do": "forget-device", "device": "x"}).refusal.startswith("InvalidParameterException · ")


def test_what_touched_a_user(running: Running, idp: Any, site: Site) -> None:
    place = setup(
        running, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS", SmsConfiguration=SMS, **EMAIL
    )
    sub = user(running, place.pool, email="ann@example.com", email_verified="true")
    user(running, place.pool, "bob")
    sign_in(idp, place)
    sign_in(idp, place, "bob")
    with refused("NotAuthorizedException"):
        sign_in(idp, place, password="wrong-Horse-1")
    idp.forgot_password(ClientId=place.client, Username="ann")
    answer = site.get(site.at(place.pool, "users", sub))
    touched = [cell.get_text() for cell in answer.soup.select("#touched tbody th")]
    assert touched == ["ForgotPassword", "InitiateAuth", "InitiateAuth"]
    assert "recovery" in answer.words("#mine")
    events = answer.soup.find(string="Sign-in events")
    assert events is not None
    assert "SignIn" in answer.words()
    assert str(running.world.outbox.all()[-1].code) in answer.words("#mine").replace(" ", "")


def test_what_the_console_does_is_remembered_as_the_apis_call(running: Running, idp: Any, site: Site) -> None:
    place = setup(running)
    sub = user(running, place.pool)
    site.post(site.at(place.pool, "users", sub), {"do": "password", "password": "Another-horse-9"})
    entry = newest(running)
    shown = site.request("GET", f"/_emulator/requests/{entry.id}", headers={"accept": "*/*"})
    found = json.loads(shown.text)
    assert (found["operation"], found["kind"], found["pool"], found["user"]) == (
        "AdminSetUserPassword",
        "control",
        place.pool,
        "ann",
    )
    assert found["input"] == {"UserPoolId": place.pool, "Username": "ann", "Password": "***", "Permanent": True}
    assert "Another-horse-9" not in shown.text
    site.post(site.at(place.pool, "users", sub), {"do": "password", "password": "short"})
    assert newest(running).error == "InvalidPasswordException"


def test_a_sign_in_counts_from_when_the_user_proved_who_they_are(running: Running, site: Site) -> None:
    """Its code may never be exchanged."""
    pages = pages_of(running)
    user(running, pages.pool, "ann")
    user(running, pages.pool, "bob")

    def last() -> list[str]:
        cells = [row.select_one("td.small.wide") for row in site.get(at).soup.select("#list tbody tr")]
        return [cell.get_text(" ", strip=True) for cell in cells if cell is not None]

    at = site.at(pages.pool, "users")
    assert last() == ["Never", "Never"]
    browser = pages.at("/login")
    browser.submit(follow=False, username="ann", password=PASSWORD)
    ann, bob = last()
    assert re.fullmatch(r"(now|\d+ s ago) c", ann), ann
    assert bob == "Never"


def test_addresses_break_before_their_dots() -> None:
    assert breakable_at("ann.b@<i>.com") == "ann<wbr>.b<wbr>@&lt;i&gt;<wbr>.com"
