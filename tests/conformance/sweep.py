"""Deletes what earlier runs of the kit left, found by its prefix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.service import PREFIX, delete_pool
from tests.conformance.target import Target


def sweep(target: Target) -> list[str]:
    """Delete every pool and identity pool whose name begins with the kit's prefix; return their ids."""
    idp, identity = target.client("cognito-idp"), target.client("cognito-identity")
    deleted = []
    for pool in list(_listed(idp.list_user_pools, "UserPools", "Name")):
        delete_pool(idp, pool["Id"])
        deleted.append(pool["Id"])
    for pool in list(_listed(identity.list_identity_pools, "IdentityPools", "IdentityPoolName")):
        identity.delete_identity_pool(IdentityPoolId=pool["IdentityPoolId"])
        deleted.append(pool["IdentityPoolId"])
    return [str(name) for name in deleted]


def _listed(call: Any, member: str, name: str) -> Iterator[Any]:
    page: dict[str, Any] = {}
    while True:
        answer = call(MaxResults=60, **page)
        yield from (item for item in answer[member] if item[name].startswith(PREFIX))
        if not answer.get("NextToken"):
            return
        page = {"NextToken": answer["NextToken"]}
