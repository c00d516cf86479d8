"""Amplify's files, and what is given to configure().

The files are amplify_outputs.json, aws-exports.js and amplifyconfiguration.json.

They describe what a client has to know: the seed has a pool, an app client, a domain and an identity pool that fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.seed.importing import ids
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.importing.shaping import squashed
from cognito_emulator.seed.importing.values import list_of, mapping_of, mappings_of, texts_of, typed, word_of
from cognito_emulator.seed.problems import Place

_FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
_PROVIDERS = {
    "google": ("Google", "Google"),
    "facebook": ("Facebook", "Facebook"),
    "loginwithamazon": ("LoginWithAmazon", "LoginWithAmazon"),
    "amazon": ("LoginWithAmazon", "LoginWithAmazon"),
    "signinwithapple": ("SignInWithApple", "SignInWithApple"),
    "apple": ("SignInWithApple", "SignInWithApple"),
}
# The claim that the user name is made of [docs: cognito-user-pools-specifying-attribute-mapping].
_NAME_CLAIMS = {"Facebook": "id", "LoginWithAmazon": "user_id"}
# First factors without a password, by the member of `passwordless`.
_FIRST_FACTORS = {"EMAIL_OTP": "email_otp_enabled", "SMS_OTP": "sms_otp_enabled", "WEB_AUTHN": "web_authn"}
_HOSTED = ".amazoncognito.com"
_VERIFIABLE = ("email", "phone_number")
_CERTIFICATE = "arn:aws:acm:us-east-1:{account}:certificate/{uuid}"


def is_amplify(found: Mapping[str, Any]) -> bool:
    """Return whether this is one of Amplify's files with a user pool or identity pool."""
    auth = found.get("auth")
    if isinstance(auth, Mapping) and "user_pool_id" in auth:
        return True
    return bool({"aws_user_pools_id", "aws_cognito_identity_pool_id"} & found.keys()) or _configured(found) is not None


def add_amplify(draft: Draft, place: Place, found: Mapping[str, Any]) -> None:
    """Add what a file of Amplify says to the draft."""
    found, configured = typed(found), _configured(found)
    if "auth" in found:
        _add(draft, place.key("auth", place.line), mapping_of(found["auth"]))
    elif configured is not None:
        _add(draft, place.key("Auth", place.line), _of_configure(typed(configured)))
    else:
        _add(draft, place, _of_exports(found))


def _configured(found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return `Auth` of an object for configure(); `Auth.Cognito` in version 6."""
    auth = found.get("Auth")
    inside = auth.get("Cognito", auth) if isinstance(auth, Mapping) else None
    return inside if isinstance(inside, Mapping) and "userPoolId" in inside else None


def _of_configure(auth: Mapping[str, Any]) -> dict[str, Any]:
    login = mapping_of(auth.get("loginWith"))
    names = {"email": login.get("email"), "phone_number": login.get("phone")}
    oauth = mapping_of(auth.get("oauth")) or mapping_of(login.get("oauth"))
    return {
        "aws_region": auth.get("region") or str(auth.get("userPoolId", "")).partition("_")[0],
        "user_pool_id": auth.get("userPoolId"),
        "user_pool_client_id": auth.get("userPoolClientId") or auth.get("userPoolWebClientId"),
        "identity_pool_id": auth.get("identityPoolId"),
        "unauthenticated_identities_enabled": auth.get("allowGuestAccess"),
        "username_attributes": [name for name, is_on in names.items() if is_on],
        "oauth": _oauth(oauth) if oauth else None,
    }


def _of_exports(found: Mapping[str, Any]) -> dict[str, Any]:
    policy = mapping_of(found.get("aws_cognito_password_protection_settings"))
    characters = texts_of(policy.get("passwordPolicyCharacters"))
    mode = str(found.get("aws_cognito_mfa_configuration", "OFF"))
    oauth = mapping_of(found.get("oauth"))
    return {
        "aws_region": found.get("aws_cognito_region") or found.get("aws_project_region"),
        "user_pool_id": found.get("aws_user_pools_id"),
        "user_pool_client_id": found.get("aws_user_pools_web_client_id"),
        "identity_pool_id": found.get("aws_cognito_identity_pool_id"),
        "unauthenticated_identities_enabled": found.get("aws_mandatory_sign_in") != "enable",
        "username_attributes": _lower(found.get("aws_cognito_username_attributes")),
        "user_verification_types": _lower(found.get("aws_cognito_verification_mechanisms")),
        "standard_required_attributes": _lower(found.get("aws_cognito_signup_attributes")),
        "mfa_configuration": {"OFF": "NONE", "ON": "REQUIRED"}.get(mode, mode),
        "mfa_methods": found.get("aws_cognito_mfa_types"),
        "password_policy": {
            "min_length": policy.get("passwordPolicyMinLength"),
            **{f"require_{name}": f"REQUIRES_{name.upper()}" in characters for name in _CHARACTERS},
        }
        if policy.get("passwordPolicyMinLength")
        else None,
        "oauth": _oauth({**oauth, "providers": found.get("aws_cognito_social_providers")}) if oauth else None,
    }


_CHARACTERS = ("lowercase", "uppercase", "numbers", "symbols")


def _lower(names: Any) -> list[str]:
    return [name.lower() for name in texts_of(names)]


def _oauth(oauth: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "domain": oauth.get("domain"),
        "scopes": oauth.get("scopes") or oauth.get("scope"),
        "redirect_sign_in_uri": _urls(oauth.get("redirectSignIn")),
        "redirect_sign_out_uri": _urls(oauth.get("redirectSignOut")),
        "response_type": oauth.get("responseType", "code"),
        "identity_providers": oauth.get("providers") or [],
    }


def _urls(value: Any) -> list[str]:
    if isinstance(value, list):
        return texts_of(value)
    return [one.strip() for one in word_of(value).split(",") if one.strip()]


def _add(draft: Draft, place: Place, auth: Mapping[str, Any]) -> None:
    pool_id, client_id = word_of(auth.get("user_pool_id")), word_of(auth.get("user_pool_client_id"))
    if pool_id and not ids.is_pool_id(pool_id):
        draft.notes.add(place, f"{pool_id!r} is no id of a user pool, such as us-east-1_Abc123def")
        return
    if pool_id:
        pool = draft.pool(place, pool_id)
        _pool(draft, place, pool, auth)
        if client_id and ids.is_client_id(client_id):
            _client(draft, place, pool, auth, client_id)
        elif client_id:
            draft.notes.add(place, f"{client_id!r} is no id of an app client")
        draft.remark(
            place,
            "the file says what a client has to know; what it does not (Lambda triggers, token lifetimes, custom "
            "attributes) is as the API's defaults have it",
        )
    if word_of(auth.get("identity_pool_id")):
        _identity_pool(draft, auth, pool_id, client_id)


def _pool(draft: Draft, place: Place, pool: PoolDraft, auth: Mapping[str, Any]) -> None:
    names = [name for name in texts_of(auth.get("username_attributes")) if name in _VERIFIABLE]
    verified = [name for name in texts_of(auth.get("user_verification_types")) if name in _VERIFIABLE]
    policy = mapping_of(auth.get("password_policy"))
    members: dict[str, Any] = {"PoolName": "amplify"}
    if names:
        members["UsernameAttributes"] = names
    if verified or names:
        members["AutoVerifiedAttributes"] = verified or names
    required = texts_of(auth.get("standard_required_attributes"))
    if required:
        members["Schema"] = [{"Name": name, "Required": True, "Mutable": True} for name in required]
    if policy:
        found = {"MinimumLength": policy.get("min_length")}
        found |= {f"Require{name.capitalize()}": policy.get(f"require_{name}") for name in _CHARACTERS}
        members["Policies"] = {"PasswordPolicy": {name: value for name, value in found.items() if value is not None}}
    passwordless = mapping_of(auth.get("passwordless"))
    factors = [name for name, member in _FIRST_FACTORS.items() if passwordless.get(member)]
    if factors:
        members.setdefault("Policies", {})["SignInPolicy"] = {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}
    if "SMS_OTP" in factors:
        members["SmsConfiguration"] = _sms(draft)
    pool.settle(place, members)
    _mfa(draft, place, pool, auth)
    passkeys = mapping_of(passwordless.get("web_authn"))
    if passkeys:
        found = {
            "RelyingPartyId": passkeys.get("relying_party_id"),
            "UserVerification": passkeys.get("user_verification"),
        }
        pool.set_mfa({"WebAuthnConfiguration": {name: value for name, value in found.items() if value}})
    for listed in mappings_of(auth.get("groups")):
        for name, about in listed.items():
            precedence = mapping_of(about).get("precedence")
            pool.add("Groups", {"GroupName": name, **({} if precedence is None else {"Precedence": precedence})})


def _sms(draft: Draft) -> dict[str, str]:
    return {"SnsCallerArn": f"arn:aws:iam::{draft.options.account}:role/sms", "ExternalId": "amplify"}


def _mfa(draft: Draft, place: Place, pool: PoolDraft, auth: Mapping[str, Any]) -> None:
    mode = {"REQUIRED": "ON", "OPTIONAL": "OPTIONAL"}.get(str(auth.get("mfa_configuration")), "OFF")
    methods = [one.upper() for one in texts_of(auth.get("mfa_methods"))]
    mfa: dict[str, Any] = {"MfaConfiguration": mode}
    if mode != "OFF":
        if "TOTP" in methods or not methods:
            mfa["SoftwareTokenMfaConfiguration"] = {"Enabled": True}
        if "SMS" in methods:
            mfa["SmsMfaConfiguration"] = {"SmsConfiguration": _sms(draft)}
        if "EMAIL" in methods:
            draft.leave_out(place, "MFA by e-mail, which needs an e-mail configuration that the file does not have")
    pool.set_mfa(mfa)


def _client(draft: Draft, place: Place, pool: PoolDraft, auth: Mapping[str, Any], client_id: str) -> None:
    oauth = mapping_of(auth.get("oauth"))
    flows = [*_FLOWS, "ALLOW_USER_AUTH"] if mapping_of(auth.get("passwordless")) else _FLOWS
    members: dict[str, Any] = {"ClientName": "amplify", "ExplicitAuthFlows": flows}
    if texts_of(oauth.get("redirect_sign_in_uri")):
        providers = ["COGNITO"]
        for name in list_of(oauth.get("identity_providers")):
            kind = _PROVIDERS.get(squashed(word_of(name)))
            if kind is None:
                draft.leave_out(place, f"the identity provider {name}: the file does not say how it is reached")
                continue
            providers.append(kind[0])
            pool.add_provider(place, _social(*kind))
        members |= {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["implicit" if oauth.get("response_type") == "token" else "code"],
            "AllowedOAuthScopes": texts_of(oauth.get("scopes")) or ["openid"],
            "CallbackURLs": texts_of(oauth["redirect_sign_in_uri"]),
            "LogoutURLs": texts_of(oauth.get("redirect_sign_out_uri")),
            "SupportedIdentityProviders": providers,
        }
    pool.add_client(client_id, {name: value for name, value in members.items() if value != []}, None)
    domain = word_of(oauth.get("domain"))
    if domain.endswith(_HOSTED):
        pool.add("Domains", {"Domain": domain.partition(".")[0]})
    elif domain and "." in domain and ":" not in domain:
        certificate = _CERTIFICATE.format(account=draft.options.account, uuid=ids.uuid_of(domain))
        pool.add("Domains", {"Domain": domain, "CustomDomainConfig": {"CertificateArn": certificate}})
    elif domain:
        draft.leave_out(place, f"the domain {domain}, which is none of Amazon Cognito")


def _social(name: str, kind: str) -> dict[str, Any]:
    """Return a social provider whose client is made up: the mock takes any."""
    details = {"client_id": "amplify", "client_secret": "amplify", "authorize_scopes": "openid email profile"}
    if kind == "SignInWithApple":
        details = {"client_id": "amplify", "team_id": "team", "key_id": "key", "private_key": "key",
                   "authorize_scopes": "name email"}  # fmt: skip
    elif kind == "Facebook":
        details["authorize_scopes"] = "public_profile,email"
    elif kind == "LoginWithAmazon":
        details["authorize_scopes"] = "profile postal_code"
    return {
        "ProviderName": name,
        "ProviderType": kind,
        "ProviderDetails": details,
        "AttributeMapping": {"email": "email", "username": _NAME_CLAIMS.get(kind, "sub")},
    }


def _identity_pool(draft: Draft, auth: Mapping[str, Any], pool_id: str, client_id: str) -> None:
    block = draft.identity_pool(str(auth["identity_pool_id"]))
    guests = auth.get("unauthenticated_identities_enabled")
    role = f"arn:aws:iam::{draft.options.account}:role"
    block |= {
        "IdentityPoolName": "amplify",
        "AllowUnauthenticatedIdentities": guests is not False,
        "Roles": {"authenticated": f"{role}/authenticated", "unauthenticated": f"{role}/unauthenticated"},
    }
    if pool_id and client_id:
        host = f"cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}"
        block["CognitoIdentityProviders"] = [{"ProviderName": host, "ClientId": client_id}]
