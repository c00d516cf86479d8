"""The refusals of identity pools, each text in one place.

Texts without a tag are the service's [assumed].
"""

from __future__ import annotations

from cognito_emulator.domain import errors


class DeveloperUserAlreadyRegistered(errors.ApiError):
    code = "DeveloperUserAlreadyRegisteredException"


class ExternalService(errors.ApiError):
    code = "ExternalServiceException"


class InvalidIdentityPoolConfiguration(errors.ApiError):
    code = "InvalidIdentityPoolConfigurationException"


class ResourceConflict(errors.ApiError):
    code = "ResourceConflictException"


def pool_not_found(pool_id: str) -> errors.ResourceNotFound:
    return errors.ResourceNotFound(f"IdentityPool '{pool_id}' not found.").because("identity.pool-unknown")


def identity_not_found(identity_id: str) -> errors.ResourceNotFound:
    """Refuse an unknown identity; the text follows that for pools [assumed]."""
    return errors.ResourceNotFound(f"Identity '{identity_id}' not found.").because("identity.unknown")


def no_guests() -> errors.NotAuthorized:
    return errors.NotAuthorized("Unauthenticated access is not supported for this identity pool.").because(
        "identity.no-guests", setting="AllowUnauthenticatedIdentities", value=False
    )


def forbidden(identity_id: str) -> errors.NotAuthorized:
    """Refuse an identity that has or had logins and is named without one.

    An identity that was merged into another is refused so too.
    """
    return errors.NotAuthorized(f"Access to Identity '{identity_id}' is forbidden.").because("identity.forbidden")


def logins_differ() -> errors.NotAuthorized:
    return errors.NotAuthorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool."
    ).because("identity.logins-differ")


def unsupported_provider() -> errors.NotAuthorized:
    """Refuse a login whose provider or app client the pool does not have."""
    return errors.NotAuthorized("Token is not from a supported provider of this identity pool.").because(
        "identity.provider-unsupported"
    )


def invalid_token(why: str) -> errors.NotAuthorized:
    """Refuse a login token for the reason `why`.

    It is `Issuer doesn't match providerName` [observed: aws-sdk-js#3947], `Missing a required claim: aud`
    [observed: amazon-cognito-identity-js#12], … [assumed].
    """
    return errors.NotAuthorized(f"Invalid login token. {why}").because("identity.token")


def unusable_roles() -> InvalidIdentityPoolConfiguration:
    return InvalidIdentityPoolConfiguration(
        "Invalid identity pool configuration. Check assigned IAM roles for this pool."
    ).because("identity.roles")


def ambiguous_role(mapping: str) -> errors.NotAuthorized:
    return errors.NotAuthorized(f"The ambiguous role mapping rules for: {mapping} denied this request.").because(
        "identity.ambiguous-role"
    )


def role_forbidden(role: str) -> errors.NotAuthorized:
    """Refuse a role in SetIdentityPoolRoles [observed: boto3#73].

    For a CustomRoleArn the reason is documented; the text is the same [docs: GetCredentialsForIdentity; own wording].
    """
    return errors.NotAuthorized(f"Access to Role '{role}' is forbidden.").because("identity.role-forbidden", value=role)


def login_conflict(provider: str) -> ResourceConflict:
    """Refuse a second user of one public provider [own wording]."""
    return ResourceConflict(f"The identity is linked to another login of {provider} already.").because(
        "identity.login-conflict", value=provider
    )


def too_many_logins(most: int) -> errors.InvalidParameter:
    """Refuse more logins than an identity may have [own wording].

    No operation has an error for a limit in the model.
    """
    return errors.InvalidParameter(f"An identity can have at most {most} linked logins.").because(
        "api.quota", value=most
    )


def unsupported_developer_provider() -> errors.InvalidParameter:
    return errors.InvalidParameter("This identity pool does not support the specified developer provider").because(
        "identity.developer-provider", setting="DeveloperProviderName"
    )


def no_principal_tags(provider: str) -> errors.ResourceNotFound:
    return errors.ResourceNotFound(f"No Principal Tags configured for Provider {provider}").because(
        "identity.no-principal-tags", value=provider
    )


def developer_user_not_found(user: str) -> errors.ResourceNotFound:
    """Refuse an unknown developer user identifier [own wording]."""
    return errors.ResourceNotFound(f"Developer user identifier '{user}' not found.").because("identity.developer-user")
