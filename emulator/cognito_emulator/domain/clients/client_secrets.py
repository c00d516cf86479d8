"""The secrets of an app client: at most two at a time.

One can be replaced while both are valid. The first is the one that the client was made with (`Client.secret`), the
others were added [docs: AddUserPoolClientSecret]. All texts are ours [own wording].
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client, ClientSecret

MAX_SECRETS = 2


def of(client: Client) -> list[ClientSecret]:
    """List all secrets of a client with their ids, the oldest first."""
    first = []
    if client.secret is not None:
        first = [ClientSecret(_id(client, client.created), client.secret, client.created)]
    return [*first, *client.added_secrets]


def shown(client: Client) -> str | None:
    """Return the secret that DescribeUserPoolClient shows, if any."""
    if client.shown_secret is None:
        return client.secret
    return next((secret.value for secret in of(client) if secret.id == client.shown_secret), None)


def added(client: Client, value: str, now: float) -> Client:
    """Return `client` with one more secret, the last of its `added_secrets`.

    `now` is in epoch seconds.

    Raises:
        InvalidParameter: the client is public, and stays so; or it was registered dynamically.
        LimitExceeded: it has two.
    """
    known = of(client)
    if client.registered:
        # "… do not work on them" [docs: UserPoolClientType].
        raise errors.InvalidParameter("Client secrets of a dynamically registered client cannot be changed.").because(
            "clients.registered-secret"
        )
    if not known:
        raise errors.InvalidParameter(f"User pool client {client.id} does not have a client secret.").because(
            "clients.no-secret", setting="GenerateSecret", value=False
        )
    if len(known) >= MAX_SECRETS:
        raise errors.LimitExceeded(f"User pool client {client.id} already has {MAX_SECRETS} client secrets.")
    secret = ClientSecret(_free_id(client, now, known), value, now)
    return replace(client, added_secrets=(*client.added_secrets, secret))


def removed(client: Client, secret_id: str) -> Client:
    """Return `client` without one of its secrets.

    Raises:
        ResourceNotFound: no secret has that id.
        InvalidParameter: it is the only one.
    """
    known = of(client)
    if all(secret.id != secret_id for secret in known):
        raise errors.ResourceNotFound(f"Client secret {secret_id} does not exist.").because("clients.secret-unknown")
    if len(known) == 1:
        raise errors.InvalidParameter(
            f"The only client secret of user pool client {client.id} cannot be deleted."
        ).because("clients.last-secret")
    if client.secret is not None and known[0].id == secret_id:
        # DescribeUserPoolClient does not show the newer one instead [assumed].
        return replace(client, secret=None)
    return replace(client, added_secrets=tuple(secret for secret in client.added_secrets if secret.id != secret_id))


def _id(client: Client, at: float) -> str:
    return f"{client.id}--{int(at)}"


def _free_id(client: Client, now: float, known: Iterable[ClientSecret]) -> str:
    """Make `<client id>--<epoch seconds>` with the next free second."""
    taken = {secret.id for secret in known}
    while _id(client, now) in taken:
        now += 1
    return _id(client, now)
