"""Settings for Python, shells and the AWS CLI."""

from __future__ import annotations

from cognito_emulator.control.connect.target import Target, quoted


def boto3(to: Target) -> str:
    return f"""import boto3

cognito = boto3.client(
    "cognito-idp",
    endpoint_url={quoted(to.url)},
    region_name={quoted(to.pool.region)},
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
pool_id = {quoted(to.pool.id)}
client_id = {quoted(to.client.id)}"""


def env(to: Target) -> str:
    return f"""export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={to.url}
export AWS_ENDPOINT_URL_COGNITO_IDENTITY={to.url}
export AWS_REGION={to.pool.region} AWS_DEFAULT_REGION={to.pool.region}
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export COGNITO_USER_POOL_ID={to.pool.id} COGNITO_CLIENT_ID={to.client.id}"""


def cli(to: Target) -> str:
    return f"""export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={to.pool.region}
aws --endpoint-url {to.url} cognito-idp list-users --user-pool-id {to.pool.id}"""
