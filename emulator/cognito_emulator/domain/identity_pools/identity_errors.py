"""The refusals of identity pools, each text in one place.

Recorded of the service unless it says that the words are ours.
"""

from __future__ import annotations

from cognito_emulator.domain import errors


def pool_not_found(pool_id: str) -> errors.ResourceNotFound:
    return errors.ResourceNotFound(f"IdentityPool '{pool_id}' not found.")


def identity_not_found(identity_id: str) -> errors.ResourceNotFound:
    """After the words for pools."""
    return errors.ResourceNotFound(f"Identity '{identity_id}' not found.")


def no_guests() -> errors.NotAuthorized:
    return errors.NotAuthorized("Unauthenticated access is not supported for this identity pool.")


def forbidden(identity_id: str) -> errors.NotAuthorized:
    """An identity that has, or had, logins and is asked for without; one that was merged into another."""
    return errors.NotAuthorized(f"Access to Identity '{identity_id}' is forbidden.")


def logins_differ() -> errors.NotAuthorized:
    return errors.NotAuthorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool."
    )


def unsupported_provider() -> errors.NotAuthorized:
    """No such provider or app client in the identity pool."""
    return errors.NotAuthorized("Token is not from a supported provider of this identity pool.")


def invalid_token(why: str) -> errors.NotAuthorized:
    """`why`: `Issuer doesn't match providerName`, `Missing a required claim: aud`, … (recorded, but for the first
    answer to what is no JWT at all)."""
    return errors.NotAuthorized(f"Invalid login token. {why}")


def unusable_roles() -> errors.InvalidIdentityPoolConfiguration:
    return errors.InvalidIdentityPoolConfiguration(
        "Invalid identity pool configuration. Check assigned IAM roles for this pool."
    )


def ambiguous_role(mapping: str) -> errors.NotAuthorized:
    return errors.NotAuthorized(f"The ambiguous role mapping rules for: {mapping} denied this request.")


def role_forbidden(role: str) -> errors.NotAuthorized:
    """Recorded of SetIdentityPoolRoles. For a CustomRoleArn the reason is documented, and the words are borrowed."""
    return errors.NotAuthorized(f"Access to Role '{role}' is forbidden.")


def login_conflict(provider: str) -> errors.ResourceConflict:
    """A second user of one public provider; the words are ours."""
    return errors.ResourceConflict(f"The identity is linked to another login of {provider} already.")


def too_many_logins(most: int) -> errors.InvalidParameter:
    """No operation models a limit here; the words are ours."""
    return errors.InvalidParameter(f"An identity can have at most {most} linked logins.")


def unsupported_developer_provider() -> errors.InvalidParameter:
    return errors.InvalidParameter("This identity pool does not support the specified developer provider")


def no_principal_tags(provider: str) -> errors.ResourceNotFound:
    return errors.ResourceNotFound(f"No Principal Tags configured for Provider {provider}")


def developer_user_not_found(user: str) -> errors.ResourceNotFound:
    """The words are ours."""
    return errors.ResourceNotFound(f"Developer user identifier '{user}' not found.")
