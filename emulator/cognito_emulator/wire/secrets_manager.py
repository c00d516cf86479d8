"""Answer GetSecretValue and DescribeSecret of AWS Secrets Manager.

The answers are those of [docs: SecretsManager GetSecretValue, SecretsManager DescribeSecret]. Clients come here by
AWS_ENDPOINT_URL_SECRETS_MANAGER. There are no other secrets than those of app clients made with
PublishSecretsInAWSSecretsManager; every other operation answers 501 with its name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.clients import published_secret as rules
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.errors import ApiError, NotImplementedHere
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.wire.credentials import InvalidSignature, scope
from cognito_emulator.wire.validate import SerializationError

if TYPE_CHECKING:
    from cognito_emulator.world import World

SERVICE = "secretsmanager"
PREFIX = "secretsmanager."
_MEMBERS = {
    "GetSecretValue": frozenset({"SecretId", "VersionId", "VersionStage"}),
    "DescribeSecret": frozenset({"SecretId"}),
}


class _Validation(ApiError):
    code = "ValidationException"


class _NotFound(ApiError):
    code = "ResourceNotFoundException"


def answer(world: World, name: str, value: Any, authorization: str) -> Mapping[str, Any]:
    """Answer the Secrets Manager operation `name` with the JSON input `value`.

    Raises:
        ApiError: as Secrets Manager words it.
    """
    if name not in _MEMBERS:
        text = f"AWS Secrets Manager {name} is not implemented; app clients' secrets can be read only."
        raise NotImplementedHere(text)
    account, region, service = scope(authorization, world.settings.account)
    if service != "secretsmanager":
        raise InvalidSignature("Credential should be scoped to correct service: 'secretsmanager'.")
    if not isinstance(value, dict):
        raise SerializationError("")
    sent = {member: _text(value, member) for member in _MEMBERS[name]}
    secret_id = sent["SecretId"]
    if secret_id is None:
        rule = "Value null at 'secretId' failed to satisfy constraint: Member must not be null"
        raise _Validation(f"1 validation error detected: {rule}").because("secrets.request")
    pool, client = _find(world, secret_id, account, region)
    if name == "DescribeSecret":
        return _description(pool, client)
    return _value(pool, client, sent["VersionId"], sent["VersionStage"])


def is_here(world: World, name: str, value: Any, authorization: str) -> bool:
    """Tell whether an operation is answered here.

    It is about an app client's secret, or is refused for its form.
    """
    try:
        answer(world, name, value, authorization)
    except (NotImplementedHere, _NotFound):
        return False
    except ApiError:
        return True
    return True


def _text(value: Mapping[str, Any], name: str) -> str | None:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise SerializationError("")
    return text


def _find(world: World, secret_id: str, account: str, region: str) -> tuple[Pool, Client]:
    """Return the app client of an ARN or name that an account sees in a Region."""
    client = world.store.clients.get(secret_id.rpartition("/")[2])
    pool = world.store.pools.get(client.pool_id) if client else None
    if client is not None and pool is not None and client.rotated is not None:
        is_meant = secret_id in (rules.arn(pool, client), rules.name(client))
        if is_meant and (pool.account, pool.region) == (account, region):
            return pool, world.client_of(pool, client.id)
    raise _NotFound("Secrets Manager can't find the specified secret.").because("secrets.unknown")


def _value(pool: Pool, client: Client, version_id: str | None, stage: str | None) -> dict[str, Any]:
    """Return the current version, or the one that is named."""
    for version in rules.versions(client):
        wanted = stage or (None if version_id else "AWSCURRENT")
        if version_id in (None, version.secret.id) and wanted in (None, version.stage):
            content = {
                "userPoolId": pool.id,
                "userPoolClientId": client.id,
                "clientSecretValue": version.secret.value,
            }
            return {
                "ARN": rules.arn(pool, client),
                "Name": rules.name(client),
                "VersionId": version.secret.id,
                "SecretString": json.dumps(content),
                "VersionStages": [version.stage],
                "CreatedDate": round(version.secret.created, 3),
            }
    what = f"VersionId: {version_id}" if version_id else f"staging label: {stage}"
    raise _NotFound(f"Secrets Manager can't find the specified secret value for {what}").because("secrets.unknown")


def _description(pool: Pool, client: Client) -> dict[str, Any]:
    versions = rules.versions(client)
    return {
        "ARN": rules.arn(pool, client),
        "Name": rules.name(client),
        "OwningService": "cognito-idp",
        "RotationEnabled": True,
        "RotationRules": {"AutomaticallyAfterDays": rules.DAYS},
        "LastRotatedDate": client.rotated,
        "LastChangedDate": client.rotated,
        "NextRotationDate": rules.next_rotation(client),
        "CreatedDate": round(client.created, 3),
        "VersionIdsToStages": {version.secret.id: [version.stage] for version in versions},
    }
