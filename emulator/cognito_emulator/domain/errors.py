"""Errors as Amazon Cognito names them, each text in one place.

The tree:

    ApiError                      anything answered to a client as an AWS error
      InvalidParameter, NotAuthorized, ...   one class for each exception of the service model
      NotImplementedHere          501: a part of Cognito that this emulator does not have yet

Those that passkeys or identity pools alone have are in `auth.passkey_errors` and `identity_pools.identity_errors`.

Texts follow answers of the service that were quoted in public. Texts without a tag are [assumed]; where only the
exception is documented, they are ours [own wording]. All modelled client errors are HTTP 400 [docs: CommonErrors].
"""

from __future__ import annotations

from typing import ClassVar

from cognito_emulator.domain.reasons import Explained


class ApiError(Explained):
    """An AWS error answer; `code` is the exception's name, `message` its text."""

    code: ClassVar[str] = "InternalErrorException"
    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotImplementedHere(ApiError):
    """The answer 501; neither boto3 nor Amplify sends the request again."""

    code = "NotImplementedException"
    status = 501


class InternalError(ApiError):
    code = "InternalErrorException"
    status = 500


class AliasExists(ApiError):
    code = "AliasExistsException"


class CodeMismatch(ApiError):
    code = "CodeMismatchException"


class DeviceKeyExists(ApiError):
    code = "DeviceKeyExistsException"


class DuplicateProvider(ApiError):
    code = "DuplicateProviderException"


class ConcurrentModification(ApiError):
    code = "ConcurrentModificationException"


class EnableSoftwareTokenMfa(ApiError):
    code = "EnableSoftwareTokenMFAException"


class ExpiredCode(ApiError):
    code = "ExpiredCodeException"


class FeatureUnavailableInTier(ApiError):
    code = "FeatureUnavailableInTierException"


class GroupExists(ApiError):
    code = "GroupExistsException"


class InvalidLambdaResponse(ApiError):
    code = "InvalidLambdaResponseException"


class InvalidOAuthFlow(ApiError):
    code = "InvalidOAuthFlowException"


class InvalidParameter(ApiError):
    code = "InvalidParameterException"


class InvalidPassword(ApiError):
    code = "InvalidPasswordException"


class InvalidUserPoolConfiguration(ApiError):
    code = "InvalidUserPoolConfigurationException"


class LimitExceeded(ApiError):
    code = "LimitExceededException"


class ManagedLoginBrandingExists(ApiError):
    code = "ManagedLoginBrandingExistsException"


class MfaMethodNotFound(ApiError):
    code = "MFAMethodNotFoundException"


class NotAuthorized(ApiError):
    code = "NotAuthorizedException"


class OperationNotEnabled(ApiError):
    code = "OperationNotEnabledException"


class PasswordHistoryPolicyViolation(ApiError):
    code = "PasswordHistoryPolicyViolationException"


class PasswordResetRequired(ApiError):
    code = "PasswordResetRequiredException"


class PreconditionNotMet(ApiError):
    code = "PreconditionNotMetException"


class RefreshTokenReuse(ApiError):
    code = "RefreshTokenReuseException"


class ResourceNotFound(ApiError):
    code = "ResourceNotFoundException"


class ScopeDoesNotExist(ApiError):
    code = "ScopeDoesNotExistException"


class ServiceQuotaExceeded(ApiError):
    code = "ServiceQuotaExceededException"


class SoftwareTokenMfaNotFound(ApiError):
    code = "SoftwareTokenMFANotFoundException"


class TermsExists(ApiError):
    code = "TermsExistsException"


class Unauthorized(ApiError):
    code = "UnauthorizedException"


class TooManyRequests(ApiError):
    code = "TooManyRequestsException"


class UnexpectedLambda(ApiError):
    code = "UnexpectedLambdaException"


class UnsupportedOperation(ApiError):
    code = "UnsupportedOperationException"


class UnsupportedTokenType(ApiError):
    code = "UnsupportedTokenTypeException"


class UnsupportedUserState(ApiError):
    code = "UnsupportedUserStateException"


class UserImportInProgress(ApiError):
    code = "UserImportInProgressException"


class UserLambdaValidation(ApiError):
    code = "UserLambdaValidationException"


class UserNotConfirmed(ApiError):
    code = "UserNotConfirmedException"


class UserNotFound(ApiError):
    code = "UserNotFoundException"


class UserPoolAddOnNotEnabled(ApiError):
    code = "UserPoolAddOnNotEnabledException"


class UserPoolTagging(ApiError):
    code = "UserPoolTaggingException"


class UsernameExists(ApiError):
    code = "UsernameExistsException"


# --- texts used from more than one place ---------------------------------------------------------------


def pool_not_found(pool_id: str) -> ResourceNotFound:
    return ResourceNotFound(f"User pool {pool_id} does not exist.").because(
        "api.pool-unknown", setting="UserPoolId", value=pool_id
    )


def unavailable_in_tier(tier: str, *features: str) -> FeatureUnavailableInTier:
    return FeatureUnavailableInTier(
        f"The following features need to be disabled for the {tier} pricing tier configured: {', '.join(features)}"
    ).because("pools.tier", setting="UserPoolTier", value=tier)


def client_not_found(client_id: str) -> ResourceNotFound:
    return ResourceNotFound(f"User pool client {client_id} does not exist.").because(
        "api.client-unknown", setting="ClientId", value=client_id
    )


def group_not_found() -> ResourceNotFound:
    return ResourceNotFound("Group not found.").because("users.group-unknown")


def device_not_found() -> ResourceNotFound:
    return ResourceNotFound("Device does not exist.").because("devices.unknown")


def user_not_found() -> UserNotFound:
    """Refuse an unknown user, at sign-in with PreventUserExistenceErrors LEGACY."""
    return UserNotFound("User does not exist.").because("auth.user-unknown")


def username_client_not_found() -> UserNotFound:
    """Refuse an unknown user in confirmation and recovery (LEGACY)."""
    return UserNotFound("Username/client id combination not found.").because(
        "auth.user-unknown", setting="PreventUserExistenceErrors", value="LEGACY"
    )


def address_blocked() -> NotAuthorized:
    """Refuse an address of BlockedIPRangeList [observed: Badsworth/pfml_scripts]."""
    return NotAuthorized("Request not allowed due to security reasons.").because(
        "auth.address-blocked", setting="BlockedIPRangeList"
    )


def blocked_for_risk() -> NotAuthorized:
    """Refuse a sign-in blocked for its risk [observed: Badsworth/pfml_scripts]."""
    return NotAuthorized("Unable to login because of security reasons.").because("auth.risk-blocked")


def compromised_at_sign_in() -> PasswordResetRequired:
    """Refuse a leaked password at the sign-in; no period [assumed]."""
    return PasswordResetRequired("Password reset required for user due to security reasons").because(
        "auth.password-compromised"
    )


def compromised_choice() -> InvalidPassword:
    """Refuse a leaked password as a user's new one [assumed]."""
    return InvalidPassword("Provided password cannot be used for security reasons.").because(
        "auth.password-compromised"
    )


def wrong_credentials() -> NotAuthorized:
    return NotAuthorized("Incorrect username or password.").because("auth.credentials")


def password_used() -> PasswordHistoryPolicyViolation:
    return PasswordHistoryPolicyViolation("Password has previously been used.").because(
        "users.password-history", setting="PasswordHistorySize"
    )


def user_disabled() -> NotAuthorized:
    return NotAuthorized("User is disabled.").because("auth.user-disabled")


def wrong_code() -> CodeMismatch:
    """Refuse a wrong code of sign-up, recovery or an attribute."""
    return CodeMismatch("Invalid verification code provided, please try again.").because("codes.wrong")


def expired_code() -> ExpiredCode:
    """Refuse a code that expired, was used or never requested."""
    return ExpiredCode("Invalid code provided, please request a code again.").because("codes.expired")


def attempt_limit() -> LimitExceeded:
    return LimitExceeded("Attempt limit exceeded, please try after some time.").because("codes.attempts")


def unauthorized_attribute() -> NotAuthorized:
    return NotAuthorized("A client attempted to write unauthorized attribute").because(
        "users.attribute-not-writable", setting="WriteAttributes"
    )


def alias_exists(attribute: str) -> AliasExists:
    return AliasExists(f"An account with the {attribute} already exists.").because(
        "users.alias-exists", value=attribute
    )


def missing_parameter(name: str) -> InvalidParameter:
    return InvalidParameter(f"Missing required parameter {name}").because("api.parameter-missing", value=name)


def invalid_session() -> NotAuthorized:
    return NotAuthorized("Invalid session for the user.").because("auth.session-invalid")


def no_mfa_method() -> MfaMethodNotFound:
    # so spelled [observed: amplify-flutter#95]
    return MfaMethodNotFound("No MFA mechanism registerd in the account.").because("mfa.no-method")


def no_json_answer() -> InvalidLambdaResponse:
    """Refuse an answer that is no JSON [observed: amplify-cli#4341, amplify-js#3754]."""
    return InvalidLambdaResponse("Invalid lambda function output : Invalid JSON").because("triggers.answer")


def unrecognizable_answer() -> InvalidLambdaResponse:
    """Refuse a function's answer of another JSON form."""
    # [observed: amazon-cognito-identity-js#167]
    return InvalidLambdaResponse("Unrecognizable lambda output").because("triggers.answer")


def no_address(attribute: str) -> InvalidParameter:
    """Refuse to send a code to an address that the user does not have."""
    what = "email address" if attribute == "email" else "phone number"
    return InvalidParameter(f"User does not have a valid registered {what}").because(
        "messages.no-address", value=attribute
    )


def not_resettable() -> NotAuthorized:
    return NotAuthorized("User password cannot be reset in the current state.").because("users.not-resettable")


def no_recovery_address() -> InvalidParameter:
    text = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    return InvalidParameter(text).because("users.no-recovery-address", setting="AccountRecoverySetting")
