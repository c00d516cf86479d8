"""`ProvisionedLimits` of a seed: the API shows them, requests are counted, and a refused seed changes none."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.seed import SeedError, apply, parse_text
from cognito_emulator.seed.export import export
from cognito_emulator.seed.plain import as_yaml
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
DEFINITION = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
ITEM = "{LimitDefinition: {LimitClass: API_CATEGORY, Attributes: {Category: UserRead}}, RequestedLimitValue: VALUE}"


def sow(running: Running, text: str) -> None:
    running.run(apply(running.world, parse_text(text, "s.yaml"), running.world.background.give_way))


def limits(*items: str) -> str:
    return "ProvisionedLimits:\n" + "".join(f"  - {item}\n" for item in items)


def value(api: Any) -> int:
    found: int = api.get_provisioned_limit(LimitDefinition=DEFINITION)["Limit"]["ProvisionedLimitValue"]
    return found


def test_a_limit_counts_in_its_region(running: Running, idp: Any) -> None:
    away = ITEM.replace("VALUE", "300").replace("{Limit", "{Region: eu-west-1, Limit", 1)
    sow(running, f"UserPools: [{{Id: us-east-1_busy00001, PoolName: p}}]\n{limits(ITEM.replace('VALUE', '150'), away)}")
    assert (value(idp), value(running.client(region="eu-west-1"))) == (150, 300)
    running.world.clock.freeze(1_000_000_000.0)
    asked = {"UserPoolId": "us-east-1_busy00001", "Username": "ann"}
    codes = []
    for _ in range(151):
        try:
            running.call("AdminGetUser", **asked)
        except errors.ApiError as error:
            codes.append(error.code)
    assert codes == ["UserNotFoundException"] * 150 + ["TooManyRequestsException"]


def test_an_export_has_them(running: Running) -> None:
    sow(running, limits(ITEM.replace("VALUE", "150")))
    content = export(running.world)
    running.reset()
    sow(running, as_yaml(content))
    assert export(running.world) == content
    assert content["ProvisionedLimits"][0]["Region"] == "us-east-1"


def test_a_refused_seed_changes_none(running: Running, idp: Any) -> None:
    sow(running, limits(ITEM.replace("VALUE", "150")))
    many = [ITEM.replace("VALUE", str(number)) for number in range(200, 240)]
    with pytest.raises(SeedError, match="UpdateProvisionedLimit answers InvalidParameterException"):
        sow(running, limits(*many, ITEM.replace("VALUE", "1")))
    assert value(idp) == 150
    with pytest.raises(SeedError):
        sow(running, limits(*(item.replace("UserRead", "UserToken") for item in many), ITEM.replace("VALUE", "1")))
    assert len(running.world.store.limits) == 1


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (
            ITEM.replace("VALUE", "few"),
            "s.yaml:2: ProvisionedLimits[0].RequestedLimitValue: a number in digits is expected",
        ),
        (
            ITEM.replace("{Limit", "{Region: here, Limit", 1).replace("VALUE", "150"),
            "s.yaml:2: ProvisionedLimits[0].Region: a",
        ),
        ("{RequestedLimitValue: 150}", "s.yaml:2: ProvisionedLimits[0]: LimitDefinition is missing"),
        ("{Limit: 150}", "s.yaml:2: ProvisionedLimits[0].Limit: unknown key."),
    ],
)
def test_mistakes(running: Running, item: str, text: str) -> None:
    with pytest.raises(SeedError) as refused:
        sow(running, limits(item))
    assert any(str(mistake).startswith(text) for mistake in refused.value.mistakes), str(refused.value)
