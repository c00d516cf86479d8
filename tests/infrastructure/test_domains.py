"""Domains: a prefix and a name of one's own, with their pages' version, TLS policy and routing."""

from __future__ import annotations

from typing import Any

from tests.infrastructure.tool import Tool, stays, view

CUSTOM = "auth.example.com"
CERTIFICATE = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/c"}
ROUTING = {"Failover": {"SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "h"}}


def described(tool: Tool, domain: str) -> dict[str, Any]:
    found: dict[str, Any] = tool.call("DescribeUserPoolDomain", Domain=domain)["DomainDescription"]
    return found


def test_a_prefix(tool: Tool, pool: str) -> None:
    tool.call("CreateUserPoolDomain", UserPoolId=pool, Domain="shop", ManagedLoginVersion=0)
    bare = described(tool, "shop")
    assert (bare["Status"], bare["S3Bucket"]) == ("ACTIVE", "aws-cognito-prod-iad-assets")
    ids = {"UserPoolId": pool, "Domain": "shop"}

    def update(members: dict[str, Any]) -> None:
        # A prefix is told apart by having no CustomDomainConfig, which is read as an empty one.
        known = {name: value for name, value in members.items() if name != "CustomDomainConfig"}
        tool.call("UpdateUserPoolDomain", **known)

    stays(lambda: described(tool, "shop"), update)
    update({**ids, "ManagedLoginVersion": 2})
    stays(lambda: described(tool, "shop"), update)
    update({**ids, "ManagedLoginVersion": bare["ManagedLoginVersion"]})
    assert described(tool, "shop") == bare
    tool.call("DeleteUserPoolDomain", **ids)
    assert described(tool, "shop") == {}


def test_a_custom_domain(tool: Tool, pool: str) -> None:
    ids = {"UserPoolId": pool, "Domain": CUSTOM}
    tool.call("CreateUserPoolDomain", **ids, CustomDomainConfig=CERTIFICATE)
    bare = described(tool, CUSTOM)
    tool.call("DeleteUserPoolDomain", **ids)
    config = {**CERTIFICATE, "SecurityPolicy": "TLS_V1_2_2021"}
    tool.call("CreateUserPoolDomain", **ids, CustomDomainConfig=config, Routing=ROUTING, ManagedLoginVersion=2)
    before = stays(lambda: described(tool, CUSTOM), lambda told: tool.call("UpdateUserPoolDomain", **told))
    assert (before["CustomDomainConfig"], before["Routing"]) == (config, ROUTING)
    tool.call("UpdateUserPoolDomain", **ids, CustomDomainConfig=CERTIFICATE, Routing={}, ManagedLoginVersion=1)
    assert {**view(described(tool, CUSTOM)), "Version": ""} == {**view(bare), "Version": ""}
