"""Tell why a call is refused: by the rule, and the setting that decides.

    raise errors.InvalidParameter("…").because("auth.flow-not-enabled", setting="ExplicitAuthFlows", value=client.flows)

The answer does not change. The journal's entry shows the reason (control.reason_view), the log its rule. Rules are
named by their ids; `domain.rules` has their sentences, and is loaded when one is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from msgspec import Struct

_DEEPEST = 5  # errors that led to one another
LONGEST = 1_000  # characters of a text that a caller sent; the journal keeps reasons beside its bound in bytes


class Rule(Struct, frozen=True, gc=False):
    """A rule in one sentence.

    `remedy` is what makes the call pass, where that can be said. `source` is a page of the documentation, a section of
    an RFC, "service model" or "our own reading".
    """

    id: str
    sentence: str
    source: str
    remedy: str = ""


class Reason(Struct, frozen=True):
    """The rule that refused a call, and the value that its setting had."""

    rule: str
    setting: str = ""
    value: Any = None


class Explained(Exception):
    """An error that can say which rule refused."""

    reason: Reason | None = None

    def because(self, rule: str, *, setting: str = "", value: Any = None) -> Self:
        """Name the rule and the setting that decides; return the error.

        The value is the present one. It is shown to developers, so it must not be a secret.
        """
        if isinstance(value, str) and len(value) > LONGEST:
            value = f"{value[:LONGEST]}…"
        self.reason = Reason(rule, setting, value)
        return self


def reason_of(error: BaseException) -> Reason | None:
    """Return an error's reason.

    It is its own, that of the error it translates, or that of its kind.
    """
    for found in _chain(error):
        if isinstance(found, Explained) and found.reason is not None:
            return found.reason
    rule = BY_CODE.get(getattr(error, "code", ""))
    return Reason(rule) if rule else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(_DEEPEST):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


# Errors that are raised for one rule only, by their code.
BY_CODE = {
    "ConcurrentModificationException": "api.concurrent-change",
    "DeveloperUserAlreadyRegisteredException": "identity.developer-user-registered",
    "DeviceKeyExistsException": "devices.exists",
    "DuplicateProviderException": "federation.provider-exists",
    "FeatureUnavailableInTierException": "pools.tier",
    "GroupExistsException": "users.group-exists",
    "IncompleteSignatureException": "api.signature",
    "InternalErrorException": "emulator.failure",
    "InvalidSignatureException": "api.signature",
    "LimitExceededException": "api.quota",
    "ManagedLoginBrandingExistsException": "hosted.branding-exists",
    "MissingAuthenticationTokenException": "api.credentials-missing",
    "NotImplementedException": "emulator.not-implemented",
    "PreconditionNotMetException": "users.import-state",
    "SerializationException": "api.json",
    "ServiceQuotaExceededException": "api.quota",
    "TermsExistsException": "hosted.terms-exist",
    "TooManyRequestsException": "api.rate",
    "UnknownOperationException": "api.unknown-operation",
    "UserImportInProgressException": "users.import-state",
    "UserPoolAddOnNotEnabledException": "threats.not-enabled",
    "UserPoolTaggingException": "pools.tags",
}
