"""The settings for Amplify that `config` prints lead Amplify to the emulator."""

from __future__ import annotations

from cognito_emulator.control.connect.kinds import SNIPPETS
from cognito_emulator.control.connect.target import choose_target
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.console_site import OAUTH
from tests.helpers.harness import Running
from tests.helpers.node import Node


def test_settings_of_amplify_lead_here(node: Node, running: Running) -> None:
    place = setup(running, OAUTH, AutoVerifiedAttributes=["email"])
    sub = user(running, place.pool)
    target = choose_target(running.world, place.pool, place.client)
    assert target is not None
    names = {"amplify": "amplify", "outputs": "amplify-outputs", "exports": "aws-exports"}
    texts = {name: SNIPPETS[kind].text(target) for name, kind in names.items()}
    steps = node.run("amplify_config.mjs", running, place, username="ann", password=PASSWORD, **texts)
    for name in names:
        assert (steps[name]["sub"], steps[name]["client_id"]) == (sub, place.client)
