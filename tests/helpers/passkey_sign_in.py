"""Sign in with a passkey."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.authenticator import Authenticator
from tests.helpers.build import Setup, setup
from tests.helpers.choice import choose, policies
from tests.helpers.harness import Running
from tests.helpers.sign_in import respond


def with_passkeys(running: Running, client: dict[str, Any] | None = None, **configuration: str) -> Setup:
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"], **(client or {})}
    at = setup(running, flows, Policies=policies("PASSWORD", "WEB_AUTHN"))
    block = {"RelyingPartyId": "example.com", **configuration}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    return at


def asked(answer: Any) -> dict[str, Any]:
    """The options of a WEB_AUTHN challenge."""
    assert answer["ChallengeName"] == "WEB_AUTHN"
    found: dict[str, Any] = json.loads(answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    return found


def start(idp: Any, at: Setup) -> Any:
    return choose(idp, at, PREFERRED_CHALLENGE="WEB_AUTHN")


def sign(idp: Any, at: Setup, session: str, credential: Any) -> Any:
    text = credential if isinstance(credential, str) else json.dumps(credential)
    return respond(idp, at, "WEB_AUTHN", session, USERNAME="ann", CREDENTIAL=text)


def try_in(idp: Any, at: Setup, passkey: Authenticator) -> Any:
    """A whole sign-in with the passkey."""
    answer = start(idp, at)
    return sign(idp, at, answer["Session"], passkey.get(asked(answer)))
