"""CIMD policies of a seed's app clients."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.seed import SeedError, apply, parse_text
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
HEAD = "UserPools:\n  - Id: us-east-1_x\n    PoolName: p\n    Clients:\n      - ClientName: mcp\n"
HEAD += "        ClientId: mcpclient\n"


def plant(running: Running, policies: str) -> None:
    running.run(apply(running.world, parse_text(f"{HEAD}        CIMDPolicies: {policies}\n", "s.yaml")))


def test_policies_belong_to_their_client(running: Running, idp: Any) -> None:
    plant(running, "[{PolicyName: agents, URLPatterns: ['https://a.example/*'], CacheDuration: 172800}]")
    (shown,) = idp.list_cimd_policies(UserPoolId="us-east-1_x")["CIMDPolicies"]
    policy = idp.describe_cimd_policy(UserPoolId="us-east-1_x", CIMDPolicyId=shown["CIMDPolicyId"])["CIMDPolicy"]
    found = [policy[name] for name in ("ClientId", "PolicyName", "URLPatterns", "CacheDuration")]
    assert found == ["mcpclient", "agents", ["https://a.example/*"], 172800]


@pytest.mark.parametrize(
    ("policies", "text"),
    [
        ("[{PolicyName: a}]", "URLPatterns"),
        ("[{PolicyName: a, URLPatterns: ['http://a.example/*']}]", "URLPatterns"),
        ("[{PolicyName: a, URLPatterns: ['https://a.example/*'], ClientId: x}]", "ClientId"),
        ("[{PolicyName: a, URLPatterns: ['https://a.example/*'], UserPoolId: x}]", "UserPoolId"),
        ("agents", "CIMDPolicies"),
    ],
)
def test_mistakes(running: Running, policies: str, text: str) -> None:
    with pytest.raises(SeedError) as caught:
        plant(running, policies)
    (mistake,) = caught.value.mistakes
    assert str(mistake).startswith("s.yaml:7: UserPools[0].Clients[0].CIMDPolicies")
    assert text in str(mistake)
    assert len(running.world.store.pools) == 0
