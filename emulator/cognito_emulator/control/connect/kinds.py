"""The one table of client settings, by the name that `--for` and the console take."""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.control.connect import command_line, javascript, servers, stacks
from cognito_emulator.control.connect.target import JSON, YAML, Snippet

SNIPPETS: Mapping[str, Snippet] = {
    "boto3": Snippet("boto3", command_line.boto3),
    "cli": Snippet("AWS CLI", command_line.cli),
    "env": Snippet("Environment", command_line.env),
    "amplify": Snippet("Amplify v6", javascript.amplify),
    "amplify5": Snippet("Amplify v5", javascript.amplify_5),
    "amplify-outputs": Snippet(
        "amplify_outputs.json", javascript.amplify_outputs, JSON, javascript.outputs_note, javascript.outputs_code
    ),
    "aws-exports": Snippet("aws-exports.js", javascript.aws_exports),
    "identity-js": Snippet("identity-js", javascript.identity_js),
    "jwt-verify": Snippet("aws-jwt-verify", javascript.jwt_verify),
    "spring": Snippet("Spring", servers.spring, YAML),
    "express": Snippet("Express", javascript.express),
    "terraform": Snippet("Terraform", stacks.terraform),
    "sam": Snippet("SAM", stacks.sam, YAML),
    "cdk": Snippet("CDK", stacks.cdk),
    "dotnet": Snippet(".NET", servers.dotnet, JSON, servers.dotnet_note),
    "go": Snippet("Go", servers.go),
}
