"""Write a request as a client sends it: curl, AWS CLI, boto3, pytest, JavaScript."""

from __future__ import annotations

import json
import pprint
import re
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cognito_emulator.ports.journal import API, CONTROL, Entry
from cognito_emulator.wire.model import IDENTITY, IDP, SERVICES, Service, service_model, snake
from cognito_emulator.world import World

# Words that the AWS CLI and boto3 part differently from a member's name.
_KEBAB = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CREDENTIAL = "AWS4-HMAC-SHA256 Credential=test/20300101/{}/{}/aws4_request, SignedHeaders=host, Signature=0"
_PACKAGES: Mapping[Service, tuple[str, str]] = {
    IDP: ("@aws-sdk/client-cognito-identity-provider", "CognitoIdentityProviderClient"),
    IDENTITY: ("@aws-sdk/client-cognito-identity", "CognitoIdentityClient"),
}


def copies(world: World, entry: Entry, members: Mapping[str, Any]) -> Mapping[str, str]:
    """Return a request in each form that it has, by title."""
    service = next((one for one in SERVICES if entry.operation in service_model(one).names), None)
    if entry.kind in (API, CONTROL) and service is not None:
        return of_call(world, service, entry.operation, members)
    url = f"{world.public_url}{entry.path}"
    if entry.method == "GET":
        return {"curl": f"curl -i {shlex.quote(f'{url}?{urlencode(members)}' if members else url)}"}
    return {"curl": f"curl -i -X {entry.method} {shlex.quote(url)} --data {shlex.quote(urlencode(members))}"}


def of_call(
    world: World, service: Service, operation: str, members: Mapping[str, Any], region: str = ""
) -> Mapping[str, str]:
    """Return a call of the API in each form."""
    model = service_model(service)
    found = model.operation(operation)
    region = region or world.settings.region
    body = json.dumps(members, ensure_ascii=False, default=str)
    head = ["-H 'Content-Type: application/x-amz-json-1.1'", f"-H 'X-Amz-Target: {model.target_prefix}.{operation}'"]
    if found is not None and found.signed:
        head.append(f"-H 'Authorization: {_CREDENTIAL.format(region, service)}'")
    curl = [f"curl -i {shlex.quote(world.public_url + '/')}", *head, f"--data {shlex.quote(body)}"]
    command = _KEBAB.sub("-", operation).lower()
    return {
        "curl": " \\\n  ".join(curl),
        "AWS CLI": f"aws --endpoint-url {world.public_url} --region {region} {service} {command} \\\n"
        f"  --cli-input-json {shlex.quote(body)}",
        "boto3": _python(world, service, operation, members, region),
        "pytest": _pytest(service, operation, members),
        "JavaScript": _javascript(world, service, operation, members, region),
    }


def _arguments(members: Mapping[str, Any]) -> list[str]:
    return [f"    {name}={_indented(pprint.pformat(value, sort_dicts=False))}," for name, value in members.items()]


def _pytest(service: str, operation: str, members: Mapping[str, Any]) -> str:
    """Write a test with the fixtures of the pytest plugin."""
    client = "cognito_client" if service == IDP else f'cognito.client("{service}")'
    fixture = "cognito_client" if service == IDP else "cognito"
    lines = [f"    answer = {client}.{snake(operation)}(", *(f"    {_indented(line)}" for line in _arguments(members))]
    return "\n".join([f"def test_{snake(operation)}({fixture}):", *lines, "    )"])


def _python(world: World, service: str, operation: str, members: Mapping[str, Any], region: str) -> str:
    lines = _arguments(members)
    made = f'cognito = boto3.client("{service}", endpoint_url="{world.public_url}", region_name="{region}")'
    return "\n".join(["import boto3", "", made, f"answer = cognito.{snake(operation)}(", *lines, ")"])


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _javascript(world: World, service: Service, operation: str, members: Mapping[str, Any], region: str) -> str:
    package, client = _PACKAGES[service]
    value = json.dumps(members, indent=2, ensure_ascii=False, default=str)
    return (
        f"import {{ {client}, {operation}Command }} from '{package}';\n\n"
        f"const client = new {client}({{ endpoint: '{world.public_url}', region: '{region}' }});\n"
        f"const answer = await client.send(new {operation}Command({value}));"
    )
