"""The shape of the sign-in core: short functions of few arguments, which know no member of the API's answers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cognito_emulator.domain.auth.challenge_name import ChallengeName

OURS_AT = Path(__file__).resolve().parents[2] / "emulator" / "cognito_emulator"
ROOMS = sorted(path for room in ("domain/auth", "flows/auth") for path in (OURS_AT / room).glob("*.py"))
FILES = [*ROOMS, OURS_AT / "flows" / "tokens" / "issue.py", OURS_AT / "operations" / "sign_in.py"]
MOST_ARGUMENTS, MOST_LINES = 5, 60
ANSWER_MEMBERS = {
    "ChallengeName", "ChallengeParameters", "AvailableChallenges", "AuthenticationResult", "AccessToken", "IdToken",
    "RefreshToken", "ExpiresIn", "NewDeviceMetadata",
}  # fmt: skip
# Names of challenges that are also names of parameters, flows or factors.
AMBIGUOUS = {"PASSWORD", "ADMIN_NO_SRP_AUTH", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SMS_MFA", "SOFTWARE_TOKEN_MFA"}


def of_file(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", files, ids=lambda path: str(path.relative_to(OURS_AT)))


def texts(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@of_file(FILES)
def test_functions_are_short_and_take_few_arguments(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert len(node.args.posonlyargs) + len(node.args.args) <= MOST_ARGUMENTS, node.name
            assert (node.end_lineno or 0) - node.lineno < MOST_LINES, node.name


@of_file([*ROOMS, OURS_AT / "flows" / "tokens" / "issue.py"])
def test_flows_know_no_member_of_an_answer(path: Path) -> None:
    assert texts(path) & ANSWER_MEMBERS == set()


@of_file([path for path in ROOMS if path.name != "challenge_name.py"])
def test_names_of_challenges_are_written_once(path: Path) -> None:
    assert texts(path) & (set(ChallengeName) - AMBIGUOUS) == set()
