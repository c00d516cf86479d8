"""The metrics that Amazon Cognito publishes to CloudWatch.

[docs: metrics-for-cognito-user-pools] A metric has data points of 1 and 0: their sum is how many requests succeeded,
their number how many there were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from cognito_emulator.domain.auth.event_risk import BLOCKED, Risk
from cognito_emulator.domain.threats import auth_event

COGNITO, USAGE = "AWS/Cognito", "AWS/Usage"
SIGN_UP, SIGN_IN, REFRESH, FEDERATION = "SignUp", "SignIn", "TokenRefresh", "Federation"
SUCCESSES, THROTTLES = "Successes", "Throttles"
CALLS, THROTTLED_CALLS = "CallCount", "ThrottleCount"
ADMIN, INVALID = "Admin", "Invalid"
SERVICE = "Cognito user pool"
THROTTLING = frozenset({"TooManyRequestsException", "ThrottlingException"})
_OPERATIONS = (auth_event.SIGN_IN, auth_event.SIGN_UP, auth_event.PASSWORD_CHANGE)

AUTHENTICATION, RECOVERY, FEDERATED = "UserAuthentication", "UserAccountRecovery", "UserFederation"
MACHINES = "ClientAuthentication"
# [docs: quotas]
_CATEGORIES: Mapping[str, str] = {
    AUTHENTICATION: "InitiateAuth RespondToAuthChallenge AdminInitiateAuth AdminRespondToAuthChallenge "
    "GetTokensFromRefreshToken",
    "UserCreation": "SignUp ConfirmSignUp AdminCreateUser AdminConfirmSignUp",
    RECOVERY: "ChangePassword ConfirmForgotPassword ForgotPassword AdminResetUserPassword AdminSetUserPassword",
    "UserRead": "AdminGetUser AdminGetUserAuthFactors GetUser",
    "UserUpdate": "AdminAddUserToGroup AdminDeleteUserAttributes AdminUpdateUserAttributes AdminDeleteUser "
    "AdminDisableUser AdminEnableUser AdminLinkProviderForUser AdminDisableProviderForUser VerifyUserAttribute "
    "DeleteUser DeleteUserAttributes UpdateUserAttributes AdminUserGlobalSignOut GlobalSignOut "
    "AdminRemoveUserFromGroup",
    "UserToken": "RevokeToken",
    "UserResourceRead": "AdminGetDevice AdminListGroupsForUser AdminListDevices GetDevice ListDevices "
    "GetUserAttributeVerificationCode ResendConfirmationCode AdminListUserAuthEvents",
    "UserResourceUpdate": "AdminForgetDevice AdminUpdateAuthEventFeedback AdminSetUserMFAPreference "
    "AdminSetUserSettings AdminUpdateDeviceStatus UpdateDeviceStatus UpdateAuthEventFeedback ConfirmDevice "
    "SetUserMFAPreference SetUserSettings VerifySoftwareToken AssociateSoftwareToken ForgetDevice",
    "UserList": "ListUsers ListUsersInGroup",
    "UserPoolRead": "DescribeUserPool ListUserPools",
    "UserPoolUpdate": "CreateUserPool UpdateUserPool DeleteUserPool",
    "UserPoolResourceRead": "DescribeIdentityProvider DescribeResourceServer DescribeUserImportJob "
    "DescribeUserPoolDomain GetCSVHeader GetGroup GetSigningCertificate GetIdentityProviderByIdentifier "
    "GetUserPoolMfaConfig ListGroups ListIdentityProviders ListResourceServers ListTagsForResource ListUserImportJobs "
    "DescribeRiskConfiguration GetUICustomization DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient",
    "UserPoolResourceUpdate": "AddCustomAttributes CreateGroup CreateIdentityProvider CreateResourceServer "
    "CreateUserImportJob CreateUserPoolDomain DeleteGroup DeleteIdentityProvider DeleteResourceServer "
    "DeleteUserPoolDomain SetUserPoolMfaConfig StartUserImportJob StopUserImportJob UpdateGroup UpdateIdentityProvider "
    "UpdateResourceServer UpdateUserPoolDomain SetRiskConfiguration SetUICustomization TagResource UntagResource "
    "CreateManagedLoginBranding UpdateManagedLoginBranding DeleteManagedLoginBranding",
    "UserPoolClientRead": "DescribeUserPoolClient ListUserPoolClients",
    "UserPoolClientUpdate": "CreateUserPoolClient DeleteUserPoolClient UpdateUserPoolClient",
    "LimitManagement": "GetProvisionedLimit UpdateProvisionedLimit",
}
_CATEGORY_OF = {name: category for category, names in _CATEGORIES.items() for name in names.split()}
_ANSWERS = ("RespondToAuthChallenge", "AdminRespondToAuthChallenge")


class Metric(Struct, frozen=True, gc=False):
    """A metric with its dimensions, in the order of their names in the documentation."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


def category_of(operation: str, challenge: object = None) -> str | None:
    """Return the category of an operation; None where the documentation has none."""
    if operation in _ANSWERS and challenge == "NEW_PASSWORD_REQUIRED":
        return RECOVERY
    return _CATEGORY_OF.get(operation)


def of_client(kind: str, what: str, pool: str, client: str, provider: str = "") -> Metric:
    """Return a metric of an app client, such as SignInSuccesses."""
    dimensions = (("UserPool", pool or INVALID), ("UserPoolClient", client or INVALID))
    more = (("IdentityProvider", provider),) if provider else ()
    return Metric(COGNITO, f"{kind}{what}", dimensions + more)


def of_category(name: str, category: str) -> Metric:
    """Return CallCount or ThrottleCount.

    "Amazon Cognito doesn't use the class dimension" [docs: metrics-for-cognito-user-pools].
    """
    return Metric(USAGE, name, (("Service", SERVICE), ("Type", "API"), ("Resource", category), ("Class", "None")))


def of_risk(pool: str, operation: str, before: Risk, after: Risk) -> Iterator[Metric]:
    """Yield the metrics of what threat protection has newly found about an event."""
    if operation not in _OPERATIONS or before == after:
        return
    where = (("Operation", operation), ("UserPoolId", pool))
    level = (("RiskLevel", (after.level or "High").lower()),)
    if after.compromised and not before.compromised:
        yield Metric(COGNITO, "CompromisedCredentialRisk", (*where, ("RiskLevel", "high")))
    if after.level and not before.level:
        yield Metric(COGNITO, "AccountTakeoverRisk", where + level)
    if after.decision == BLOCKED and before.decision != BLOCKED:
        yield Metric(COGNITO, "OverrideBlock", where + level)
    if _is_risky(after) and not _is_risky(before):
        yield Metric(COGNITO, "Risk", where)
    elif after.decision and not before.decision and not _is_risky(after):
        yield Metric(COGNITO, "NoRisk", where)


def _is_risky(risk: Risk) -> bool:
    return bool(risk.level) or risk.compromised or risk.decision == BLOCKED
