"""An export can be loaded again where operations would refuse by now what was set while it was allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.state import state_of
from cognito_emulator.seed import apply, parse_text
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.export import export
from cognito_emulator.seed.plain import as_yaml
from cognito_emulator.settings import Settings
from cognito_emulator.wire import registry
from cognito_emulator.wire.model import IDP
from cognito_emulator.wire.registry import Caller
from cognito_emulator.world import World
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
OAUTH = {
    "AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["code"], "CallbackURLs": ["https://a.example.com"],
}  # fmt: skip


class Lived:
    """A world with a pool and a client, and its operations."""

    def __init__(self) -> None:
        self.world = World(Settings())
        self.pool: str = self("CreateUserPool", PoolName="p")["UserPool"]["Id"]
        self.client = ""

    def __call__(self, operation: str, **members: Any) -> Any:
        caller = Caller(self.world.settings.account, self.world.settings.region)
        return at_once(registry.call(self.world, IDP, operation, members, caller))

    def inside(self, operation: str, **members: Any) -> Any:
        return self(operation, UserPoolId=self.pool, **members)

    def add_client(self, **members: Any) -> None:
        self.client = self.inside("CreateUserPoolClient", ClientName="c", **members)["UserPoolClient"]["ClientId"]

    def to_lite(self) -> None:
        self.inside("UpdateUserPool", UserPoolTier="LITE")

    def track(self, is_on: bool, most: int = 20) -> None:
        state = "ENABLED" if is_on else "DISABLED"
        self.inside("SetUserPoolSessionConfiguration", UserSessionTracking=state, TokenSession={"MaxPerUser": most})


def rate_before_managed_login(lived: Lived) -> None:
    for category, value in (("UserAuthentication", 240), ("UserFederation", 50)):
        definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}
        lived("UpdateProvisionedLimit", LimitDefinition=definition, RequestedLimitValue=value)
    lived.inside("CreateUserPoolDomain", Domain="rated", ManagedLoginVersion=2)


def minutes_of_a_pool_that_stopped_tracking(lived: Lived) -> None:
    lived.track(True)
    lived.add_client()
    minutes = {"ClientId": lived.client, "SSOSession": {"MaxValidityMinutes": 5}}
    lived.inside("SetUserPoolClientSessionConfiguration", **minutes)
    lived.track(False)


def tracking_in_lite(lived: Lived) -> None:
    lived.track(True, 5)
    lived.to_lite()


def choice_based_sign_in_in_lite(lived: Lived) -> None:
    lived.add_client(ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    lived.to_lite()


def policy_in_lite(lived: Lived) -> None:
    lived.add_client()
    patterns = ["https://a.example.com/*"]
    lived.inside("CreateCIMDPolicy", ClientId=lived.client, PolicyName="x", URLPatterns=patterns)
    lived.to_lite()


def looks_without_a_domain(lived: Lived) -> None:
    lived.inside("CreateUserPoolDomain", Domain="looked", ManagedLoginVersion=1)
    lived.inside("SetUICustomization", CSS=".banner-customizable {background: red}")
    lived.inside("DeleteUserPoolDomain", Domain="looked")


def scopes_of_a_deleted_server(lived: Lived, *others: str) -> None:
    scope = {"ScopeName": "read", "ScopeDescription": "read"}
    lived.inside("CreateResourceServer", Identifier="api", Name="api", Scopes=[scope])
    lived.add_client(**OAUTH, AllowedOAuthScopes=["api/read", *others])
    lived.inside("DeleteResourceServer", Identifier="api")


def one_scope_of_a_deleted_server(lived: Lived) -> None:
    scopes_of_a_deleted_server(lived, "openid")


def attribute_that_cannot_change(lived: Lived) -> None:
    entry = {"Name": "number", "AttributeDataType": "Number", "Mutable": False}
    lived.inside("AddCustomAttributes", CustomAttributes=[entry])
    attributes = [{"Name": "custom:number", "Value": "4"}]
    lived.inside("AdminCreateUser", Username="bob", UserAttributes=attributes, MessageAction="SUPPRESS")


@pytest.mark.parametrize(
    "live",
    [
        attribute_that_cannot_change,
        rate_before_managed_login,
        minutes_of_a_pool_that_stopped_tracking,
        tracking_in_lite,
        choice_based_sign_in_in_lite,
        policy_in_lite,
        looks_without_a_domain,
        scopes_of_a_deleted_server,
        one_scope_of_a_deleted_server,
    ],
)
def test_it_is_loaded_and_the_same(live: Callable[[Lived], None]) -> None:
    lived = Lived()
    live(lived)
    text, again = as_yaml(export(lived.world)), World(Settings())
    for upsert in (False, True):
        at_once(apply(again, parse_text(text, "export"), upsert=upsert))
        assert rows(again) == rows(lived.world)


def rows(world: World) -> dict[str, Any]:
    return {name: {key: row[1] for key, row in found.items()} for name, found in state_of(world.store).items()}


def test_what_a_block_carries_is_there_alone() -> None:
    """An edit of the block counts, since State does not say the same again."""
    lived = Lived()
    lived.track(True, 5)
    lived.add_client(**OAUTH, AllowedOAuthScopes=["openid"], ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    minutes = {"ClientId": lived.client, "SSOSession": {"MaxValidityMinutes": 5}}
    lived.inside("SetUserPoolClientSessionConfiguration", **minutes)
    content = export(lived.world)
    (pool,) = content["UserPools"]
    assert pool["SessionConfiguration"]["TokenSession"] == {"MaxPerUser": 5}
    assert pool["Clients"][0]["SessionConfiguration"] == {"SSOSession": {"MaxValidityMinutes": 5}}
    said = str(content["State"])
    assert not [name for name in ("tracks_sessions", "max_sessions", "sso_minutes", "settings") if name in said]
