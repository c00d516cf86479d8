"""Users whom a UserMigration function knows sign in as if they had always been there."""

from __future__ import annotations

from typing import Any

from tests.build import FLOWS, PASSWORD, SrpClient, refused, setup
from tests.flows.test_sign_in_triggers import begin
from tests.functions import Functions, answering, raising
from tests.harness import Running


def migrating(**response: Any) -> Any:
    attributes = {"email": "old@example.com", "email_verified": "true"}
    return answering(userAttributes=attributes, messageAction="SUPPRESS", **response)


def test_a_user_from_elsewhere_signs_in(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"), PreSignUp=raising("never"))
    made = setup(running, LambdaConfig=functions.config)
    answer = begin(idp, made, "old", ClientMetadata={"a": "b"})
    assert "AccessToken" in answer["AuthenticationResult"]
    told = functions.told("UserMigration_Authentication")
    assert told["userName"] == "old"
    assert told["request"]["password"] == PASSWORD
    assert told["request"]["validationData"] == {"a": "b"}
    functions.events.clear()
    begin(idp, made, "old")
    assert functions.events == []


def test_a_reset_is_required_without_a_final_status(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating())
    made = setup(running, LambdaConfig=functions.config)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        begin(idp, made, "old")


def test_srp_does_not_migrate(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = setup(running, client={"ExplicitAuthFlows": FLOWS}, LambdaConfig=functions.config)
    parameters = {"USERNAME": "old", "SRP_A": SrpClient(made.pool, PASSWORD).public}
    with refused("UserNotFoundException", "User does not exist."):
        idp.initiate_auth(ClientId=made.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert functions.events == []
