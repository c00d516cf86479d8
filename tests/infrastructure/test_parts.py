"""What hangs on a pool or a client: resource servers, groups, risks, looks, logs, terms and replicas."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.harness import Running
from tests.helpers.replica_pool import AWAY, KEY
from tests.infrastructure.tool import Tool, stays, view

ROLE = "arn:aws:iam::000000000000:role/r"
SENDER = "arn:aws:ses:us-east-1:000000000000:identity/a@example.com"
PNG = b"\x89PNG\r\n\x1a\n"


def test_a_resource_server(tool: Tool, pool: str) -> None:
    ids = {"UserPoolId": pool, "Identifier": "https://api.example.com"}

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("DescribeResourceServer", **ids)["ResourceServer"]
        return found

    tool.call("CreateResourceServer", **ids, Name="n", Scopes=[])
    bare = read()
    tool.call("DeleteResourceServer", **ids)
    scopes = [{"ScopeName": name, "ScopeDescription": f"may {name}"} for name in ("read", "write")]
    tool.call("CreateResourceServer", **ids, Name="n", Scopes=scopes)
    before = stays(read, lambda told: tool.call("UpdateResourceServer", **told))
    assert before["Scopes"] == scopes
    tool.call("UpdateResourceServer", **{**before, "Scopes": []})
    assert view(read()) == view(bare)


def test_a_group(tool: Tool, pool: str) -> None:
    ids = {"UserPoolId": pool, "GroupName": "g"}

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("GetGroup", **ids)["Group"]
        return found

    tool.call("CreateGroup", **ids, Description="", RoleArn="")
    bare = read()
    tool.call("DeleteGroup", **ids)
    tool.call("CreateGroup", **ids, Description="d", RoleArn=ROLE, Precedence=0)
    before = stays(read, lambda told: tool.call("UpdateGroup", **told))
    assert (before["Description"], before["RoleArn"], before["Precedence"]) == ("d", ROLE, 0)
    # A description that goes is sent empty.
    tool.exactly("UpdateGroup", **ids, Description="", Precedence=5)
    assert view(read()) == view({**bare, "RoleArn": ROLE, "Precedence": 5})


EMAIL = {"Subject": "Sign-in", "HtmlBody": "<p>Was it you?</p>", "TextBody": "Was it you?"}
RISKS: dict[str, dict[str, Any]] = {
    "AccountTakeoverRiskConfiguration": {
        "Actions": {
            "LowAction": {"EventAction": "NO_ACTION", "Notify": False},
            "HighAction": {"EventAction": "BLOCK", "Notify": True},
        },
        "NotifyConfiguration": {
            "SourceArn": SENDER,
            "From": "",
            "ReplyTo": "",
            "BlockEmail": EMAIL,
            "NoActionEmail": EMAIL,
            "MfaEmail": EMAIL,
        },
    },
    "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}},
    "RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.10.10.10/32"], "SkippedIPRangeList": []},
}


@pytest.mark.parametrize("of_client", [False, True])
@pytest.mark.parametrize("gone", sorted(RISKS))
def test_risks(tool: Tool, pool: str, client: str, gone: str, of_client: bool) -> None:
    ids = {"UserPoolId": pool} | ({"ClientId": client} if of_client else {})

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("DescribeRiskConfiguration", **ids)["RiskConfiguration"]
        return found

    bare = read()
    tool.call("SetRiskConfiguration", **ids, **RISKS)
    before = stays(read, lambda told: tool.call("SetRiskConfiguration", **told))
    assert view({name: before[name] for name in RISKS}) == view(RISKS)
    rest = {name: value for name, value in before.items() if name != gone}
    tool.call("SetRiskConfiguration", **rest)
    assert view(read()) == view(rest)
    tool.call("SetRiskConfiguration", **ids)
    assert view(read()) == view(bare)


def test_a_branding(tool: Tool, pool: str, client: str) -> None:
    made = tool.call("CreateManagedLoginBranding", UserPoolId=pool, ClientId=client, UseCognitoProvidedValues=True)
    ids = {name: made["ManagedLoginBranding"][name] for name in ("UserPoolId", "ManagedLoginBrandingId")}

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("DescribeManagedLoginBranding", **ids)["ManagedLoginBranding"]
        return found

    def update(members: dict[str, Any]) -> None:
        tool.call("UpdateManagedLoginBranding", **members)

    bare = stays(read, update)
    logo = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG, "ResourceId": ""}
    settings = {"categories": {"global": {"colorSchemeMode": "DARK"}}, "zero": [0, "", False]}
    update({**ids, "UseCognitoProvidedValues": False, "Settings": settings, "Assets": [logo]})
    before = stays(read, update)
    assert before["Settings"] == settings
    assert view(before["Assets"]) == [view(logo)]
    # Images stay: an update adds some, and takes none away.
    update({**ids, "UseCognitoProvidedValues": True, "Assets": []})
    assert view(read()) == view({**bare, "Assets": before["Assets"]})


def test_a_look(running: Running, tool: Tool, pool: str, client: str) -> None:
    running.world.clock.freeze()
    tool.call("CreateUserPoolDomain", UserPoolId=pool, Domain="shop")
    ids = {"UserPoolId": pool, "ClientId": client}

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("GetUICustomization", **ids)["UICustomization"]
        return found

    assert read() == {}
    css = ".label-customizable {font-weight: 400;}"
    # The image is told by its address: a tool sends the file again.
    tool.call("SetUICustomization", **ids, CSS=css, ImageFile=PNG)
    before = stays(read, lambda told: tool.call("SetUICustomization", **told, ImageFile=PNG))
    assert before["CSS"] == css
    tool.call("SetUICustomization", **ids, CSS="", ImageFile=PNG)
    assert "CSS" not in read()
    tool.call("SetUICustomization", **ids, CSS="", ImageFile=b"")
    assert read() == {}


def test_log_delivery(tool: Tool) -> None:
    pool = tool.call("CreateUserPool", PoolName="p", UserPoolTier="PLUS")["UserPool"]["Id"]

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("GetLogDeliveryConfiguration", UserPoolId=pool)["LogDeliveryConfiguration"]
        return found

    bare = read()
    group = {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:g"}
    bucket = {"BucketArn": "arn:aws:s3:::bucket"}
    entries = [
        {"EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": group},
        {"EventSource": "userAuthEvents", "LogLevel": "INFO", "S3Configuration": bucket},
    ]
    tool.call("SetLogDeliveryConfiguration", UserPoolId=pool, LogConfigurations=entries)
    before = stays(read, lambda told: tool.call("SetLogDeliveryConfiguration", **told))
    assert before["LogConfigurations"] == entries
    tool.call("SetLogDeliveryConfiguration", UserPoolId=pool, LogConfigurations=entries[:1])
    assert read()["LogConfigurations"] == entries[:1]
    tool.call("SetLogDeliveryConfiguration", UserPoolId=pool, LogConfigurations=[])
    assert read() == bare


def test_terms(tool: Tool, pool: str, client: str) -> None:
    links = {"cognito:default": "https://example.com/all", "cognito:french": "https://example.com/fr"}
    members = {"TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE"}
    made = tool.call("CreateTerms", UserPoolId=pool, ClientId=client, **members, Links=links)["Terms"]
    ids = {"UserPoolId": pool, "TermsId": made["TermsId"]}

    def read() -> dict[str, Any]:
        found: dict[str, Any] = tool.call("DescribeTerms", **ids)["Terms"]
        return found

    before = stays(read, lambda told: tool.call("UpdateTerms", **told))
    less = {"cognito:default": links["cognito:default"]}
    tool.call("UpdateTerms", **{**before, "Links": less})
    assert view(read()) == view({**before, "Links": less})


def test_a_replica(running: Running, tool: Tool) -> None:
    members = {"KeyConfiguration": KEY, "IssuerConfiguration": {"Type": "UPDATED"}}
    pool = tool.call("CreateUserPool", PoolName="p", **members)["UserPool"]["Id"]
    ids = {"UserPoolId": pool, "RegionName": AWAY}

    def read() -> dict[str, Any]:
        listed = tool.call("ListUserPoolReplicas", UserPoolId=pool)["UserPoolReplicas"]
        return {replica["RegionName"]: replica for replica in listed}

    alone = read()
    tool.call("CreateUserPoolReplica", **ids, UserPoolTags={})
    running.world.clock.advance(60)
    assert read()[AWAY]["Status"] == "INACTIVE"
    for status in ("ACTIVE", "INACTIVE"):
        tool.call("UpdateUserPoolReplica", **ids, Status=status)
        before = stays(read, lambda told: tool.call("UpdateUserPoolReplica", **{**told[AWAY], "UserPoolId": pool}))
        assert before[AWAY]["Status"] == status
    tool.call("DeleteUserPoolReplica", **ids)
    running.world.clock.advance(60)
    assert read() == alone
