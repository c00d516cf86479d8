"""aws-amplify v5, unmodified: the calls of its guides, pointed here by `Auth.endpoint`."""

from __future__ import annotations

from typing import Any

from tests.clients import expected
from tests.clients.errors import Town, rows, setting, told
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.custom_auth import pool_with
from tests.helpers.custom_clients import metadata, rounds, triggers
from tests.helpers.harness import Running
from tests.helpers.identity_js import MAIL
from tests.helpers.node import Node

SIGNED_IN = None
NOBODY = "The user is not authenticated"


def asks(challenge: str, **parameters: Any) -> dict[str, Any]:
    """A user who has one more step to do."""
    return {"challengeName": challenge, "challengeParam": parameters}


def test_an_account_from_sign_up_to_deletion(amplify_5: Node, running: Running) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    given = expected.account_setting()
    steps = amplify_5.run("account.mjs", running, made, username="ann", password=PASSWORD, **given)

    sub = steps["sign up"].pop("userSub")
    assert expected.UUID.fullmatch(sub)
    assert steps["sign up"] == {"username": "ann", "userConfirmed": False, "codeDeliveryDetails": MAIL}
    assert steps["resend"] == steps["forgot"] == {"CodeDeliveryDetails": MAIL}
    assert steps["confirm wrong"] == steps["verify wrong"] == steps["forgot wrong"] == expected.WRONG_CODE
    done = ("confirm", "update", "verify", "delete attribute", "change", "forgot submit", "delete")
    assert {name: steps[name] for name in done} == dict.fromkeys(done, "SUCCESS")
    assert steps["nobody yet"] == steps["signed out"] == NOBODY

    assert steps["sign in"] == steps["signs in again"] == SIGNED_IN
    mailed = {"sub": sub, "name": "Ann", "email": "ann@example.com", "email_verified": True}
    assert steps["current user"] == {"username": "ann", "attributes": mailed}
    assert steps["info"] == {"username": "ann", "attributes": {**mailed, "email": "anna@example.org"}}
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)
    expected.check_refreshed(steps["payloads"], steps["refreshed"])

    assert steps["change with wrong password"] == steps["before the reset"] == expected.WRONG_PASSWORD
    assert steps["token after sign-out"] == expected.TOKEN_REVOKED
    assert steps["sign in deleted"] == expected.UNKNOWN_USER


def test_an_invited_user_an_authenticator_app_and_a_device(amplify_5: Node, running: Running) -> None:
    made = expected.mfa_pool(
        running,
        "OPTIONAL",
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True},
        Schema=[{"Name": "name", "Required": True}],
    )
    sub = user(running, made.pool, password=expected.TEMPORARY, permanent=False)
    given = {"username": "ann", "password": PASSWORD, "temporaryPassword": expected.TEMPORARY}
    steps = amplify_5.run("factors.mjs", running, made, **given)

    assert steps["invited"] == asks("NEW_PASSWORD_REQUIRED", userAttributes={"name": ""}, requiredAttributes=["name"])
    assert steps["weak password"] == expected.too_weak("Password not long enough")
    assert steps["new password"] == SIGNED_IN

    assert steps["prefer unverified"] == expected.UNVERIFIED_TOTP
    assert steps["verify wrong"] == expected.FAILED_TOTP
    assert steps["verify"] == {"Status": "SUCCESS"}
    assert (steps["prefer"], steps["preferred"]) == ("SUCCESS", "SOFTWARE_TOKEN_MFA")
    assert steps["challenge"] == steps["forgotten"] == "SOFTWARE_TOKEN_MFA"
    assert steps["wrong code"] == expected.WRONG_TOTP
    assert steps["right code"] == "ann"
    expected.check_tokens(running, made, steps["payloads"], "ann", sub)
    assert steps["payloads"]["id"]["name"] == "Ann"

    [device] = steps["devices"]
    assert device["id"] == steps["payloads"]["access"]["device_key"]
    assert (steps["remember"], steps["remembered"]) == ("SUCCESS", SIGNED_IN)
    assert (steps["forget"], steps["no devices"]) == ("SUCCESS", [])


def test_custom_challenges(amplify_5: Node, running: Running) -> None:
    functions = triggers(running)
    made = pool_with(running, functions)
    [record] = running.world.store.users.where("pool", made.pool)
    steps = amplify_5.run("custom.mjs", running, made, username="ann", password=PASSWORD)

    def question(number: int) -> dict[str, Any]:
        return asks("CUSTOM_CHALLENGE", question=f"number {number}", USERNAME="ann")

    assert [steps["question"], steps["wrong answer"]] == [question(0), question(1)]
    assert [steps["password"], steps["wrong answer after the password"]] == [question(2), question(3)]
    assert steps["right answer"] == steps["right answer after the password"] == SIGNED_IN
    assert steps["wrong password"] == steps["three wrong answers"] == expected.WRONG_PASSWORD
    for payloads in ("payloads", "payloads after the password"):
        expected.check_tokens(running, made, steps[payloads], "ann", record.sub)
    answers = [("CUSTOM_CHALLENGE", False), ("CUSTOM_CHALLENGE", True)]
    assert rounds(functions) == [answers, [("SRP_A", True), ("PASSWORD_VERIFIER", True), *answers]]
    said = [{"from": "first answer"}, {"from": "second answer"}]
    assert metadata(functions, "VerifyAuthChallengeResponse")[:3] == [*said, None]


def test_errors(amplify_5: Node, running: Running, idp: Any) -> None:
    town = Town(running, idp)
    table = rows(town)
    steps = amplify_5.run("errors.mjs", running, town.made, **setting(table))
    errors = told(table)
    errors["alias taken"] = errors["function cannot be reached"]  # this client confirms with ForceAliasCreation
    coded: dict[str, Any] = {name: {**error, "code": error["name"]} for name, error in errors.items()}
    # It leaves out what it knows to be read-only.
    assert steps == {**coded, "attribute, forbidden": {"accepted": "SUCCESS"}}
