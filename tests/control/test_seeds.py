"""`/_emulator/reset` and `/_emulator/seed`."""

from __future__ import annotations

from typing import Any

from tests.helpers.control_api import POOL, Control

YAML = """
UserPools:
  - Id: us-east-1_posted
    PoolName: posted
    Users:
      - {Username: bob, Sub: b0000000-0000-4000-8000-000000000002, Password: Bob-12345}
"""
BAD = """
UserPools:
  - Id: us-east-1_posted
    PoolNam: posted
"""
# Sound in its form; the second pool is refused by the operation that would make it.
CLASH = f"""
UserPools:
  - {{Id: us-east-1_fresh, PoolName: fresh}}
  - {{Id: {POOL}, PoolName: again}}
"""
YAML_TYPE = {"content-type": "application/yaml"}


def users(control: Control, pool: str = POOL) -> list[str]:
    return [user["Username"] for user in control.emulator.client().list_users(UserPoolId=pool)["Users"]]


def add_user(control: Control, name: str = "eve") -> None:
    control.emulator.client().admin_create_user(UserPoolId=POOL, Username=name, MessageAction="SUPPRESS")


def test_reset_goes_back_to_the_start_seed_the_machines_time_and_an_empty_outbox(control: Control) -> None:
    add_user(control)
    control.emulator.client().admin_delete_user(UserPoolId=POOL, Username="ann")
    created = control.emulator.client().create_user_pool(PoolName="x")["UserPool"]["Id"]
    control.emulator.clock.freeze(1000)
    answer = control("POST", "/_emulator/reset")
    assert (answer.status, answer.json) == (200, {"pools": [POOL]})
    assert users(control) == ["ann"]
    assert created not in control.pools()
    state = control("GET", "/_emulator/clock").json
    assert (state["frozen"], state["offset"]) == (False, 0)
    control.forgot()
    control("POST", "/_emulator/reset", {})
    assert control("GET", "/_emulator/messages").json == {"messages": []}


def test_keys_of_seeded_pools_survive_a_reset_and_others_do_not(control: Control) -> None:
    seeded = control.emulator.jwks(POOL)
    created = control.emulator.client().create_user_pool(PoolName="x")["UserPool"]["Id"]
    control.emulator.jwks(created)
    control("POST", "/_emulator/reset")
    assert control.emulator.jwks(POOL) == seeded
    assert control.emulator.world.keys.known(created) is None
    control("POST", "/_emulator/reset?empty=1")
    control("POST", "/_emulator/reset")
    assert control.emulator.jwks(POOL) == seeded


def test_empty_leaves_nothing_until_the_next_reset(control: Control) -> None:
    add_user(control)
    assert control("POST", "/_emulator/reset?empty=1").json == {"pools": []}
    assert control.pools() == set()
    assert len(control.emulator.world.store.users) == 0
    assert control("POST", "/_emulator/reset?empty=0").json == {"pools": [POOL]}
    assert users(control) == ["ann"]


def test_reset_refuses_what_it_does_not_know(control: Control) -> None:
    add_user(control)
    for path, body in (("?emty=1", None), ("?empty=perhaps", None), ("", {"empty": True}), ("", [])):
        assert control("POST", f"/_emulator/reset{path}", body).status == 400
    assert set(users(control)) == {"ann", "eve"}


def test_a_posted_seed_lasts_until_the_reset(control: Control) -> None:
    answer = control("POST", "/_emulator/seed", YAML, YAML_TYPE)
    assert (answer.status, answer.json) == (200, {"pools": [POOL, "us-east-1_posted"]})
    assert users(control, "us-east-1_posted") == ["bob"]
    control("POST", "/_emulator/reset")
    assert control.pools() == {POOL}


def test_a_seed_may_be_json(control: Control) -> None:
    seed: dict[str, Any] = {"UserPools": [{"Id": "us-east-1_json", "PoolName": "json"}]}
    assert control("POST", "/_emulator/seed", seed).json == {"pools": [POOL, "us-east-1_json"]}


def test_mistakes_are_listed_and_nothing_is_kept(control: Control) -> None:
    answer = control("POST", "/_emulator/seed", BAD, YAML_TYPE)
    assert answer.status == 400
    assert answer.json["message"] == "The seed is refused; nothing was changed."
    assert any(text.startswith("seed:4: UserPools[0].PoolNam: ") for text in answer.json["mistakes"])
    for query in ("", "?baseline=1"):
        add_user(control, f"eve{query[1:4]}")
        before = users(control)
        answer = control("POST", f"/_emulator/seed{query}", CLASH, YAML_TYPE)
        assert answer.status == 400
        assert len(answer.json["mistakes"]) == 1
        assert control.pools() == {POOL}
        assert users(control) == before  # what happened since the baseline is still there
    control("POST", "/_emulator/reset")
    assert users(control) == ["ann"]


def test_broken_text_is_refused(control: Control) -> None:
    for body in (b"\xff\xfe", b"\x00", "UserPools: [", "just text", "- 1", ""):
        answer = control("POST", "/_emulator/seed", body, YAML_TYPE)
        assert answer.status == 400, body
        assert answer.json["message"]


def test_a_baseline_seed_is_what_resets_go_back_to() -> None:
    from cognito_emulator.server import Emulator
    from tests.helpers.control_api import SEED

    with Emulator(seed=SEED) as emulator:
        control = Control(emulator)
        add_user(control)
        assert control("POST", "/_emulator/seed?baseline=1", YAML, YAML_TYPE).status == 200
        assert users(control) == ["ann"]  # the baseline never depends on what happened before
        add_user(control)
        emulator.client().admin_delete_user(UserPoolId="us-east-1_posted", Username="bob")
        control("POST", "/_emulator/reset")
        assert users(control) == ["ann"]
        assert users(control, "us-east-1_posted") == ["bob"]
        control("POST", "/_emulator/reset?empty=1")
        control("POST", "/_emulator/reset")
        assert control.pools() == {POOL, "us-east-1_posted"}


def test_a_template_may_be_posted(control: Control) -> None:
    template = "Resources:\n  Shop: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: !Ref 'AWS::StackName'}}\n"
    answer = control("POST", "/_emulator/seed", template)
    assert answer.status == 200
    assert "us-east-1_Shop" in answer.json["pools"]
    (mistake,) = control("POST", "/_emulator/seed", "AWS::x: !Ref y").json["mistakes"]
    assert mistake.startswith("seed:1: is neither a seed, which begins with UserPools:, nor a CloudFormation")
