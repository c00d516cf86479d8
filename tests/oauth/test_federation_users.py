"""From what a provider tells to a user of the pool: names, attributes, links, groups, functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.auth_flow import FEDERATION
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.hosted.authorize import Finished
from tests.helpers.build import PASSWORD, refused, user
from tests.helpers.federated import Provider, refusal, tokens, users
from tests.helpers.federated_users import EMAIL, come, made
from tests.helpers.functions import Event, Functions, answering, arn, raising
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.site import Site


def only(running: Running, site: Site) -> dict[str, str]:
    (found,) = users(running, site.pool).values()
    return found


def schema(name: str, **more: Any) -> dict[str, Any]:
    return {"Schema": [{"Name": name, "AttributeDataType": "String", **more}]}


def test_an_attempt_says_that_it_is_federated(
    running: Running, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows: list[str] = []
    finish = authorize.finish

    async def finish_and_note(world: Any, request: Any, attempt: Attempt, *more: Any, **named: Any) -> Finished:
        flows.append(attempt.how.flow)
        return await finish(world, request, attempt, *more, **named)

    monkeypatch.setattr(authorize, "finish", finish_and_note)
    site = made(running, provider)
    assert "code" in come(site, provider, sub="1").params
    assert "code" in come(site, provider, sub="1").params
    assert flows == [FEDERATION, FEDERATION]


# --- names and attributes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sensitive", "name"), [(True, "Mine_Ab-1"), (False, "mine_ab-1")])
def test_the_user_name(running: Running, provider: Provider, sensitive: bool, name: str) -> None:
    site = made(running, provider, UsernameConfiguration={"CaseSensitive": sensitive})
    answer = come(site, provider, sub="Ab-1")
    assert tokens(site, answer.params["code"])["cognito:username"] == name
    assert list(users(running, site.pool)) == [name]


@pytest.mark.parametrize("sub", ["x" * 124, "a b", "a\u0000b"])
def test_a_subject_that_makes_no_user_name(running: Running, provider: Provider, sub: str) -> None:
    site = made(running, provider)
    text = "The provider's subject does not make a user name."
    assert refusal(come(site, provider, sub=sub)) == ("invalid_request", text)
    assert "code" in come(site, provider, sub="x" * 123).params


def test_values_of_every_kind(running: Running, provider: Provider) -> None:
    mapping = {"custom:a": "groups", "custom:b": "more", "custom:c": "number", "custom:d": "access_token", "name": "no"}
    entries = [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in "abcd"]
    site = made(running, provider, mapping, Schema=entries)
    come(site, provider, groups=["a b", "ä,", "x.y-z*_~"], more={"k": [1]}, number=7, no=None)
    found = only(running, site)
    assert found["custom:a"] == "[a+b,%C3%A4%2C,x.y-z*_%7E]"
    assert (found["custom:b"], found["custom:c"], found["custom:d"]) == ('{"k":[1]}', "7", "at-1")
    assert "name" not in found


@pytest.mark.parametrize(
    ("claim", "flag"),
    [(True, "true"), ("true", "true"), ("TRUE", "true"), (False, "false"), ("1", "false"), (None, "false")],
)
def test_an_address_is_verified_only_by_the_mapping(
    running: Running, provider: Provider, claim: Any, flag: str
) -> None:
    site = made(running, provider)
    come(site, provider, email="ann@example.com", email_verified=claim)
    assert only(running, site)["email_verified"] == flag


def test_without_a_mapping_an_address_is_unverified(running: Running, provider: Provider) -> None:
    site = made(running, provider, EMAIL)
    come(site, provider, email="ann@example.com", email_verified=True)
    assert only(running, site)["email_verified"] == "false"


def test_a_flag_verifies_no_other_address(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider)
    user(running, site.pool, "ann", email="ann@example.com")
    link(idp, site, "Cognito_Subject", "s-1")
    come(site, provider, email_verified=True)
    assert users(running, site.pool)["ann"].get("email_verified") != "true"
    come(site, provider, email="ann@example.com", email_verified=True)
    assert users(running, site.pool)["ann"]["email_verified"] == "true"


def test_later_sign_ins_write_what_has_changed(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider, {"email": "email", "name": "name", "nickname": "nick"})
    come(site, provider, email="ann@example.com", name="Ann", nick="A")
    verified = [{"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=site.pool, Username="Mine_s-1", UserAttributes=verified)
    before = only(running, site)
    come(site, provider, email="ann@example.com", name="Anna", nick="")
    after = only(running, site)
    assert after == {name: value for name, value in before.items() if name != "nickname"} | {"name": "Anna"}
    come(site, provider, email="anna@example.com")
    assert only(running, site) == after | {"email": "anna@example.com", "email_verified": "false"}


def test_an_immutable_attribute_is_written_once(running: Running, provider: Provider) -> None:
    site = made(running, provider, {"custom:id": "id"}, **schema("id", Mutable=False))
    assert "code" in come(site, provider, id="7").params
    text = "user.custom:id: Attribute cannot be updated."
    assert refusal(come(site, provider, id="8")) == ("invalid_request", text)
    assert refusal(come(site, provider, id="7")) == ("invalid_request", text)
    assert only(running, site)["custom:id"] == "7"
    assert "code" in come(site, provider).params


def test_what_the_client_cannot_write_is_left_out(running: Running, provider: Provider) -> None:
    site = made(running, provider, client={"WriteAttributes": ["name"]})
    come(site, provider, email="ann@example.com", email_verified=True, name="Ann")
    found = only(running, site)
    assert found["name"] == "Ann"
    assert {"email", "email_verified"}.isdisjoint(found)


def test_a_required_attribute_is_missing(running: Running, provider: Provider) -> None:
    required = [{"Name": name, "Required": True, "Mutable": True} for name in ("email", "name")]
    site = made(running, provider, Schema=required)
    assert refusal(come(site, provider, email="")) == ("invalid_request", "attributes required: [name, email]")
    assert users(running, site.pool) == {}
    assert "code" in come(site, provider, email="ann@example.com", name="Ann").params
    assert refusal(come(site, provider, name=""))[1] == "user.name: The attribute is required"


@pytest.mark.parametrize(
    ("claims", "text"),
    [
        ({"email": "nobody"}, "Invalid email address format."),
        ({"name": "x" * 2049}, "Invalid user attributes: name: String must be no longer than 2048 characters"),
    ],
)
def test_values_that_do_not_fit(running: Running, provider: Provider, claims: dict[str, str], text: str) -> None:
    site = made(running, provider)
    assert refusal(come(site, provider, **claims)) == ("invalid_request", text)
    assert users(running, site.pool) == {}
    assert "code" in come(site, provider, email="ann@example.com", name="Ann").params
    assert refusal(come(site, provider, **claims))[1].startswith(text.split(":")[0])


def test_an_alias_of_somebody_else(running: Running, provider: Provider) -> None:
    site = made(running, provider, AliasAttributes=["email"])
    user(running, site.pool, "ann", email="ann@example.com", email_verified="true")
    text = "An account with the email already exists."
    assert refusal(come(site, provider, email="ann@example.com", email_verified=True)) == ("invalid_request", text)
    assert "code" in come(site, provider, email="ann@example.com", email_verified=False).params
    assert refusal(come(site, provider, email="ann@example.com", email_verified=True)) == ("invalid_request", text)


def test_where_addresses_are_user_names_both_may_have_one(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider, UsernameAttributes=["email"])
    come(site, provider, email="ann@example.com", email_verified=True)
    idp.sign_up(ClientId=site.client, Username="ann@example.com", Password=PASSWORD)
    found = users(running, site.pool)
    assert len(found) == 2
    assert found["Mine_s-1"]["email"] == "ann@example.com"
    # By the address, the local user is meant; the other has his name alone, whatever happens to him.
    assert idp.admin_get_user(UserPoolId=site.pool, Username="ann@example.com")["UserStatus"] == "UNCONFIRMED"
    idp.admin_set_user_password(UserPoolId=site.pool, Username="Mine_s-1", Password=PASSWORD, Permanent=True)
    changed = [{"Name": "name", "Value": "Ann"}]
    idp.admin_update_user_attributes(UserPoolId=site.pool, Username="Mine_s-1", UserAttributes=changed)
    assert idp.admin_get_user(UserPoolId=site.pool, Username="Mine_s-1")["UserStatus"] == "CONFIRMED"


def test_a_name_that_is_taken(running: Running, provider: Provider) -> None:
    site = made(running, provider)
    user(running, site.pool, "Mine_s-1")
    assert refusal(come(site, provider)) == ("invalid_request", "Already found an entry for username Mine_s-1")


def test_who_was_deleted_is_somebody_new(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider)
    first = tokens(site, come(site, provider).params["code"])
    idp.admin_delete_user(UserPoolId=site.pool, Username="Mine_s-1")
    idp.delete_group(UserPoolId=site.pool, GroupName=f"{site.pool}_Mine")
    again = tokens(site, come(site, provider).params["code"])
    assert again["sub"] != first["sub"]
    assert again["cognito:groups"] == first["cognito:groups"] == [f"{site.pool}_Mine"]


def test_who_is_disabled_or_has_mfa(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider, MfaConfiguration="OFF")
    idp.set_user_pool_mfa_config(
        UserPoolId=site.pool, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert "code" in come(site, provider).params
    idp.admin_disable_user(UserPoolId=site.pool, Username="Mine_s-1")
    assert refusal(come(site, provider)) == ("invalid_request", "User is not enabled")


def test_who_is_disabled_on_the_way(running: Running, idp: Any, provider: Provider) -> None:
    def disabling(_event: Event) -> None:
        idp.admin_disable_user(UserPoolId=site.pool, Username="Mine_s-1")

    functions = Functions(running, PreAuthentication=disabling)
    site = made(running, provider, LambdaConfig=functions.config)
    come(site, provider, name="Ann")
    assert refusal(come(site, provider, name="Eve")) == ("invalid_request", "User is not enabled")
    assert only(running, site)["name"] == "Ann"


def test_a_federated_user_has_no_password(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider, client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    come(site, provider)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        idp.initiate_auth(
            ClientId=site.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "Mine_s-1", "PASSWORD": PASSWORD},
        )


# --- links -------------------------------------------------------------------------------------------------


def link(idp: Any, site: Site, attribute: str, value: str) -> None:
    idp.admin_link_provider_for_user(
        UserPoolId=site.pool,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ann"},
        SourceUser={
            "ProviderName": "Mine",
            "ProviderAttributeName": attribute,
            "ProviderAttributeValue": value,
        },
    )


@pytest.mark.parametrize(("attribute", "value"), [("Cognito_Subject", "s-1"), ("email", "ann@mine.example")])
def test_a_linked_identity_signs_in_as_the_user(
    running: Running, idp: Any, provider: Provider, attribute: str, value: str
) -> None:
    functions = Functions(running, PreSignUp=None, PostConfirmation=None, PreAuthentication=None)
    site = made(running, provider, EMAIL, LambdaConfig=functions.config)
    sub = user(running, site.pool, "ann", email="ann@example.com", email_verified="true")
    functions.events.clear()
    link(idp, site, attribute, value)
    found = tokens(site, come(site, provider, email="ann@mine.example").params["code"])
    assert (found["sub"], found["cognito:username"], found["email"]) == (sub, "ann", "ann@mine.example")
    assert "cognito:groups" not in found
    (entry,) = found["identities"]
    assert (entry["userId"], entry["primary"]) == ("s-1", "false")
    assert only(running, site)["status"] == "CONFIRMED"
    assert functions.sources() == ["PreAuthentication_Authentication"]
    # From now on the subject tells who it is.
    assert "code" in come(site, provider, email="other@mine.example").params
    person = {"ProviderName": "Mine", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "s-1"}
    idp.admin_disable_provider_for_user(UserPoolId=site.pool, User=person)
    assert "identities" not in only(running, site)
    come(site, provider, email="other@mine.example")
    assert set(users(running, site.pool)) == {"ann", "Mine_s-1"}


def test_who_has_signed_in_cannot_be_linked(running: Running, idp: Any, provider: Provider) -> None:
    site = made(running, provider)
    user(running, site.pool, "ann")
    come(site, provider)
    text = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
    with refused("InvalidParameterException", text):
        link(idp, site, "Cognito_Subject", "s-1")


# --- functions ---------------------------------------------------------------------------------------------

TRIGGERS = ("PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration")


def test_which_functions_are_called(running: Running, provider: Provider) -> None:
    functions = Functions(running, **dict.fromkeys(TRIGGERS))
    site = made(running, provider, EMAIL, LambdaConfig=functions.config)
    tokens(site, come(site, provider, email="ann@example.com").params["code"])
    assert functions.sources() == [
        "PreSignUp_ExternalProvider",
        "PostConfirmation_ConfirmSignUp",
        "TokenGeneration_HostedAuth",
    ]
    told = functions.told("PreSignUp_ExternalProvider")
    assert (told["userName"], told["callerContext"]["clientId"]) == ("Mine_s-1", site.client)
    assert told["request"]["userAttributes"] == {
        "email": "ann@example.com",
        "cognito:email_alias": "",
        "cognito:phone_number_alias": "",
    }
    attributes = functions.told("PostConfirmation_ConfirmSignUp")["request"]["userAttributes"]
    assert attributes["cognito:user_status"] == "EXTERNAL_PROVIDER"
    assert json.loads(attributes["identities"])[0]["providerName"] == "Mine"
    functions.events.clear()
    tokens(site, come(site, provider, email="ann@example.com").params["code"])
    assert functions.sources() == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_HostedAuth",
    ]


@pytest.mark.parametrize(
    ("name", "first", "left"),
    [
        ("PreSignUp", True, 0),
        ("PostConfirmation", True, 1),
        ("PreAuthentication", False, 1),
        ("PostAuthentication", False, 1),
        pytest.param("InboundFederation", True, 0, marks=needs_newest),
    ],
)
def test_a_function_refuses(running: Running, provider: Provider, name: str, first: bool, left: int) -> None:
    functions = Functions(running, **{name: raising("not you")})
    config: dict[str, Any] = functions.config
    if name == "InboundFederation":
        config = {name: {"LambdaArn": arn(name), "LambdaVersion": "V1_0"}}
    site = made(running, provider, LambdaConfig=config)
    if not first:
        assert "code" in come(site, provider).params
    assert refusal(come(site, provider)) == ("invalid_request", f"{name} failed with error not you.")
    assert len(users(running, site.pool)) == left


def test_a_pre_sign_up_function_may_verify_an_address(running: Running, provider: Provider) -> None:
    functions = Functions(running, PreSignUp=answering(autoVerifyEmail=True, autoConfirmUser=True))
    site = made(running, provider, EMAIL, LambdaConfig=functions.config)
    come(site, provider, email="ann@example.com")
    found = only(running, site)
    assert (found["email_verified"], found["status"]) == ("true", "EXTERNAL_PROVIDER")


def test_a_pre_sign_up_function_that_links_fails_once(running: Running, idp: Any, provider: Provider) -> None:
    def linking(_event: Event) -> None:
        link(idp, site, "Cognito_Subject", "s-1")

    functions = Functions(running, PreSignUp=linking)
    site = made(running, provider, LambdaConfig={})
    user(running, site.pool, "ann")
    idp.update_user_pool(UserPoolId=site.pool, LambdaConfig=functions.config)
    assert refusal(come(site, provider)) == ("invalid_request", "Already found an entry for username Mine_s-1")
    assert list(users(running, site.pool)) == ["ann"]
    assert tokens(site, come(site, provider).params["code"])["cognito:username"] == "ann"


def inbound(running: Running, provider: Provider, handler: Any, **more: Any) -> tuple[Site, Functions]:
    functions = Functions(running, InboundFederation=handler)
    config = {"InboundFederation": {"LambdaArn": arn("InboundFederation"), "LambdaVersion": "V1_0"}}
    return made(running, provider, LambdaConfig=config, **more), functions


@needs_newest
def test_what_an_inbound_function_is_told(running: Running, provider: Provider) -> None:
    site, functions = inbound(running, provider, None)
    provider.userinfo = {"family_name": "Example"}
    come(site, provider, email="ann@example.com", email_verified=True)
    (event,) = functions.events
    assert (event["triggerSource"], event["userName"]) == ("InboundFederation_ExternalProvider", "Mine_s-1")
    assert (event["request"]["providerName"], event["request"]["providerType"]) == ("Mine", "OIDC")
    told = event["request"]["attributes"]
    assert (told["tokenResponse"]["access_token"], told["idToken"]["email_verified"]) == ("at-1", "true")
    assert told["userInfo"] == {"sub": "s-1", "family_name": "Example"}
    assert event["response"] == {"userAttributesToMap": {}}
    assert only(running, site)["email"] == "ann@example.com"  # an empty answer changes nothing


@needs_newest
def test_an_inbound_function_replaces_everything(running: Running, provider: Provider) -> None:
    handler = answering(userAttributesToMap={"email": "new@example.com", "custom:team": "blue", "custom:no": "x"})
    site, _ = inbound(running, provider, handler, **schema("team", Mutable=True))
    come(site, provider, email="ann@example.com", email_verified=True, name="Ann")
    found = only(running, site)
    assert (found["email"], found["email_verified"], found["custom:team"]) == ("new@example.com", "false", "blue")
    assert {"name", "custom:no"}.isdisjoint(found)


@needs_newest
def test_an_inbound_function_answers_rubbish(running: Running, provider: Provider) -> None:
    site, _ = inbound(running, provider, answering(userAttributesToMap=["x"]))
    assert refusal(come(site, provider)) == ("invalid_request", "Unrecognizable lambda output")
