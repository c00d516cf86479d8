"""The marks on the buttons of identity providers.

They are drawn for this emulator, in `templates/marks.html`; a style's own icon replaces them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from cognito_emulator.domain.federation.provider import Provider

_BY_TYPE = {"Google": "google", "Facebook": "facebook", "LoginWithAmazon": "amazon", "SignInWithApple": "apple"}
# OIDC providers by the host of their issuer.
_BY_HOST = {
    "accounts.google.com": "google",
    "appleid.apple.com": "apple",
    "login.microsoftonline.com": "microsoft",
    "login.live.com": "microsoft",
    "sts.windows.net": "microsoft",
}


def mark_of(provider: Provider) -> str | None:
    """Return the name of a provider's mark.

    A provider without one shows its initial letter.
    """
    if provider.type in _BY_TYPE:
        return _BY_TYPE[provider.type]
    try:
        host = urlsplit(str(provider.details.get("oidc_issuer", ""))).hostname
    except ValueError:
        return None
    return _BY_HOST.get(host or "")
