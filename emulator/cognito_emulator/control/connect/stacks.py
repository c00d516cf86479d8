"""Settings for Terraform, SAM and CDK."""

from __future__ import annotations

from cognito_emulator.control.connect.target import Target, quoted


def terraform(to: Target) -> str:
    return f"""provider "aws" {{
  region                      = {quoted(to.pool.region)}
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {{
    cognitoidp      = {quoted(to.url)}
    cognitoidentity = {quoted(to.url)}
  }}
}}"""


def sam(to: Target) -> str:
    """Write the globals of a template whose functions run by `sam local`."""
    return f"""# sam local runs functions in containers, to which this machine is host.docker.internal:
# sam local start-api --add-host host.docker.internal:host-gateway
Globals:
  Function:
    Environment:
      Variables:
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: {in_containers(to.url)}
        AWS_ENDPOINT_URL_COGNITO_IDENTITY: {in_containers(to.url)}
        COGNITO_USER_POOL_ID: {to.pool.id}
        COGNITO_CLIENT_ID: {to.client.id}
        COGNITO_ISSUER: {to.issuer}"""


def in_containers(url: str) -> str:
    """Return an address of this machine as a container reaches it."""
    return url.replace("//localhost:", "//host.docker.internal:").replace("//127.0.0.1:", "//host.docker.internal:")


def cdk(to: Target) -> str:
    return f"""import * as cognito from 'aws-cdk-lib/aws-cognito';
import {{ Construct }} from 'constructs';

// For a stack that runs beside the emulator: it names the pool, and deploys none.
export function userPool(scope: Construct) {{
  const pool = cognito.UserPool.fromUserPoolId(scope, 'Pool', {quoted(to.pool.id)});
  const client = cognito.UserPoolClient.fromUserPoolClientId(scope, 'Client', {quoted(to.client.id)});
  // Of functions that call Cognito:
  const environment = {{
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: {quoted(to.url)},
    COGNITO_USER_POOL_ID: pool.userPoolId,
    COGNITO_CLIENT_ID: client.userPoolClientId,
    COGNITO_ISSUER: {quoted(to.issuer)},
  }};
  return {{ pool, client, environment }};
}}
// The other direction: `cdk synth --json > template.json`, then `cognito-emulator import template.json`."""
