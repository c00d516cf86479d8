"""PreSignUp and PostConfirmation, the triggers of sign-up and confirmation.

[docs: user-pool-lambda-pre-sign-up], [docs: user-pool-lambda-post-confirmation]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The part of triggerSource after the underscore.
SIGN_UP, ADMIN_CREATE_USER, EXTERNAL_PROVIDER = "SignUp", "AdminCreateUser", "ExternalProvider"
CONFIRM_SIGN_UP, CONFIRM_FORGOT_PASSWORD = "ConfirmSignUp", "ConfirmForgotPassword"

_VERIFIES = {"autoVerifyEmail": "email", "autoVerifyPhone": "phone_number"}
_RESPONSE = {"autoConfirmUser": False, **dict.fromkeys(_VERIFIES, False)}


class Admission(Struct, frozen=True):
    """The decisions of PreSignUp: confirmation at once, and verified addresses."""

    confirmed: bool = False
    verified: tuple[str, ...] = ()


async def before(
    world: World, pool: Pool, source: str, username: str, attributes: Mapping[str, str], *, caller: Caller
) -> Admission | None:
    """Return PreSignUp's decisions; None where the pool has no such function.

    AdminCreateUser ignores them. The caller must look the pool up and check names again after this.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: the user is not made.
        InvalidParameter: it verifies an address that the user lacks [docs: user-pool-lambda-pre-sign-up]
            [own wording].
    """
    if trigger.function_of(pool, trigger.PRE_SIGN_UP) is None:
        return None
    response = await triggers.run(
        world,
        pool,
        trigger.PRE_SIGN_UP,
        source,
        username=username,
        request={
            "userAttributes": dict(attributes),
            "validationData": None if caller.validation is None else dict(caller.validation),
            **trigger_event.client_metadata(caller),
        },
        response=_RESPONSE,
        caller=caller,
    )
    if response is None:
        return None
    confirmed = triggers.flag(response, "autoConfirmUser")
    verified = tuple(attribute for field, attribute in _VERIFIES.items() if triggers.flag(response, field))
    if source == ADMIN_CREATE_USER:
        return Admission()
    for attribute in verified:
        if not attributes.get(attribute):
            raise errors.InvalidParameter(f"The {attribute} attribute cannot be verified: the user has none.").because(
                "users.verified-flag", value=attribute
            )
    return Admission(confirmed, verified)


def admitted(pool: Pool, user: User, admission: Admission) -> User:
    """Return `user` with the addresses verified that PreSignUp verifies."""
    flags = [(f"{attribute}_verified", "true") for attribute in admission.verified]
    return names.with_aliases(pool, user.with_attributes(flags)) if flags else user


async def confirmed(world: World, pool: Pool, user: User, source: str, caller: Caller) -> None:
    """Run PostConfirmation after the user is confirmed.

    They stay confirmed when it fails.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    if trigger.function_of(pool, trigger.POST_CONFIRMATION) is None:
        return
    request = {"userAttributes": trigger_event.user_attributes(user), **trigger_event.client_metadata(caller)}
    await triggers.run(
        world, pool, trigger.POST_CONFIRMATION, source, username=user.username, request=request, caller=caller
    )
