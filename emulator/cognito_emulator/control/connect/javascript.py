"""Settings for Amplify, amazon-cognito-identity-js, aws-jwt-verify and Express."""

from __future__ import annotations

import json
from typing import Any

from cognito_emulator.control.connect.target import Target, as_json, quoted, without_empty
from cognito_emulator.domain.pools.pool import Pool

_PROVIDERS = {
    "Google": "GOOGLE",
    "Facebook": "FACEBOOK",
    "LoginWithAmazon": "LOGIN_WITH_AMAZON",
    "SignInWithApple": "SIGN_IN_WITH_APPLE",
}
_SECRET = "Amplify cannot use an app client with a secret: choose one without."


def amplify(to: Target) -> str:
    guests = to.identity_pool
    more = ""
    if guests:
        more = f"""
      identityPoolId: {quoted(guests.id)},
      identityPoolEndpoint: {quoted(to.url)},
      allowGuestAccess: {"true" if guests.guests else "false"},"""
    oauth = _outputs_oauth(to)
    if oauth and to.domain and oauth["response_type"] == "code":
        more += f"""
      loginWith: {{
        oauth: {{
          domain: {quoted(oauth["domain"])},
          scopes: {json.dumps(oauth["scopes"])},
          redirectSignIn: {json.dumps(oauth["redirect_sign_in_uri"])},
          redirectSignOut: {json.dumps(oauth["redirect_sign_out_uri"])},
          responseType: 'code',
        }},
      }},"""
    return f"""{_comments(to, has_oauth="loginWith" in more)}import {{ Amplify }} from 'aws-amplify';

Amplify.configure({{
  Auth: {{
    Cognito: {{
      userPoolId: {quoted(to.pool.id)},
      userPoolClientId: {quoted(to.client.id)},
      userPoolEndpoint: {quoted(to.url)},{more}
    }},
  }},
}});"""


def _hints(to: Target, *, has_oauth: bool) -> list[str]:
    """Return what Amplify cannot do with this client, or not yet."""
    hints = [_SECRET] if to.client.secrets else []
    if has_oauth and not to.world.settings.has_tls:
        hints.append(f"Amplify opens the hosted login by HTTPS, at {to.oauth_host}: start the emulator with --tls.")
    return hints


def _comments(to: Target, *, has_oauth: bool = False) -> str:
    return "".join(f"// {hint}\n" for hint in _hints(to, has_oauth=has_oauth))


def amplify_5(to: Target) -> str:
    return f"""{_comments(to)}import {{ Amplify }} from 'aws-amplify';

Amplify.configure({{
  Auth: {{
    region: {quoted(to.pool.region)},
    userPoolId: {quoted(to.pool.id)},
    userPoolWebClientId: {quoted(to.client.id)},
    endpoint: {quoted(to.url)},
  }},
}});"""


def amplify_outputs(to: Target) -> str:
    """Write the `auth` of Amplify's outputs, version 1.3."""
    guests = to.identity_pool
    auth = {
        "aws_region": to.pool.region,
        "user_pool_id": to.pool.id,
        "user_pool_client_id": to.client.id,
        "identity_pool_id": guests.id if guests else None,
        "unauthenticated_identities_enabled": guests.guests if guests else None,
        "username_attributes": sorted(to.pool.username_attributes),
        "user_verification_types": sorted(to.pool.auto_verified),
        "standard_required_attributes": _required(to.pool),
        "mfa_configuration": {"OFF": "NONE", "ON": "REQUIRED"}.get(to.pool.mfa.mode, to.pool.mfa.mode),
        "mfa_methods": _mfa_types(to.pool),
        "password_policy": _password_policy(to.pool),
        "oauth": _outputs_oauth(to),
    }
    outputs = {
        "version": "1.3",
        "auth": without_empty(auth),
        "custom": {"cognito_emulator": {"user_pool_endpoint": to.url, "identity_pool_endpoint": to.url}},
    }
    return as_json(outputs)


def outputs_note(to: Target) -> str:
    """Say what the JSON cannot: where the endpoints go, and what is missing."""
    return " ".join(
        [
            *_hints(to, has_oauth=_outputs_oauth(to) is not None),
            "No member of amplify_outputs.json holds an endpoint, so both stand below custom. Give them to Amplify:",
            " ".join(_endpoint_lines(to, "outputs")),
        ]
    )


def outputs_code(to: Target) -> str:
    """Write the program that gives Amplify the outputs and the endpoints."""
    lines = [
        "import { Amplify } from 'aws-amplify';",
        "import { parseAmplifyConfig } from 'aws-amplify/utils';",
        "import outputs from './amplify_outputs.json';",
        "",
        *_endpoint_lines(to, "outputs"),
    ]
    return "\n".join(lines)


def _endpoint_lines(to: Target, name: str) -> list[str]:
    """Write what sets the endpoints of both services; without it Amplify calls AWS."""
    custom, url = "outputs.custom.cognito_emulator.", quoted(to.url)
    values = (f"{custom}user_pool_endpoint", f"{custom}identity_pool_endpoint") if name == "outputs" else (url, url)
    members = zip(("userPoolEndpoint", "identityPoolEndpoint"), values, strict=True)
    wanted = list(members)[: 2 if to.identity_pool else 1]
    return [
        f"const config = parseAmplifyConfig({name});",
        *(f"config.Auth.Cognito.{member} = {value};" for member, value in wanted),
        "Amplify.configure(config);",
    ]


def _required(pool: Pool) -> list[str]:
    return [spec.name for spec in pool.schema.values() if spec.required and spec.name != "sub"]


def _mfa_types(pool: Pool) -> list[str]:
    return [name for name, is_on in (("SMS", pool.mfa.sms), ("TOTP", pool.mfa.totp)) if is_on]


def _password_policy(pool: Pool) -> dict[str, Any]:
    policy = pool.password_policy
    return {
        "min_length": policy.minimum_length,
        "require_lowercase": policy.lowercase,
        "require_numbers": policy.numbers,
        "require_symbols": policy.symbols,
        "require_uppercase": policy.uppercase,
    }


def _outputs_oauth(to: Target) -> dict[str, Any] | None:
    client = to.client
    if not client.has_oauth or not client.callback_urls:
        return None
    providers = client.settings.get("SupportedIdentityProviders", ())
    return {
        "identity_providers": [_PROVIDERS[name] for name in providers if name in _PROVIDERS],
        "domain": to.oauth_host,
        "scopes": list(client.scopes),
        "redirect_sign_in_uri": list(client.callback_urls),
        "redirect_sign_out_uri": list(client.settings.get("LogoutURLs", ())),
        "response_type": "code" if "code" in client.grants else "token",
    }


def aws_exports(to: Target) -> str:
    """Write the module that Amplify's first CLI generated."""
    policy, guests, oauth = to.pool.password_policy, to.identity_pool, _outputs_oauth(to)
    wanted = {"lowercase": "REQUIRES_LOWERCASE", "uppercase": "REQUIRES_UPPERCASE", "numbers": "REQUIRES_NUMBERS",
              "symbols": "REQUIRES_SYMBOLS"}  # fmt: skip
    exports = {
        "aws_project_region": to.pool.region,
        "aws_cognito_region": to.pool.region,
        "aws_cognito_identity_pool_id": guests.id if guests else None,
        "aws_user_pools_id": to.pool.id,
        "aws_user_pools_web_client_id": to.client.id,
        "oauth": {
            "domain": oauth["domain"],
            "scope": oauth["scopes"],
            "redirectSignIn": ",".join(oauth["redirect_sign_in_uri"]),
            "redirectSignOut": ",".join(oauth["redirect_sign_out_uri"]),
            "responseType": oauth["response_type"],
        }
        if oauth
        else None,
        "aws_cognito_username_attributes": [name.upper() for name in sorted(to.pool.username_attributes)],
        "aws_cognito_signup_attributes": [name.upper() for name in _required(to.pool)],
        "aws_cognito_mfa_configuration": to.pool.mfa.mode,
        "aws_cognito_mfa_types": _mfa_types(to.pool),
        "aws_cognito_password_protection_settings": {
            "passwordPolicyMinLength": policy.minimum_length,
            "passwordPolicyCharacters": [word for name, word in wanted.items() if getattr(policy, name)],
        },
        "aws_cognito_verification_mechanisms": [name.upper() for name in sorted(to.pool.auto_verified)],
    }
    lines = "\n".join(f"//   {line}" for line in _endpoint_lines(to, "awsmobile"))
    return f"""{_comments(to, has_oauth=oauth is not None)}const awsmobile = {as_json(without_empty(exports))};

export default awsmobile;

// This form has no member for an endpoint. Amplify v6:
{lines}
// Amplify v5: Amplify.configure({{ ...awsmobile, Auth: {{ endpoint: {quoted(to.url)} }} }});"""


def identity_js(to: Target) -> str:
    return f"""import {{ CognitoUserPool }} from 'amazon-cognito-identity-js';

const pool = new CognitoUserPool({{
  UserPoolId: {quoted(to.pool.id)},
  ClientId: {quoted(to.client.id)},
  endpoint: {quoted(to.url)},
}});"""


def jwt_verify(to: Target) -> str:
    aws = to.world.settings.issued_as == "aws"
    note = "" if aws else "// aws-jwt-verify builds the issuer itself: start the emulator with --issuer aws.\n"
    return f"""{note}import {{ CognitoJwtVerifier }} from 'aws-jwt-verify';

const verifier = CognitoJwtVerifier.create({{
  userPoolId: {quoted(to.pool.id)},
  clientId: {quoted(to.client.id)},
  tokenUse: 'access',
}});
const keys = await fetch({quoted(to.jwks)});
verifier.cacheJwks(await keys.json());"""


def express(to: Target) -> str:
    return f"""import express from 'express';
import {{ createRemoteJWKSet, jwtVerify }} from 'jose';

const issuer = {quoted(to.issuer)};
const keys = createRemoteJWKSet(new URL({quoted(to.jwks)}));

export async function signedIn(request, response, next) {{
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  try {{
    const {{ payload }} = await jwtVerify(token, keys, {{ issuer }});
    if (payload.token_use !== 'access') throw new Error('no access token');
    if (payload.client_id !== {quoted(to.client.id)}) throw new Error('of another client');
    request.user = payload;
    next();
  }} catch {{
    response.status(401).end();
  }}
}}

const app = express();
app.get('/me', signedIn, (request, response) => response.json({{ sub: request.user.sub }}));
app.listen(3000);"""
