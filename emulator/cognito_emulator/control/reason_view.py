"""Show why a request was refused: the rule, and the setting that decides."""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Any

import msgspec

from cognito_emulator.control.masking import MASK, is_secret, masked
from cognito_emulator.domain.reasons import Reason
from cognito_emulator.domain.rules import RULES
from cognito_emulator.domain.sources import url_of

# Where the guide says more about rules, by their ids, or by what these begin with.
GUIDE: Mapping[str, str] = MappingProxyType(
    {
        "api.origin": "control-api#who-may-call-it",
        "auth.custom": "triggers",
        "auth.locked-out": "clock",
        "auth.migration-failed": "triggers",
        "auth.risk-blocked": "threat-protection",
        "auth.step-up": "passkeys#step-up",
        "clients.secret-hash": "sign-in#an-app-client-with-a-secret",
        "emulator.fault": "faults",
        "emulator": "operations",
        "mfa.totp": "sign-in#a-code-from-an-authenticator-app",
        "users.sign-up-closed": "sign-in#sign-up",
        "api": "troubleshooting#pools-clients-users",
        "auth": "sign-in",
        "codes": "messages",
        "federation": "federation",
        "hosted": "hosted-login",
        "identity": "identity-pools",
        "kms": "triggers#custom-senders",
        "messages": "messages",
        "mfa": "sign-in",
        "oauth": "oauth#what-the-app-client-needs",
        "passkeys": "passkeys#passkeys",
        "secrets": "replicas#secrets-in-aws-secrets-manager",
        "threats": "threat-protection",
        "tokens": "troubleshooting#tokens",
        "triggers": "triggers",
        "users": "troubleshooting#pools-clients-users",
    }
)


def page_of(rule: str) -> str | None:
    """Return the guide's page about a rule, with an anchor, or None."""
    return next((page for start, page in GUIDE.items() if rule.startswith(start)), None)


def why(reason: Reason | None) -> dict[str, Any] | None:
    """Show a reason as the member `why` of a request's entry; None if none is known.

    Without a setting, `value` is what the rule is about, such as the parameter that is missing. `source_url` is where
    the rule's source can be read; None for what has no page.
    """
    if reason is None:
        return None
    rule = RULES[reason.rule]
    return {
        "rule": rule.id,
        "sentence": rule.sentence,
        "setting": reason.setting or None,
        "value": _shown(reason.setting, reason.value),
        "source": rule.source,
        "source_url": url_of(rule.source),
        "remedy": rule.remedy or None,
    }


def _shown(setting: str, value: Any) -> Any:
    """Return a setting's value as JSON, sets in order; a secret is masked."""
    if value is None:
        return None
    if is_secret(setting.rpartition(".")[2]):
        return MASK
    return masked(_plain(msgspec.to_builtins(_plain(value), enc_hook=_plain, str_keys=True, order="deterministic")))


def _plain(value: Any) -> Any:
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, str, int, float, msgspec.Struct)):
        return value
    return str(value)
