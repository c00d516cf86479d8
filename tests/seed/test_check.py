"""`check_files`: mistakes of form and what the operations refuse, in one list; nothing for the seeds we ship."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cognito_emulator.seed import apply, check_files, parse_files
from tests.helpers.harness import Running

ROOT = Path(__file__).parents[2]


def test_the_seeds_we_ship_have_no_mistakes() -> None:
    examples = sorted((ROOT / "fixtures/seeds").glob("*.yaml"))
    assert examples
    for path in [*examples, Path(str(files("cognito_emulator.seed") / "default.yaml"))]:
        assert check_files([path]) == []


def test_refusals_of_the_sound_part_are_told_with_the_other_mistakes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(
        "UserPools:\n"
        "- PoolName: p\n"
        "  Users:\n"
        "  - {Username: a, Password: short}\n"
        "  - {Username: b, Pasword: Secret-1}\n"
        "- PoolNam: q\n"
    )
    second.write_text("UserPools:\n- PoolName: r\n  UserPoolTags: {'aws:x': y}\n")
    found = [(mistake.file, mistake.line, mistake.path) for mistake in check_files([str(first), second])]
    assert found == [
        (str(first), 4, "UserPools[0].Users[0].Password"),
        (str(first), 5, "UserPools[0].Users[1].Pasword"),
        (str(first), 6, "UserPools[1].PoolNam"),
        (str(first), 6, "UserPools[1]"),
        (str(second), 2, "UserPools[0]"),
    ]


def test_the_example_is_what_is_written_in_it(running: Running) -> None:
    running.run(apply(running.world, parse_files([ROOT / "fixtures/seeds/example.yaml"])))
    cognito = running.client(region="eu-west-1")
    ada = cognito.admin_get_user(UserPoolId="eu-west-1_Shop00001", Username="ada@example.com")
    values = {item["Name"]: item["Value"] for item in ada["UserAttributes"]}
    assert values == {
        "sub": "00000000-0000-4000-8000-0000000000ad",
        "email": "ada@example.com",
        "email_verified": "true",
        "phone_number": "+15551234567",
        "birthdate": "1815-12-10",
        "custom:customer": "012345",
    }


def test_no_files_no_mistakes() -> None:
    assert check_files([]) == []
