"""`cognito-emulator pull`: a seed of a pool that another emulator has, by calls that change nothing."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
import yaml

from cognito_emulator import pull_command
from cognito_emulator.cli import main
from cognito_emulator.seed.importing.masking import Masks
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.imported_files import FILES

Capture = pytest.CaptureFixture[str]
SEED = FILES.parent / "real.yaml"
POOL, IDENTITIES = "eu-west-1_Real", "eu-west-1:11111111-2222-4333-8444-555555555555"
PASSWORD = "Pulled-12345"
DATES = re.compile(r"Date$|^CreatedAt$|^ResponseMetadata$|^TermsId$|^ManagedLoginBrandingId$|^CSSVersion$|^Version$")


@pytest.fixture(scope="module")
def real() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, seeds=(str(SEED),))) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def pulled(real: Emulator, capsys: Capture, *flags: str) -> tuple[Any, str]:
    assert main(["pull", "--endpoint-url", real.url, "--user-pool-id", POOL, *flags]) == 0
    out, err = capsys.readouterr()
    return yaml.safe_load(out), err


def undated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: undated(item) for name, item in value.items() if not DATES.search(name)}
    return [undated(item) for item in value] if isinstance(value, list) else value


def described(emulator: Emulator) -> dict[str, Any]:
    """What the operations that describe say of the pool and its parts."""
    idp = emulator.client(region="eu-west-1")
    inside = {"UserPoolId": POOL}
    web = {**inside, "ClientId": "realweb1"}
    identity = emulator.client("cognito-identity", region="eu-west-1")
    terms = idp.list_terms(**inside)["Terms"]
    found = {
        "pool": idp.describe_user_pool(**inside),
        "mfa": idp.get_user_pool_mfa_config(**inside),
        "clients": [idp.describe_user_pool_client(**inside, ClientId=one) for one in ("realweb1", "realserver1")],
        "provider": idp.describe_identity_provider(**inside, ProviderName="Corp"),
        "servers": idp.list_resource_servers(**inside, MaxResults=50),
        "domain": idp.describe_user_pool_domain(Domain="real-login"),
        "branding": idp.describe_managed_login_branding_by_client(**web),
        "ui": idp.get_ui_customization(**inside),
        "risk": [idp.describe_risk_configuration(**one) for one in (inside, web)],
        "terms": [idp.describe_terms(**inside, TermsId=one["TermsId"]) for one in terms],
        "logs": idp.get_log_delivery_configuration(**inside),
        "groups": idp.list_groups(**inside),
        "identity pool": identity.describe_identity_pool(IdentityPoolId=IDENTITIES),
        "roles": identity.get_identity_pool_roles(IdentityPoolId=IDENTITIES),
        "tags": identity.get_principal_tag_attribute_map(
            IdentityPoolId=IDENTITIES, IdentityProviderName=f"cognito-idp.eu-west-1.amazonaws.com/{POOL}"
        ),
    }
    found["pool"]["UserPool"].pop("EstimatedNumberOfUsers")
    return undated(found)  # type: ignore[no-any-return]


def test_the_pulled_pool_describes_itself_as_the_real_one(real: Emulator, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    flags = ["--identity-pool-id", IDENTITIES, "--users", "--secrets", "--password", PASSWORD, "-o", str(seed)]
    assert main(["pull", "--endpoint-url", real.url, "--user-pool-id", POOL, *flags]) == 0
    with Emulator(Settings(port=0, seeds=(str(seed),))) as emulator:
        assert described(emulator) == described(real)
        idp = emulator.client(region="eu-west-1")
        both = (idp, real.client(region="eu-west-1"))
        users, theirs = (undated(one.list_users(UserPoolId=POOL)["Users"]) for one in both)
        assert users == theirs
        parameters = {"USERNAME": "ann@shop.test", "PASSWORD": PASSWORD}
        tokens = idp.initiate_auth(ClientId="realweb1", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        assert tokens["AuthenticationResult"]
        groups = idp.admin_list_groups_for_user(UserPoolId=POOL, Username="ann@shop.test")["Groups"]
        assert [group["GroupName"] for group in groups] == ["admins", "users"]


def test_only_calls_that_change_nothing(real: Emulator, capsys: Capture) -> None:
    def count() -> int:
        with urllib.request.urlopen(f"{real.url}/_emulator/requests?limit=1000") as answer:
            return len(json.loads(answer.read())["requests"])

    before = count()
    pulled(real, capsys, "--users")
    with urllib.request.urlopen(f"{real.url}/_emulator/requests?limit=1000") as answer:
        requests = json.loads(answer.read())["requests"][before:]
    operations = {one["operation"] for one in requests if one.get("operation")}
    assert "DescribeUserPool" in operations
    assert all(name.startswith(("Describe", "Get", "List")) for name in operations), operations
    with pytest.raises(ValueError, match="may change something"):
        pull_command._Api.ask(object.__new__(pull_command._Api), "cognito-idp", "delete_user_pool")


def test_secrets_and_passwords_stay_where_they_are(real: Emulator, capsys: Capture) -> None:
    content, said = pulled(real, capsys, "--users")
    text = yaml.safe_dump(content)
    assert "realsecret" not in text
    assert "corp-secret" not in text
    assert "the secret of the app client realserver1 is made up; --secrets takes it" in said
    assert "the passwords of 2 users, which no source has" in said
    (pool,) = content["UserPools"]
    assert len(pool["Clients"][1]["ClientSecret"]) == 52
    assert all("Password" not in user for user in pool["Users"])
    assert "Users" not in pulled(real, capsys)[0]["UserPools"][0]


def test_masks_are_stable_and_say_nothing(real: Emulator, capsys: Capture) -> None:
    first = pulled(real, capsys, "--users", "--mask")[0]["UserPools"][0]["Users"]
    text = yaml.safe_dump(first)
    for word in ("ann@shop.test", "bob@shop.test", "Ann", "+1555", "High Street"):
        assert word not in text
    ann = first[0]
    assert ann["Username"] == ann["Attributes"]["email"] == Masks(POOL).email("ann@shop.test")
    assert ann["Sub"] == "a0000000-0000-4000-8000-000000000001"
    assert re.fullmatch(r"user-[0-9a-f]{10}@example\.com", ann["Username"])
    assert re.fullmatch(r"\+999[0-9]{11}", ann["Attributes"]["phone_number"])
    assert ann["Attributes"]["custom:seats"] == "3"
    assert ann["Groups"] == ["admins", "users"]


def test_masks_of_federated_users() -> None:
    identities = '[{"userId":"108","providerName":"Google","providerType":"Google","primary":true,"dateCreated":1}]'
    attributes = [{"Name": "identities", "Value": identities}, {"Name": "sub", "Value": "s"}]
    made = Masks("p").user({"Username": "google_108", "Attributes": attributes})
    digest = made["Username"].removeprefix("google_")
    assert digest != "108"
    found = {one["Name"]: one["Value"] for one in made["Attributes"]}
    assert json.loads(found["identities"])[0]["userId"] == digest
    assert found["sub"] == "s"
    assert Masks("q").email("a@b.c") != Masks("p").email("a@b.c") == Masks("p").email("A@b.c")


def test_all_pages_are_read(real: Emulator, capsys: Capture) -> None:
    users = [{"Username": f"u{number}", "Groups": ["g0"]} for number in range(61)]
    groups = [{"GroupName": f"g{number}"} for number in range(61)]
    real.seed({"UserPools": [{"Id": "eu-west-1_Many", "PoolName": "many", "Groups": groups, "Users": users}]})
    try:
        assert main(["pull", "--endpoint-url", real.url, "--user-pool-id", "eu-west-1_Many", "--users"]) == 0
    finally:
        real.reset()
    (pool,) = yaml.safe_load(capsys.readouterr().out)["UserPools"]
    assert (len(pool["Groups"]), len(pool["Users"])) == (61, 61)
    assert all(user["Groups"] == ["g0"] for user in pool["Users"])


def test_what_cannot_be_pulled(real: Emulator, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusal(*flags: str) -> str:
        assert main(["pull", "--endpoint-url", real.url, *flags]) == 1
        return capsys.readouterr().err

    assert "name a pool by --user-pool-id or --identity-pool-id" in refusal()
    assert "--mask is about users; give --users too" in refusal("--user-pool-id", POOL, "--mask")
    unknown = refusal("--user-pool-id", "eu-west-1_None")
    assert "eu-west-1_None cannot be read: An error occurred (ResourceNotFoundException)" in unknown
    assert "pull: The config profile (nowhere) could not be found" in refusal(
        "--user-pool-id", POOL, "--profile", "nowhere"
    )
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "pull needs boto3" in refusal("--user-pool-id", POOL)


def test_what_is_throttled_is_asked_again(real: Emulator, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(**{**vars(time), "sleep": waits.append}))
    real.fail("DescribeUserPoolClient", "TooManyRequestsException", times=2)
    try:
        (pool,) = pulled(real, capsys)[0]["UserPools"]
    finally:
        real.clear_faults()
    assert [client["ClientId"] for client in pool["Clients"]] == ["realweb1", "realserver1"]
    assert len(waits) == 2


def test_a_part_that_may_not_be_read_is_left_out(real: Emulator, capsys: Capture) -> None:
    real.fail("ListGroups", "NotAuthorizedException", times=None)
    try:
        content, said = pulled(real, capsys)
    finally:
        real.clear_faults()
    assert "Groups" not in content["UserPools"][0]
    assert "what list_groups would say: An error occurred (NotAuthorizedException)" in said
