"""acr and amr of a sign-in at an identity provider, from and to its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.auth.acr import FEDERATED, LEVELS, METHODS, SEVERAL, Context, names
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.pools.pool import Pool


def at_provider(provider: Provider, wanted: Iterable[int]) -> str:
    """Return the levels as an OIDC provider names them, for acr_values.

    AcrMapping has the names. The text is empty where it has none.
    """
    if provider.type != "OIDC":
        return ""
    return " ".join(provider.acr[f"Level{number}"] for number in wanted if f"Level{number}" in provider.acr)


def federated(pool: Pool, provider: Provider, claims: Mapping[str, Any]) -> Context:
    """Return the context of a sign-in at an identity provider by its ID token.

    Only OIDC providers have one. A level that is not mapped, or none, is the lowest [docs: CreateIdentityProvider].
    Methods that Cognito does not know are left out, and `fed` means none.
    """
    said = claims if provider.type == "OIDC" else {}
    told, listed = said.get("acr"), said.get("amr")
    reached = next((number for number in LEVELS if provider.acr.get(f"Level{number}") == told and told), 1)
    heard = listed if isinstance(listed, list) else []
    known = tuple(dict.fromkeys(one for one in heard if isinstance(one, str) and one in (*METHODS, SEVERAL)))
    return Context(names(pool)[reached], known or (FEDERATED,), federated=True)
