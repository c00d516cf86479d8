"""An export is a seed that makes the same again."""

from __future__ import annotations

from cognito_emulator.ports.keys import Keys
from cognito_emulator.seed import apply, parse_text
from cognito_emulator.seed.calls import at_once
from cognito_emulator.seed.export import export
from cognito_emulator.seed.plain import as_yaml
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.harness import key_sets_in_turn
from tests.helpers.seeds import EVERYTHING, world_of


def loaded(text: str) -> World:
    world = World(Settings(), keys=Keys(key_sets_in_turn()))
    at_once(apply(world, parse_text(text, "export")))
    return world


def test_everything_is_the_same_after_a_load() -> None:
    world = world_of(EVERYTHING)
    content = export(world, secrets=True)
    again = export(loaded(as_yaml(content)), secrets=True)
    assert again == content
    for section in ("UserPools", "IdentityPools", "OpenIDConnectProviders", "LoginProviders"):
        assert len(content[section]) == len(EVERYTHING[section])
    (pool, *_) = content["UserPools"]
    (given, *_) = EVERYTHING["UserPools"]
    missing = given.keys() - pool.keys() - {"CompromisedPasswords"}
    assert not missing, missing
