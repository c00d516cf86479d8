"""A pool on the console: groups, clients, providers, login pages, triggers, settings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.console import pool_seed
from tests.helpers.build import PASSWORD, Setup, setup, sign_in, user
from tests.helpers.console_site import OAUTH, ROOT, Answer, Site, newest
from tests.helpers.harness import Running


@pytest.fixture
def place(running: Running) -> Setup:
    return setup(running, OAUTH)


def settings_on(answer: Answer, name: str = "settings") -> dict[str, Any]:
    found = answer.soup.select_one(f"textarea[name={name}]")
    assert found is not None
    value: dict[str, Any] = json.loads(found.get_text())
    return value


def test_groups(running: Running, idp: Any, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "groups")
    assert "This pool has no groups yet." in site.get(path).words()
    answer = site.post(path, {"name": "admins", "precedence": "3", "description": "All"})
    assert answer.words("h1") == "admins"
    assert site.post(path, {"name": "admins"}).refusal.startswith("GroupExistsException · ")
    for wrong in ("x", "-1", "1.5", "٣", "9" * 30):
        assert "must be a whole number" in site.post(path, {"name": "b", "precedence": wrong}).refusal
    user(running, place.pool)
    path = site.at(place.pool, "groups", "admins")
    assert "ann" in site.post(path, {"do": "add", "user": "ann"}).words("tbody")
    assert site.post(path, {"do": "add", "user": "eve"}).refusal.startswith("UserNotFoundException · ")
    site.post(path, {"do": "save", "precedence": "5", "description": "Some"})
    group = idp.get_group(UserPoolId=place.pool, GroupName="admins")["Group"]
    assert (group["Precedence"], group["Description"]) == (5, "Some")
    site.post(path, {"do": "remove", "user": "ann"})
    assert "No user is in this group." in site.get(path).words()
    assert "'do' must be one of" in site.post(path, {"do": "x"}).refusal
    site.post(path, {"do": "delete"})
    site.get(path, 404)


def test_clients(running: Running, idp: Any, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "clients")
    answer = site.post(path, {"name": "server", "secret": "1"})
    assert answer.words("h1") == "server"
    made = next(one for one in running.world.store.clients if one.name == "server")
    assert made.secret is not None
    assert made.secret in answer.text
    assert "AllowedOAuthFlowsUserPoolClient is not on." in answer.words()
    path = site.at(place.pool, "clients", made.id)
    settings = settings_on(site.get(path))
    answer = site.post(path, {"do": "save", "settings": json.dumps({**settings, "ClientName": "renamed"})})
    assert answer.words("h1") == "renamed"
    described = idp.describe_user_pool_client(UserPoolId=place.pool, ClientId=made.id)["UserPoolClient"]
    assert described["ExplicitAuthFlows"] == settings["ExplicitAuthFlows"]
    site.post(path, {"do": "delete"})
    site.get(path, 404)
    assert len(site.get(site.at(place.pool, "clients")).soup.select("tbody tr")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "This is not JSON"),
        ("[]", "The settings must be a JSON object."),
        ('"x"', "The settings must be a JSON object."),
        ("[" * 5000, "This is not JSON"),
        ('{"a": NaN}', "This is not JSON"),
        ('{"ClientName": 7}', "SerializationException"),
        ('{"Unheard": {"Of": 1}}', ""),
        ('{"ExplicitAuthFlows": ["NONE"]}', "InvalidParameterException · 1 validation error"),
        ('{"self": 1, "pool": 2, "service": 3, "operation": 4}', ""),
    ],
)
def test_settings_that_are_none(running: Running, site: Site, place: Setup, text: str, expected: str) -> None:
    path = site.at(place.pool, "clients", place.client)
    answer = site.post(path, {"do": "save", "settings": text})
    if expected:
        assert answer.status == 400
        assert answer.refusal.startswith(expected)
        assert answer.soup.select("textarea")[0].get_text() == text
    else:
        assert answer.status in (200, 400)
    settings_of_another = json.dumps({"UserPoolId": "us-east-1_other", "ClientId": "other"})
    assert site.post(path, {"do": "save", "settings": settings_of_another}).status == 200


def test_a_client_of_another_pool_is_none_of_this(running: Running, site: Site, place: Setup) -> None:
    other = setup(running)
    site.get(site.at(other.pool, "clients", place.client), 404)
    assert site.post(site.at(other.pool, "clients", place.client), {"do": "delete"}).status == 404
    assert place.client in running.world.store.clients


def test_providers(running: Running, idp: Any, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "providers")
    assert "This pool has no identity providers." in site.get(path).words()
    details = {"client_id": "x", "client_secret": "y", "authorize_scopes": "openid"}
    idp.create_identity_provider(
        UserPoolId=place.pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )
    assert "Google" in site.get(path).words("tbody")
    path = site.at(place.pool, "providers", "Google")
    settings = settings_on(site.get(path))
    settings["AttributeMapping"] = {"email": "email"}
    assert site.post(path, {"do": "save", "settings": json.dumps(settings)}).words("[role=status]") == "Saved."
    described = idp.describe_identity_provider(UserPoolId=place.pool, ProviderName="Google")["IdentityProvider"]
    assert described["AttributeMapping"]["email"] == "email"
    site.post(path, {"do": "delete"})
    site.get(path, 404)


def test_login_pages(running: Running, site: Site, place: Setup) -> None:
    running.call("CreateUserPoolClient", UserPoolId=place.pool, ClientName="machine")
    answer = site.get(site.at(place.pool, "pages"))
    first, second = answer.soup.select("tbody tr")
    assert str(first.select("a.primary")[0]["href"]).startswith(f"{site.origin}/login?client_id={place.client}")
    assert "AllowedOAuthFlowsUserPoolClient is not on." in second.get_text()


def test_the_preview_of_a_login_page(running: Running, site: Site, place: Setup) -> None:
    machine = running.call("CreateUserPoolClient", UserPoolId=place.pool, ClientName="machine")["UserPoolClient"]
    running.call(
        "CreateManagedLoginBranding",
        UserPoolId=place.pool,
        ClientId=place.client,
        Settings={"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "ff0000ff"}}}}},
    )
    frame = site.get(site.at(place.pool, "pages")).soup.select("iframe")[0]
    assert frame["src"] == f"pages/{place.client}/preview"
    assert frame["sandbox"] == ["allow-same-origin"]
    answer = site.get(site.at(place.pool, str(frame["src"])))
    assert answer.soup.select("#signInFormUsername")
    assert not answer.soup.select("script")
    assert answer.soup.select("body[inert]")
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "sandbox allow-same-origin" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    sheets = [str(one["href"]) for one in answer.soup.select("link[rel=stylesheet]")]
    assert [sheet for sheet in sheets if "ff0000" in site.get(sheet).text.lower()]
    site.get(site.at(place.pool, "pages", machine["ClientId"], "preview"), 404)
    site.get(site.at(place.pool, "pages", "none", "preview"), 404)
    other = setup(running, OAUTH)
    site.get(site.at(place.pool, "pages", other.client, "preview"), 404)
    assert "machine" not in site.get(site.at(place.pool, "pages")).words("#preview")


def test_the_pool_as_a_seed(running: Running, idp: Any, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "seed")
    user(running, place.pool)
    text = site.get(path).soup.select("textarea")[0].get_text().lstrip("\n")
    assert text == site.get(site.at(place.pool, "users", "export")).text
    idp.admin_delete_user(UserPoolId=place.pool, Username="ann")
    seed = text.replace("PoolName: p\n", "PoolName: renamed\n")
    assert site.post(path, {"do": "apply", "seed": seed}).words("[role=status]") == "The seed is applied."
    assert idp.describe_user_pool(UserPoolId=place.pool)["UserPool"]["Name"] == "renamed"
    assert sign_in(idp, place)
    answer = site.post(path, {"do": "apply", "seed": "UserPools: [{PoolName: p, Colour: red, Size: 2}]"})
    assert answer.status == 400
    assert "Colour" in answer.refusal
    assert "Size" in answer.refusal
    assert "Colour: red" in answer.soup.select("textarea")[0].get_text(), "what was typed in stays"
    assert site.post(path, {"do": "x"}).refusal == "'do' must be: apply."


def test_the_seed_of_a_large_pool_is_shortened(
    running: Running, site: Site, place: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_seed, "MOST_USERS", 1)
    for name in ("ann", "bob"):
        user(running, place.pool, name)
    answer = site.get(site.at(place.pool, "seed"))
    assert "It has the first 1 of 2 users; the file has all." in answer.words()
    assert "bob" not in answer.soup.select("textarea")[0].get_text()
    assert "bob" in site.get(site.at(place.pool, "users", "export")).text


def test_triggers(running: Running, idp: Any, site: Site, place: Setup) -> None:
    from cognito_emulator.ports.lambda_callable import CallableFunction

    path = site.at(place.pool, "triggers")
    assert "This pool has no triggers." in site.get(path).words()
    arn = "arn:aws:lambda:us-east-1:000000000000:function:claims"

    def claims(event: Any, _: Any) -> Any:
        event["response"]["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"team": "blue"}}
        return event

    before = running.world.triggers.bindings()
    try:
        running.world.triggers.bind(arn, CallableFunction(claims))
        idp.update_user_pool(UserPoolId=place.pool, LambdaConfig={"PreTokenGeneration": arn})
        assert "Not called" in site.get(path).words()
        user(running, place.pool)
        sign_in(idp, place)
    finally:
        running.world.triggers.unbind(arn) if arn not in before else None
    answer = site.get(path)
    assert "TokenGeneration_Authentication" in answer.words()
    assert "claimsToAddOrOverride" in answer.words()
    assert answer.words("h2 a") == "InitiateAuth"


def test_settings(running: Running, idp: Any, site: Site, place: Setup) -> None:
    path = site.at(place.pool, "settings")
    settings = settings_on(site.get(path))
    assert site.post(path, {"do": "settings", "settings": json.dumps(settings)}).words("[role=status]") == "Saved."
    settings["AutoVerifiedAttributes"] = ["email"]
    site.post(path, {"do": "settings", "settings": json.dumps(settings)})
    assert idp.describe_user_pool(UserPoolId=place.pool)["UserPool"]["AutoVerifiedAttributes"] == ["email"]
    mfa = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    site.post(path, {"do": "mfa", "mfa": json.dumps(mfa)})
    assert idp.get_user_pool_mfa_config(UserPoolId=place.pool)["MfaConfiguration"] == "OPTIONAL"
    assert settings_on(site.get(path), "mfa")["MfaConfiguration"] == "OPTIONAL"
    assert "'do' must be one of" in site.post(path, {"do": "x"}).refusal
    idp.update_user_pool(UserPoolId=place.pool, DeletionProtection="ACTIVE")
    assert site.post(path, {"do": "delete"}).refusal.startswith("InvalidParameterException · ")
    idp.update_user_pool(UserPoolId=place.pool, DeletionProtection="INACTIVE")
    assert site.post(path, {"do": "delete"}).words("[role=status]") == "Deleted."
    site.get(path, 404)


def test_a_refused_form_is_remembered_as_its_operation(running: Running, site: Site, place: Setup) -> None:
    running.call("UpdateUserPool", UserPoolId=place.pool, DeletionProtection="ACTIVE")
    assert site.post(site.at(place.pool, "settings"), {"do": "delete"}).status == 400
    entry = newest(running)
    assert (entry.operation, entry.error) == ("DeleteUserPool", "InvalidParameterException")


def test_a_pool_of_another_account_and_region(running: Running, site: Site) -> None:
    idp = running.client(region="eu-west-1", access_key="111122223333")
    pool = idp.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    answer = site.post(site.at(pool, "users", "new"), {"username": "ann"})
    assert answer.words("h1") == "ann"
    assert [one["Username"] for one in idp.list_users(UserPoolId=pool)["Users"]] == ["ann"]
    assert "eu-west-1" in site.get(site.at(pool, "settings")).words()
    client = idp.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    walk = {"client": client, "username": "ann", "password": PASSWORD}
    assert "Signed in: these are the tokens." in site.post(f"{ROOT}/flows/srp", walk).words()
    sub = next(one.sub for one in running.world.store.users if one.username == "ann")
    assert len(site.post(site.at(pool, "users", sub, "tokens"), {"client": client}).soup.select("[role=status]")) == 3
    seed = site.get(site.at(pool, "users", "export")).text
    assert (
        site.post(site.at(pool, "seed"), {"do": "apply", "seed": seed}).words("[role=status]") == "The seed is applied."
    )
