"""Settings of clients, ready to be pasted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from msgspec import Struct

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World


class Target(Struct, frozen=True):
    """What the settings lead to."""

    world: World
    pool: Pool
    client: Client

    @property
    def url(self) -> str:
        return self.world.public_url

    @property
    def issuer(self) -> str:
        return self.world.issuer(self.pool)

    @property
    def jwks(self) -> str:
        return f"{self.url}/{self.pool.id}/.well-known/jwks.json"


class Snippet(Struct, frozen=True):
    """The settings of one kind of client."""

    title: str
    text: Callable[[Target], str]


def _quoted(text: str) -> str:
    return json.dumps(text)


def _boto3(to: Target) -> str:
    return f"""import boto3

cognito = boto3.client(
    "cognito-idp",
    endpoint_url={_quoted(to.url)},
    region_name={_quoted(to.pool.region)},
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
pool_id = {_quoted(to.pool.id)}
client_id = {_quoted(to.client.id)}"""


def _env(to: Target) -> str:
    return f"""export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={to.url}
export AWS_ENDPOINT_URL_COGNITO_IDENTITY={to.url}
export AWS_REGION={to.pool.region} AWS_DEFAULT_REGION={to.pool.region}
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export COGNITO_USER_POOL_ID={to.pool.id} COGNITO_CLIENT_ID={to.client.id}"""


def _cli(to: Target) -> str:
    return f"""export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={to.pool.region}
aws --endpoint-url {to.url} cognito-idp list-users --user-pool-id {to.pool.id}"""


def _amplify6(to: Target) -> str:
    return f"""import {{ Amplify }} from 'aws-amplify';

Amplify.configure({{
  Auth: {{
    Cognito: {{
      userPoolId: {_quoted(to.pool.id)},
      userPoolClientId: {_quoted(to.client.id)},
      userPoolEndpoint: {_quoted(to.url)},
    }},
  }},
}});"""


def _amplify5(to: Target) -> str:
    return f"""import {{ Amplify }} from 'aws-amplify';

Amplify.configure({{
  Auth: {{
    region: {_quoted(to.pool.region)},
    userPoolId: {_quoted(to.pool.id)},
    userPoolWebClientId: {_quoted(to.client.id)},
    endpoint: {_quoted(to.url)},
  }},
}});"""


def _outputs(to: Target) -> str:
    auth = {
        "aws_region": to.pool.region,
        "user_pool_id": to.pool.id,
        "user_pool_client_id": to.client.id,
        "username_attributes": sorted(to.pool.username_attributes),
        "user_verification_types": sorted(to.pool.auto_verified),
    }
    note = "// amplify_outputs.json; it has no place for the endpoint, so give it to configure() beside it:\n"
    configure = f"""
// const config = parseAmplifyConfig(outputs);
// config.Auth.Cognito.userPoolEndpoint = {_quoted(to.url)};
// Amplify.configure(config);"""
    return note + json.dumps({"version": "1.3", "auth": auth}, indent=2) + configure


def _identity_js(to: Target) -> str:
    return f"""import {{ CognitoUserPool }} from 'amazon-cognito-identity-js';

const pool = new CognitoUserPool({{
  UserPoolId: {_quoted(to.pool.id)},
  ClientId: {_quoted(to.client.id)},
  endpoint: {_quoted(to.url)},
}});"""


def _jwt_verify(to: Target) -> str:
    aws = to.world.settings.issued_as == "aws"
    note = "" if aws else "// aws-jwt-verify builds the issuer itself: start the emulator with --issuer aws.\n"
    return f"""{note}import {{ CognitoJwtVerifier }} from 'aws-jwt-verify';

const verifier = CognitoJwtVerifier.create({{
  userPoolId: {_quoted(to.pool.id)},
  clientId: {_quoted(to.client.id)},
  tokenUse: 'access',
}});
const keys = await fetch({_quoted(to.jwks)});
verifier.cacheJwks(await keys.json());"""


def _spring(to: Target) -> str:
    return f"""spring:
  security:
    oauth2:
      resourceserver:
        jwt:
          issuer-uri: {to.issuer}
          jwk-set-uri: {to.jwks}
      client:
        registration:
          cognito:
            client-id: {to.client.id}
            scope: {", ".join(to.client.scopes) or "openid"}
            authorization-grant-type: authorization_code
        provider:
          cognito:
            issuer-uri: {to.issuer}
            user-name-attribute: username"""


def _terraform(to: Target) -> str:
    return f"""provider "aws" {{
  region                      = {_quoted(to.pool.region)}
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {{
    cognitoidp      = {_quoted(to.url)}
    cognitoidentity = {_quoted(to.url)}
  }}
}}"""


SNIPPETS: Mapping[str, Snippet] = {
    "boto3": Snippet("boto3", _boto3),
    "cli": Snippet("AWS CLI", _cli),
    "env": Snippet("Environment", _env),
    "amplify6": Snippet("Amplify v6", _amplify6),
    "amplify5": Snippet("Amplify v5", _amplify5),
    "outputs": Snippet("amplify_outputs.json", _outputs),
    "identity-js": Snippet("identity-js", _identity_js),
    "jwt-verify": Snippet("aws-jwt-verify", _jwt_verify),
    "spring": Snippet("Spring", _spring),
    "terraform": Snippet("Terraform", _terraform),
}
