"""AuthFlow: the flows that an operation and an app client have."""

from __future__ import annotations

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.first_factor import USER_AUTH
from cognito_emulator.domain.clients.client import Client

SRP = "USER_SRP_AUTH"
CUSTOM = "CUSTOM_AUTH"
USER_PASSWORD = "USER_PASSWORD_AUTH"
ADMIN_FLOWS = ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH")
PASSWORD_FLOWS = (USER_PASSWORD, *ADMIN_FLOWS)
REFRESH_FLOWS = ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN")
# How users sign in without an AuthFlow: at an identity provider, by a browser session, and by an authorization code.
FEDERATION, BROWSER_SESSION, AUTHORIZATION_CODE = "FEDERATION", "BROWSER_SESSION", "AUTHORIZATION_CODE"
_CUSTOM_ONLY = "CUSTOM_AUTH_FLOW_ONLY"

# The ExplicitAuthFlows values that allow a flow. Legacy values for passwords also allow SRP
# [observed: hashicorp/terraform-provider-aws], and every legacy value allows refresh: it "should always be allowed"
# [observed: aws/aws-cdk#7625], and Amplify refreshes with a client of the custom one
# [observed: aws-samples/amazon-cognito-passwordless-email-auth].
_LEGACY = frozenset({"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"})
_ALLOWED_BY = {
    SRP: _LEGACY | {"ALLOW_USER_SRP_AUTH"},
    USER_PASSWORD: frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"}),
    **dict.fromkeys(ADMIN_FLOWS, frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})),
    CUSTOM: frozenset({"ALLOW_CUSTOM_AUTH", _CUSTOM_ONLY}),
    USER_AUTH: frozenset({"ALLOW_USER_AUTH"}),
    **dict.fromkeys(REFRESH_FLOWS, _LEGACY | {_CUSTOM_ONLY, "ALLOW_REFRESH_TOKEN_AUTH"}),
}


def is_allowed(client: Client, flow: str) -> bool:
    """Return whether an app client has a flow."""
    return bool(client.flows & _ALLOWED_BY[flow])


def check(client: Client, flow: str, *, admin: bool) -> None:
    """Refuse a flow that this operation or the app client does not have.

    Raises:
        InvalidParameter
    """
    if flow in PASSWORD_FLOWS and (flow in ADMIN_FLOWS) != admin:
        # InitiateAuth and AdminInitiateAuth have different flows for a password
        # [observed: soto-cognito-authentication-kit#10, aws-doc-sdk-examples#5289].
        raise errors.InvalidParameter("Initiate Auth method not supported.").because(
            "auth.flow-of-other-operation", value=flow
        )
    if not is_allowed(client, flow):
        raise errors.InvalidParameter(_not_enabled(client, flow)).because(
            "auth.flow-not-enabled", setting="ExplicitAuthFlows", value=client.flows
        )


def _not_enabled(client: Client, flow: str) -> str:
    if _CUSTOM_ONLY in client.flows:
        return "Only custom auth (lambda driven) is enabled for this client."  # [observed: amplify-js#3379]
    if flow == USER_PASSWORD:
        return "USER_PASSWORD_AUTH flow not enabled for this client"
    if flow in (SRP, CUSTOM, USER_AUTH):
        return f"{flow} is not enabled for the client."
    return "Auth flow not enabled for this client"
