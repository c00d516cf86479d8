"""Python callables as the Lambda functions of pools.

`Emulator.trigger` uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.pools import pool_checks, trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.function_call import Function
from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.ports.triggers import Router
from cognito_emulator.wire.model import IDP, service_model
from cognito_emulator.world import World

Handler = Callable[[Any, Any], Any]
_KEY, _TOKEN_CONFIG = "KMSKeyID", "PreTokenGenerationConfig"
_SENDERS = (trigger.CUSTOM_EMAIL_SENDER, trigger.CUSTOM_SMS_SENDER)


def set_trigger(world: World, pool_id: str, name: str, function: Handler, version: str = "V1_0") -> None:
    """Make `function` the trigger `name` of a pool.

    No other setting of the pool changes.

    Raises:
        ValueError: there is no such trigger.
        LookupError: there is no such pool.
        ApiError: UpdateUserPool would refuse the configuration.
    """
    pool = world.store.pools.get(pool_id)
    if pool is None:
        raise LookupError(f"There is no pool {pool_id}.")
    arn = f"arn:aws:lambda:{pool.region}:{pool.account}:function:{pool.id}-{name}"
    config = {**pool.settings["LambdaConfig"], **_members(world, pool, name, arn, version)}
    changed = replace(pool, settings={**pool.settings, "LambdaConfig": trigger.completed(config)})
    pool_checks.check(changed)
    with world.store.write():
        world.store.pools.put(changed)
    world.triggers.bind(arn, CallableFunction(function))


def _members(world: World, pool: Pool, name: str, arn: str, version: str) -> dict[str, Any]:
    """Return the members of LambdaConfig that name the function."""
    model = service_model(IDP).operation("CreateUserPool")
    shapes = model.input.members["LambdaConfig"].members if model else {}
    names = [known for known in shapes if known not in (_KEY, _TOKEN_CONFIG)]
    if name not in names:
        raise ValueError(f"{name} is no trigger: {', '.join(names)}")
    versioned = {"LambdaArn": arn, "LambdaVersion": version}
    if name == trigger.PRE_TOKEN_GENERATION:
        return {name: arn, _TOKEN_CONFIG: versioned}
    if shapes[name].type != "structure":
        return {name: arn}
    key = pool.settings["LambdaConfig"].get(_KEY)
    key = key or f"arn:aws:kms:{pool.region}:{pool.account}:key/{world.ids.uuid()}"
    return {name: versioned, **({_KEY: key} if name in _SENDERS else {})}


def put_back(router: Router, before: Mapping[str, Function]) -> None:
    """Remove the callables that were bound since; other functions stay."""
    for arn, function in router.bindings().items():
        if isinstance(function, CallableFunction) and before.get(arn) is not function:
            if arn in before:
                router.bind(arn, before[arn])
            else:
                router.unbind(arn)
