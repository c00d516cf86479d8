"""Domains of user pools, by prefix and with a name of one's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused
from tests.helpers.harness import ACCOUNT, Running

CUSTOM = "auth.example.com"
CONFIG = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/c"}
TLS = {**CONFIG, "SecurityPolicy": "TLS_V1_2_2021"}
INVALID = (
    "The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and "
    r"hyphens. Please enter a different name that follows this format: ^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$"
)
FAILOVER = {"Failover": {"SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "h"}}


@pytest.fixture
def pool(running: Running) -> str:
    return new_pool(running)


def new_pool(running: Running, **members: Any) -> str:
    return str(running.call("CreateUserPool", PoolName="p", **members)["UserPool"]["Id"])


def describe(idp: Any, domain: str) -> dict[str, Any]:
    description: dict[str, Any] = idp.describe_user_pool_domain(Domain=domain)["DomainDescription"]
    return description


def body(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_prefix(running: Running, idp: Any, pool: str) -> None:
    running.world.clock.freeze(1_800_000_000.0)
    assert body(idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")) == {}
    description = describe(idp, "shop")
    assert description.pop("CloudFrontDistribution").endswith(".cloudfront.net")
    assert description.pop("S3Bucket") == "aws-cognito-prod-iad-assets"
    assert description == {
        "UserPoolId": pool,
        "AWSAccountId": ACCOUNT,
        "Domain": "shop",
        "Version": "20270115080000",
        "Status": "ACTIVE",
        "CustomDomainConfig": {},
        "ManagedLoginVersion": 1,
    }
    described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Domain"] == "shop"
    assert "CustomDomain" not in described


def test_custom(idp: Any, pool: str) -> None:
    made = idp.create_user_pool_domain(
        UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=TLS, ManagedLoginVersion=2, Routing=FAILOVER
    )
    description = describe(idp, CUSTOM)
    assert body(made) == {
        "CloudFrontDomain": description["CloudFrontDistribution"],
        "ManagedLoginVersion": 2,
        "Routing": FAILOVER,
    }
    assert description["CustomDomainConfig"] == TLS
    assert (description["ManagedLoginVersion"], description["Routing"]) == (2, FAILOVER)
    described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["CustomDomain"] == CUSTOM
    assert "Domain" not in described


@pytest.mark.parametrize(
    ("region", "code"), [("us-west-2", "pdx"), ("eu-central-1", "fra"), ("xx-moon-1", "xx-moon-1")]
)
def test_the_bucket_is_named_by_the_airport(running: Running, region: str, code: str) -> None:
    idp = running.client(region=region)
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    assert describe(idp, "shop")["S3Bucket"] == f"aws-cognito-prod-{code}-assets"


def test_managed_login_needs_a_newer_tls(idp: Any, pool: str) -> None:
    text = "A custom domain with ManagedLoginVersion 2 needs the SecurityPolicy TLS_V1_2_2021 or TLS_V1_3_2025."
    old = {**CONFIG, "SecurityPolicy": "TLS_V1"}
    named = {"UserPoolId": pool, "Domain": CUSTOM}
    with refused("InvalidParameterException", text):
        idp.create_user_pool_domain(**named, CustomDomainConfig=old, ManagedLoginVersion=2)
    assert describe(idp, CUSTOM) == {}
    idp.create_user_pool_domain(**named, CustomDomainConfig=old)
    before = describe(idp, CUSTOM)
    assert before["CustomDomainConfig"] == old
    with refused("InvalidParameterException", text):
        idp.update_user_pool_domain(**named, CustomDomainConfig=old, ManagedLoginVersion=2)
    assert describe(idp, CUSTOM) == before
    for config in (CONFIG, TLS, {**CONFIG, "SecurityPolicy": "TLS_V1_3_2025"}):
        idp.update_user_pool_domain(**named, CustomDomainConfig=config, ManagedLoginVersion=2)
    with refused("InvalidParameterException", text):
        idp.update_user_pool_domain(**named, CustomDomainConfig=old)


def test_one_of_each_kind(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    idp.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=CONFIG)
    text = "User pool already has a domain configured"
    with refused("InvalidParameterException", text):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="other")
    with refused("InvalidParameterException", text):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="login.example.com", CustomDomainConfig=CONFIG)
    described = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert (described["Domain"], described["CustomDomain"]) == ("shop", CUSTOM)


def test_unknown_domains_have_no_description(running: Running, idp: Any, pool: str) -> None:
    assert describe(idp, "shop") == {}
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    assert running.client(access_key="111111111111").describe_user_pool_domain(Domain="shop")["DomainDescription"] == {}
    assert running.client(region="eu-west-1").describe_user_pool_domain(Domain="shop")["DomainDescription"] == {}


def test_prefixes_belong_to_a_region(running: Running, idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    abroad = running.client(region="eu-west-1")
    other = abroad.create_user_pool(PoolName="p")["UserPool"]["Id"]
    abroad.create_user_pool_domain(UserPoolId=other, Domain="shop")
    assert abroad.describe_user_pool_domain(Domain="shop")["DomainDescription"]["UserPoolId"] == other
    assert describe(idp, "shop")["UserPoolId"] == pool


def test_taken(running: Running, idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    idp.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=CONFIG)
    other = new_pool(running)
    with refused("InvalidParameterException", "Domain already associated with another user pool."):
        idp.create_user_pool_domain(UserPoolId=other, Domain="shop")
    with refused("InvalidParameterException", "Domain already exists."):
        idp.create_user_pool_domain(UserPoolId=other, Domain=CUSTOM, CustomDomainConfig=CONFIG)
    abroad = running.client(region="eu-west-1", access_key="111111111111")
    foreign = abroad.create_user_pool(PoolName="p")["UserPool"]["Id"]
    with refused("InvalidParameterException", "Domain already exists."):
        abroad.create_user_pool_domain(UserPoolId=foreign, Domain=CUSTOM, CustomDomainConfig=CONFIG)


@pytest.mark.parametrize("name", ["Shop", "-shop", "shop-", "shop_1", "shop.example.com", "schön", "a" * 64])
def test_bad_prefixes(idp: Any, pool: str, name: str) -> None:
    text = INVALID
    if len(name) > 63:
        text = (
            f"1 validation error detected: Value '{name}' at 'domain' failed to satisfy constraint: "
            "Member must have length less than or equal to 63"
        )
    with refused("InvalidParameterException", text):
        idp.create_user_pool_domain(UserPoolId=pool, Domain=name)
    assert "Domain" not in idp.describe_user_pool(UserPoolId=pool)["UserPool"]


@pytest.mark.parametrize("word", ["aws", "amazon", "cognito"])
def test_reserved_words(idp: Any, pool: str, word: str) -> None:
    with refused("InvalidParameterException", f"Domain cannot contain reserved word: {word}"):
        idp.create_user_pool_domain(UserPoolId=pool, Domain=f"my-{word}1")
    idp.create_user_pool_domain(UserPoolId=pool, Domain=f"{word}.example.com", CustomDomainConfig=CONFIG)


def test_bad_custom_names(idp: Any, pool: str) -> None:
    with refused(
        "InvalidParameterException",
        "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent domain or "
        "domain parent is a top-level domain.",
    ):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="localhost", CustomDomainConfig=CONFIG)
    with refused("InvalidParameterException", INVALID):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="auth..example", CustomDomainConfig=CONFIG)


def test_settings_are_checked(running: Running, idp: Any, pool: str) -> None:
    with refused("InvalidParameterException", "ManagedLoginVersion must be 1 or 2."):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="shop", ManagedLoginVersion=3)
    with refused("InvalidParameterException", "Routing can be set for custom domains only."):
        idp.create_user_pool_domain(UserPoolId=pool, Domain="shop", Routing=FAILOVER)
    lite = new_pool(running, UserPoolTier="LITE")
    text = "The following features need to be disabled for the LITE pricing tier configured: Managed Login"
    with refused("FeatureUnavailableInTierException", text):
        idp.create_user_pool_domain(UserPoolId=lite, Domain="shop", ManagedLoginVersion=2)
    idp.create_user_pool_domain(UserPoolId=lite, Domain="shop", ManagedLoginVersion=1)
    with refused("FeatureUnavailableInTierException", text):
        idp.update_user_pool_domain(UserPoolId=lite, Domain="shop", ManagedLoginVersion=2)
    abroad = {"CertificateArn": CONFIG["CertificateArn"].replace("us-east-1", "eu-west-1")}
    text = "CertificateArn must be the ARN of an ACM certificate in us-east-1."
    with refused("InvalidParameterException", text):
        idp.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=abroad)
    idp.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=CONFIG)
    with refused("InvalidParameterException", text):
        idp.update_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=abroad)
    assert describe(idp, CUSTOM)["CustomDomainConfig"] == CONFIG
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        idp.create_user_pool_domain(UserPoolId="us-east-1_000000000", Domain="x")


def test_update_of_a_prefix(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    before = describe(idp, "shop")
    updated = idp.update_user_pool_domain(UserPoolId=pool, Domain="shop", ManagedLoginVersion=2)
    assert body(updated) == {"ManagedLoginVersion": 2}
    assert describe(idp, "shop") == {**before, "ManagedLoginVersion": 2}
    assert body(idp.update_user_pool_domain(UserPoolId=pool, Domain="shop")) == {}
    assert describe(idp, "shop")["ManagedLoginVersion"] == 2
    with refused(
        "InvalidParameterException",
        "User pool should have a custom domain associated, failed to update the certificate.",
    ):
        idp.update_user_pool_domain(UserPoolId=pool, Domain="shop", CustomDomainConfig=CONFIG)
    with refused("InvalidParameterException", "Routing can be set for custom domains only."):
        idp.update_user_pool_domain(UserPoolId=pool, Domain="shop", Routing=FAILOVER)


def test_a_pool_with_managed_login_cannot_become_lite(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop", ManagedLoginVersion=2)
    text = "The following features need to be disabled for the LITE pricing tier configured: Managed Login"
    with refused("FeatureUnavailableInTierException", text):
        idp.update_user_pool(UserPoolId=pool, UserPoolTier="LITE")
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["UserPoolTier"] == "ESSENTIALS"
    idp.update_user_pool_domain(UserPoolId=pool, Domain="shop", ManagedLoginVersion=1)
    idp.update_user_pool(UserPoolId=pool, UserPoolTier="LITE")


def test_update_of_a_custom_domain(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(
        UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=TLS, ManagedLoginVersion=2, Routing=FAILOVER
    )
    before = describe(idp, CUSTOM)
    updated = idp.update_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=CONFIG)
    assert updated["CloudFrontDomain"] == before["CloudFrontDistribution"]
    assert describe(idp, CUSTOM) == {**before, "CustomDomainConfig": CONFIG}
    idp.update_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=CONFIG, Routing={})
    assert "Routing" not in describe(idp, CUSTOM)
    with refused("InvalidParameterException", "Cannot convert custom domain to prefix domain."):
        idp.update_user_pool_domain(UserPoolId=pool, Domain=CUSTOM)


def test_the_description_fed_back_changes_nothing(idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig=TLS, Routing=FAILOVER)
    before = describe(idp, CUSTOM)
    members = ("UserPoolId", "Domain", "CustomDomainConfig", "ManagedLoginVersion", "Routing")
    idp.update_user_pool_domain(**{name: before[name] for name in members})
    assert describe(idp, CUSTOM) == before


def test_delete(running: Running, idp: Any, pool: str) -> None:
    idp.create_user_pool_domain(UserPoolId=pool, Domain="shop")
    missing = "No such domain or user pool exists."
    with refused("InvalidParameterException", missing):
        idp.delete_user_pool_domain(UserPoolId=pool, Domain="other")
    with refused("InvalidParameterException", missing):
        idp.delete_user_pool_domain(UserPoolId=new_pool(running), Domain="shop")
    with refused("InvalidParameterException", missing):
        idp.delete_user_pool_domain(UserPoolId="us-east-1_000000000", Domain="shop")
    with refused("InvalidParameterException", missing):
        idp.update_user_pool_domain(UserPoolId=new_pool(running), Domain="shop")
    with refused(
        "InvalidParameterException",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
    ):
        idp.delete_user_pool(UserPoolId=pool)
    idp.delete_user_pool_domain(UserPoolId=pool, Domain="shop")
    assert describe(idp, "shop") == {}
    idp.delete_user_pool(UserPoolId=pool)


def test_at_most_four_custom_domains(running: Running, idp: Any) -> None:
    for number in range(4):
        name = f"auth{number}.example.com"
        idp.create_user_pool_domain(UserPoolId=new_pool(running), Domain=name, CustomDomainConfig=CONFIG)
    last = new_pool(running)
    with refused("LimitExceededException", "The limit of 4 custom domains per account is reached."):
        idp.create_user_pool_domain(UserPoolId=last, Domain="auth.example.org", CustomDomainConfig=CONFIG)
    idp.create_user_pool_domain(UserPoolId=last, Domain="shop")
