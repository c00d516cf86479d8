"""Manage app clients' secrets in AWS Secrets Manager: ARN, versions, rotation.

A rotation adds a secret and deletes the older one where there are two, so that the last value stays good until the
next rotation [docs: CreateUserPoolClient, UpdateUserPoolClient].
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.clients import client_secrets
from cognito_emulator.domain.clients.client import Client, ClientSecret
from cognito_emulator.domain.pools.pool import Pool

DAYS = 7
_PERIOD = DAYS * 86_400.0


class Version(Struct, frozen=True, gc=False):
    """A version of the secret with its staging label."""

    secret: ClientSecret
    stage: str


def name(client: Client) -> str:
    """Return the secret's name [assumed]."""
    return f"cognito-idp/{client.pool_id}/{client.id}"


def arn(pool: Pool, client: Client) -> str:
    """Return ClientSecretArn; the service model requires a slash after `secret`."""
    return f"arn:aws:secretsmanager:{pool.primary_region}:{pool.account}:secret/{name(client)}"


def publish(client: Client, value: str, now: float) -> Client:
    """Move a generated secret into Secrets Manager, which rotates it to `value`.

    The first rotation is at once.

    Other clients stay as they are: it "applies only to app clients that already have a generated secret".
    """
    return _rotated(client, value, now) if client.has_generated_secret and client.rotated is None else client


def withdraw(client: Client) -> Client:
    """Move the secret back: both values stay valid [assumed].

    Describe shows the current one [assumed].
    """
    if client.rotated is None:
        return client
    return replace(client, rotated=None, shown_secret=client_secrets.of(client)[-1].id)


def next_rotation(client: Client) -> float | None:
    """Return the time of the next rotation; None if it is not in Secrets Manager."""
    return None if client.rotated is None else client.rotated + _PERIOD


def rotate_due(client: Client, now: float, make_value: Callable[[], str]) -> Client:
    """Return the client after the rotations that were due by now.

    Of many rotations only the last two change the values that are kept.
    """
    if client.rotated is None:
        return client
    due = int((now - client.rotated) // _PERIOD)
    began = client.rotated
    for number in range(max(due - client_secrets.MAX_SECRETS, 0), due):
        client = _rotated(client, make_value(), began + (number + 1) * _PERIOD)
    return client


def _rotated(client: Client, value: str, at: float) -> Client:
    known = client_secrets.of(client)
    if len(known) >= client_secrets.MAX_SECRETS:
        client = client_secrets.removed(client, known[0].id)
    return replace(client_secrets.added(client, value, at), rotated=at)


def versions(client: Client) -> list[Version]:
    """Return the versions of the secret, the current one first."""
    newest_first = reversed(client_secrets.of(client))
    return [Version(secret, stage) for secret, stage in zip(newest_first, ("AWSCURRENT", "AWSPREVIOUS"), strict=False)]
