"""SECRET_HASH: proof that a call comes from an app client's owner.

It is base64(HMAC-SHA256(key = client secret, message = user name + client id)) [docs: signing-up-users-in-your-app].
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client


def secret_hash(secret: str, username: str, client_id: str) -> str:
    """Calculate the value that clients send."""
    mac = hmac.new(secret.encode(), (username + client_id).encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def check(client: Client, usernames: Iterable[str], sent: str | None) -> None:
    """Refuse a call whose SECRET_HASH does not fit the client.

    `usernames` are the names that the hash may be of: the name as sent, and later in a sign-in the real one too. Every
    secret of the client is valid.

    Raises:
        NotAuthorized: the client has a secret and the hash is missing or wrong, or a public client sends a hash.
    """
    if not client.secrets:
        if sent is not None:
            raise errors.NotAuthorized(f"Unable to verify secret hash for client {client.id}").because(
                "clients.secret-hash-unexpected", setting="GenerateSecret", value=False
            )
        return
    if sent is None:
        text = f"Client {client.id} is configured with secret but SECRET_HASH was not received"
        raise errors.NotAuthorized(text).because("clients.secret-hash-missing", setting="GenerateSecret", value=True)
    good = [secret_hash(secret, name, client.id) for secret in client.secrets for name in usernames]
    if not any(hmac.compare_digest(hashed.encode(), sent.encode()) for hashed in good):
        raise errors.NotAuthorized(f"Unable to verify secret hash for client {client.id}").because(
            "clients.secret-hash-wrong", setting="GenerateSecret", value=True
        )
