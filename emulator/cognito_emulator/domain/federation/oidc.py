"""OpenID Connect as the relying party: endpoints, requests, ID tokens.

OpenID Connect Core 1.0, Discovery 1.0 [docs: cognito-user-pools-oidc-idp]. Facebook and Amazon are no OpenID providers:
their profile is requested with OAuth 2.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.federation.provider import SOCIAL, Provider
from cognito_emulator.domain.federation.provider_details import KINDS
from cognito_emulator.domain.federation.provider_levels import at_provider
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest
from cognito_emulator.domain.hosts import hostname_of

# The endpoints by their names in ProviderDetails and in a discovery document.
DISCOVERED = {
    "authorize_url": "authorization_endpoint",
    "token_url": "token_endpoint",
    "attributes_url": "userinfo_endpoint",
    "jwks_uri": "jwks_uri",
}
_NEEDED = ("authorize_url", "token_url", "attributes_url")
# Addresses of the real social providers: no request is ever sent there.
_REAL_HOSTS = ("google.com", "googleapis.com", "facebook.com", "amazon.com", "appleid.apple.com")
WITHOUT_ID_TOKEN = ("Facebook", "LoginWithAmazon")


class ProviderTrouble(Exception):
    """Signal that the provider refused, is unreachable or cannot be trusted.

    The app gets it by redirect. Texts without a tag are ours [own wording].
    """

    def __init__(self, description: str, error: str = "invalid_request") -> None:
        super().__init__(description)
        self.description = description
        self.error = error


class Endpoints(Struct, frozen=True, gc=False):
    """The addresses of a provider.

    `issuer` and `jwks` are empty where there is no ID token.
    """

    authorize: str
    token: str
    attributes: str
    jwks: str = ""
    issuer: str = ""


def is_mock(provider: Provider) -> bool:
    """Return whether the built-in provider replaces it.

    It does where the seed says so, and for social providers without another address.
    """
    return provider.mock or (provider.type in SOCIAL and not own_addresses(provider))


def own_addresses(provider: Provider) -> dict[str, str]:
    """Return the addresses among the details that may be called.

    For a social provider these are the ones that are not the real provider's.
    """
    names = ("oidc_issuer", *DISCOVERED)
    found = {name: provider.details[name] for name in names if provider.details.get(name)}
    if provider.type not in SOCIAL:
        return found
    return {name: url for name, url in found.items() if not _is_real(url)}


def _is_real(url: str) -> bool:
    host = hostname_of(url).rstrip(".")
    return any(host == real or host.endswith(f".{real}") for real in _REAL_HOSTS)


def needs_discovery(provider: Provider, addresses: Mapping[str, str]) -> bool:
    needed = _NEEDED if provider.type in WITHOUT_ID_TOKEN else (*_NEEDED, "jwks_uri")
    return "oidc_issuer" in addresses and any(name not in addresses for name in needed)


def endpoints(provider: Provider, addresses: Mapping[str, str]) -> Endpoints:
    """Read the endpoints of a provider.

    Raises:
        ProviderTrouble: some are missing, as where a social provider has other addresses only in part.
    """
    has_id_token = provider.type not in WITHOUT_ID_TOKEN
    needed = (*_NEEDED, "jwks_uri", "oidc_issuer") if has_id_token else _NEEDED
    missing = [name for name in needed if name not in addresses]
    if missing:
        raise ProviderTrouble(f"{provider.name} Error - no {', '.join(missing)}", "server_error")
    found = Endpoints(*(addresses[name] for name in _NEEDED))
    return replace(found, jwks=addresses["jwks_uri"], issuer=addresses["oidc_issuer"]) if has_id_token else found


def discovery_url(issuer: str) -> str:
    """Return the URL of the discovery document.

    The slash that the issuer may end in is left out (Discovery 1.0, section 4.1).
    """
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def read_discovery(body: bytes, issuer: str) -> dict[str, str]:
    """Read the endpoints of a discovery document, by ProviderDetails' names.

    Raises:
        ValueError: it is none, or is another issuer's (Discovery 1.0, section 4.3).
    """
    document = json_object(body)
    if document.get("issuer") != issuer:
        raise ValueError(f"it is the document of the issuer {str(document.get('issuer'))[:200]!r}")
    found = {name: document[key] for name, key in DISCOVERED.items() if isinstance(document.get(key), str)}
    for url in found.values():
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url):
            raise ValueError(f"{url[:200]!r} is no http or https URL")
    return found


def json_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object.

    Raises:
        ValueError: it is none.
    """
    value = strict_json.decode(body)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return value


def authorize_url(
    provider: Provider, at: Endpoints, asked: AuthorizationRequest, *, state: str, nonce: str, callback: str
) -> str:
    """Make the URL that the browser is sent to.

    login_hint and prompt go along, except prompt=none [docs: authorization-endpoint], and so do the requested levels by
    the provider's own names (AcrMapping). It has no PKCE: AWS's client is a confidential one and does not use it
    [assumed].
    """
    sent = {
        "client_id": provider.details["client_id"],
        "redirect_uri": callback,
        "scope": provider.details["authorize_scopes"],
        "response_type": "code",
        "state": state,
    }
    if provider.type not in WITHOUT_ID_TOKEN:
        sent["nonce"] = nonce
    if provider.type == "SignInWithApple":
        sent["response_mode"] = "form_post"  # Apple requires it for the scopes name and email
    if asked.login_hint:
        sent["login_hint"] = asked.login_hint
    prompt = " ".join(sorted(asked.prompt - {"none"}))
    if prompt:
        sent["prompt"] = prompt
    levels = at_provider(provider, asked.acr_levels)
    if levels:
        sent["acr_values"] = levels
    return f"{at.authorize}{'&' if '?' in at.authorize else '?'}{urlencode(sent, quote_via=quote)}"


def attributes_url(provider: Provider, at: Endpoints) -> str:
    """Return the userInfo URL, with the names of the mapped claims if needed.

    attributes_url_add_attributes says that the provider needs them.
    """
    if provider.details.get("attributes_url_add_attributes") != "true" or not at.attributes.endswith("="):
        return at.attributes
    return at.attributes + quote(",".join(dict.fromkeys(provider.mapping.values())), safe=",")


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str | None, now: float) -> None:
    """Check the claims of an ID token whose signature is right.

    Core, section 3.1.3.7. `nonce` is None where none was sent. The first text is the service's
    [observed: github-cognito-openid-wrapper#100].

    Raises:
        ProviderTrouble
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires = claims.get("exp")
    if claims.get("iss") != issuer:
        raise ProviderTrouble(f"Bad id_token issuer {str(claims.get('iss'))[:200]}")
    if client_id not in audiences or claims.get("azp", client_id) != client_id:
        raise ProviderTrouble("Bad id_token audience")
    if isinstance(expires, bool) or not isinstance(expires, (int, float)) or not expires > now:
        raise ProviderTrouble("Bad id_token expiry")
    if nonce is not None and claims.get("nonce") != nonce:
        raise ProviderTrouble("Bad id_token nonce")


def subject(provider: Provider, claims: Iterable[Mapping[str, Any]]) -> str:
    """Read the subject: the claim to which username is mapped.

    The first of `claims` that has it counts; the others must agree.

    Raises:
        ProviderTrouble: there is no subject, or two different ones (Core, section 5.3.2).
    """
    name = KINDS[provider.type].subject
    given = [one[name] for one in claims if isinstance(one.get(name), (str, int))]
    found = {str(value) for value in given if value != "" and not isinstance(value, bool)}
    if len(found) != 1:
        problem = "different values" if found else "no value"
        raise ProviderTrouble(f"{provider.name} Error - {problem} of {name}")
    return found.pop()
