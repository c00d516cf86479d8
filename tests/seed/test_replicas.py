"""Replicas and sessions of a seed: what the API then shows, what they do, and mistakes in them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cognito_emulator.seed import SeedError, apply, parse_text
from cognito_emulator.seed.export import export
from cognito_emulator.seed.plain import as_yaml
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
POOL = "us-east-1_x"
CERTIFICATE = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"}
HEAD = """UserPools:
  - Id: us-east-1_x
    PoolName: p
    KeyConfiguration: {KeyType: CUSTOMER_MANAGED_KEY, KmsKeyArn: arn:aws:kms:us-east-1:000000000000:key/mrk-1}
    Clients:
      - {ClientId: xclient, ClientName: web, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}
    Users:
      - {Username: ann, Password: Ann-12345}
"""
AWAY = """    Replicas:
      - RegionName: us-west-2
        Status: ACTIVE
        UserPoolTags: {team: west}
        LambdaConfig: {PreSignUp: arn:aws:lambda:us-west-2:000000000000:function:f}
        Domains:
          - {Domain: west}
        LogDeliveryConfigurations:
          - LogConfigurations:
              - LogLevel: ERROR
                EventSource: userNotification
                CloudWatchLogsConfiguration: {LogGroupArn: arn:aws:logs:us-west-2:000000000000:log-group:g}
"""


def sow(running: Running, text: str, *, upsert: bool = False) -> None:
    running.run(apply(running.world, parse_text(text, "s.yaml"), upsert=upsert))


def away(running: Running) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("cognito-idp", endpoint_url=running.url, region_name="us-west-2", **keys)


def test_a_replica_is_there_with_what_is_its_region_s_own(running: Running, idp: Any) -> None:
    sow(running, HEAD + AWAY)
    _, replica = idp.list_user_pool_replicas(UserPoolId=POOL)["UserPoolReplicas"]
    assert (replica["RegionName"], replica["Status"]) == ("us-west-2", "ACTIVE")
    there = away(running)
    pool = there.describe_user_pool(UserPoolId=POOL)["UserPool"]
    assert pool["UserPoolTags"] == {"team": "west"}
    assert pool["LambdaConfig"] == {"PreSignUp": "arn:aws:lambda:us-west-2:000000000000:function:f"}
    assert pool["Domain"] == "west"
    logs = there.get_log_delivery_configuration(UserPoolId=POOL)["LogDeliveryConfiguration"]["LogConfigurations"]
    assert logs[0]["CloudWatchLogsConfiguration"]["LogGroupArn"].startswith("arn:aws:logs:us-west-2")
    assert idp.describe_user_pool(UserPoolId=POOL)["UserPool"].get("LambdaConfig", {}) == {}
    # It is exported, and the export makes the same again.
    content = export(running.world)
    running.reset()
    sow(running, as_yaml(content))
    assert export(running.world) == content
    sow(running, as_yaml(content), upsert=True)
    assert export(running.world) == content


def test_an_export_has_the_state_of_a_replica_but_nothing_twice(running: Running) -> None:
    sow(running, HEAD + AWAY)
    store = running.world.store
    running.call("CreateUserPoolDomain", UserPoolId=POOL, Domain="own.example.com", CustomDomainConfig=CERTIFICATE)
    replica = store.replicas.get((POOL, "us-west-2"))
    assert replica is not None
    with store.write():
        store.replicas.put(replace(replica, phase="CREATING", created=1.5, modified=2.5, since=1.5))
        for domain in store.domains.where("pool", POOL):
            store.domains.put(replace(domain, region="us-west-2"))
    before = store.replicas.get(replica.key)
    content = export(running.world)
    assert "Rows" not in content["State"]
    (pool,) = content["UserPools"]
    assert [one["Domain"] for one in pool["Domains"]] == ["own.example.com"]
    assert [one["Domain"] for one in pool["Replicas"][0]["Domains"]] == ["west"]
    running.reset()
    sow(running, as_yaml(content))
    assert store.replicas.get(replica.key) == before


def test_a_replica_without_status_is_inactive(running: Running, idp: Any) -> None:
    sow(running, HEAD + "    Replicas: [{RegionName: us-west-2}]\n")
    statuses = [one["Status"] for one in idp.list_user_pool_replicas(UserPoolId=POOL)["UserPoolReplicas"]]
    assert statuses == ["ACTIVE", "INACTIVE"]
    given = {"ClientId": "xclient", "AuthFlow": "USER_PASSWORD_AUTH"}
    with pytest.raises(ClientError):
        away(running).admin_initiate_auth(
            UserPoolId=POOL, **given, AuthParameters={"USERNAME": "ann", "PASSWORD": "Ann-12345"}
        )


def test_sessions_are_tracked_as_the_seed_says(running: Running, idp: Any) -> None:
    tracked = "    SessionConfiguration: {UserSessionTracking: ENABLED, TokenSession: {MaxPerUser: 1}}\n"
    sso = "        SessionConfiguration: {SSOSession: {MaxValidityMinutes: 30}}\n"
    client = "    Clients:\n      - ClientId: xclient\n        ClientName: web\n"
    flows = "        ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]\n"
    user = "    Users: [{Username: ann, Password: Ann-12345}]\n"
    sow(running, f"UserPools:\n  - Id: {POOL}\n    PoolName: p\n{tracked}{client}{flows}{sso}{user}")
    shown = idp.get_user_pool_session_configuration(UserPoolId=POOL)
    assert (shown["UserSessionTracking"], shown["TokenSession"]) == ("ENABLED", {"MaxPerUser": 1})
    shown = idp.get_user_pool_client_session_configuration(UserPoolId=POOL, ClientId="xclient")
    assert shown["SSOSession"] == {"MaxValidityMinutes": 30}
    typed = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}
    for _ in range(2):
        idp.initiate_auth(ClientId="xclient", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=typed)
    assert len(idp.admin_list_user_sessions(UserPoolId=POOL, Username="ann")["Sessions"]) == 1


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (
            "    Replicas: [{Region: us-west-2}]\n",
            "s.yaml:9: UserPools[0].Replicas[0].Region: unknown key. Did you",
        ),
        ("    Replicas: [{Status: ACTIVE}]\n", "s.yaml:9: UserPools[0].Replicas[0]: RegionName is missing"),
        ("    Replicas: [{RegionName: us-west-2, Status: On}]\n", "s.yaml:9: UserPools[0].Replicas[0].Status: "),
        (
            "    Replicas: [{RegionName: us-east-1}]\n",
            "s.yaml:9: UserPools[0].Replicas[0]: CreateUserPoolReplica ",
        ),
        ("    SessionConfiguration: {}\n", "s.yaml:9: UserPools[0].SessionConfiguration: TokenSession is missing"),
        ("    SessionConfiguration: [1]\n", "s.yaml:9: UserPools[0].SessionConfiguration: a mapping is expected"),
        ("    Domain: x\n", "s.yaml:9: UserPools[0].Domain: unknown key. Did you mean Domains?"),
    ],
)
def test_mistakes_have_a_line_and_a_sentence(running: Running, more: str, text: str) -> None:
    with pytest.raises(SeedError) as refused:
        sow(running, HEAD + more)
    assert str(refused.value.mistakes[0]).startswith(text)
    assert len(running.world.store.pools) == 0


def test_an_operation_that_botocore_lacks_is_named(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from cognito_emulator.seed import allowed_keys
    from cognito_emulator.wire.model import IDP, service_model

    raw = service_model(IDP)
    known = raw.operation
    monkeypatch.setattr(raw, "operation", lambda name: None if name == "CreateTerms" else known(name))
    allowed_keys.form.cache_clear()
    try:
        with pytest.raises(SeedError) as refused:
            sow(running, HEAD + "    Terms: [{TermsName: t}]\n")
    finally:
        allowed_keys.form.cache_clear()
    assert "CreateTerms is not in the service model of the installed botocore" in str(refused.value)
