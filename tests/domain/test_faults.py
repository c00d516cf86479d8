"""The rules of faults: what is read, what is refused, what matches and what is due."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cognito_emulator.domain import fault_rules
from cognito_emulator.domain.fault_errors import BadRule
from cognito_emulator.domain.fault_rules import Known
from cognito_emulator.domain.faults import API, IDP, JWKS, PAGE, TOKEN, Failure, Fault, Occasion, is_due, matches

KNOWN = Known({"SignUp": frozenset({"UsernameExistsException"}), "GetUser": frozenset({"UserNotFoundException"})})
BASE: dict[str, Any] = {"operation": "SignUp", "error": 500}


def read(**rule: Any) -> Fault:
    return fault_rules.read(rule, "new", KNOWN)


def test_a_rule() -> None:
    fault = read(
        id="a.b-c_1", operation=["SignUp", "GetUser"], match={"pool": "p", "client": "c", "user": "u"},
        error={"code": "ThrottlingException", "status": 429, "message": "m"}, latency_ms=1.5, times=2, after=3,
        probability=0.25, seed=0,
    )  # fmt: skip
    assert fault.id == "a.b-c_1"
    assert fault.targets == {API}
    assert fault.operations == {"SignUp", "GetUser"}
    assert (fault.pool, fault.client, fault.user) == ("p", "c", "u")
    assert fault.failure == Failure("ThrottlingException", 429, "m")
    assert (fault.latency_ms, fault.times, fault.after, fault.probability, fault.seed) == (1.5, 2, 3, 0.25, 0)


def test_what_a_rule_need_not_say() -> None:
    fault = read(**BASE)
    assert (fault.id, fault.times, fault.after, fault.probability, fault.seed) == ("new", None, 0, 1.0, None)
    assert read(path="/login", drop=True).targets == {PAGE, TOKEN, JWKS}
    assert read(operation="*", drop=True).operations == frozenset()
    assert read(target="idp", operation="Mine", error="timeout").targets == {IDP}
    assert read(target="idp", error="unreachable").operations == frozenset()
    assert read(target="delivery", error={"message": "m"}).failure == Failure("CodeDeliveryFailureException", 400, "m")


ALLOWED = "allowed: AccessDeniedException, InternalErrorException, "


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({}, "A rule says where it strikes by one of: operation, path, target."),
        ({"operation": "SignUp"}, "A rule says what happens by one of: error, latency_ms, drop, rotate."),
        ({**BASE, "latency_ms": 0, "error": None}, "'error' must be a name, a status, or an object with some of: "),
        ({**BASE, "x": 1}, "Unknown member 'x'; known: id, operation, path, target, match, "),
        ({**BASE, "id": ""}, "'id' must be 1 to 64 letters, digits, dots, hyphens and underscores."),
        ({**BASE, "id": "a b"}, "'id' must be"),
        ({**BASE, "id": 7}, "'id' must be"),
        ({**BASE, "operation": []}, "'operation' must be a text or a list of texts."),
        ({**BASE, "operation": {"a": 1}}, "'operation' must be"),
        ({**BASE, "operation": "signup"}, "Unknown operation 'signup'; known: *, GetUser, SignUp."),
        ({**BASE, "target": "apis"}, "Unknown target 'apis'; known: api, page, token, trigger, idp, delivery, jwks."),
        ({**BASE, "target": 7}, "'target' must be a text or a list of texts."),
        ({**BASE, "target": "page"}, "'operation' is for the targets api, trigger, idp and delivery; "),
        ({**BASE, "path": "/"}, "'path' is for the targets page, token, jwks and idp; "),
        ({"path": "login", "error": 500}, "'path' must begin with /; * at its end stands for any rest."),
        ({"path": "/_emulator/reset", "error": 500}, "The emulator's own paths have no faults: /_emulator, /_aws, "),
        ({"target": "idp", "path": "/token", "error": 500}, "'path' of the target idp must be a URL, or the beginning"),
        ({**BASE, "match": []}, "'match' must be an object with some of: pool, client, user."),
        ({**BASE, "match": {"users": "a"}}, "Unknown member 'users' in 'match'; known: pool, client, user."),
        ({**BASE, "match": {"user": 7}}, "'user' in 'match' must be a text."),
        ({"target": "idp", "error": "timeout", "match": {"user": "a"}}, "The targets idp and jwks are matched by pool"),
        ({**BASE, "error": "NoSuchException"}, f"'NoSuchException' is not an error of SignUp; {ALLOWED}"),
        ({**BASE, "error": "UserNotFoundException"}, f"'UserNotFoundException' is not an error of SignUp; {ALLOWED}"),
        ({"operation": "*", "error": "No"}, f"'No' is not an error of any operation; {ALLOWED}"),
        ({**BASE, "error": 418}, "'error' needs a 'code', the error's name."),
        ({**BASE, "error": {"status": 200}}, "'status' in 'error' must be a whole number from 400 to 599."),
        ({**BASE, "error": {"status": True}}, "'status' in 'error' must be"),
        ({**BASE, "error": {"code": 7}}, "'code' in 'error' must be a text."),
        ({**BASE, "error": {"code": "InternalFailure", "message": 7}}, "'message' in 'error' must be a text"),
        ({**BASE, "error": {"code": "InternalFailure", "message": "m" * 1001}}, "'message' in 'error' must be a text"),
        ({**BASE, "error": {"name": "x"}}, "Unknown member 'name' in 'error'; known: code, status, message."),
        ({**BASE, "error": {}}, "'error' must be"),
        ({**BASE, "error": True}, "'error' must be"),
        (
            {"target": "page", "error": "invalid_grant"},
            "An error of the target page has a 'status' and a 'message', no",
        ),
        ({"target": "page", "error": {"message": "m"}}, "'error' needs a 'status' from 400 to 599."),
        ({"target": "token", "error": "no_grant"}, "'no_grant' is not an error of OAuth; allowed: access_denied, "),
        ({"target": "trigger", "error": 500}, "'error' needs a 'code', the error's name."),
        ({"target": "trigger", "error": "late"}, "'late' is not an end of a function's call; allowed: AccessDenied"),
        (
            {"target": "trigger", "operation": "PreSignIn", "error": "timeout"},
            "Unknown operation 'PreSignIn'; known: *,",
        ),
        ({"target": "trigger", "operation": "PreSignUp_", "error": "timeout"}, "Unknown operation 'PreSignUp_'; known"),
        (
            {"target": "delivery", "operation": "PIGEON", "drop": True},
            "Unknown operation 'PIGEON'; known: *, EMAIL, SMS",
        ),
        (
            {"target": "delivery", "error": "UserNotFoundException"},
            "'UserNotFoundException' is not an error of the del",
        ),
        ({"target": "idp", "error": "x"}, "'x' is not an error of a provider; allowed: access_denied, "),
        ({**BASE, "drop": True}, "A rule has one of: error, drop, rotate."),
        ({**BASE, "drop": "yes"}, "'drop' must be true or false."),
        ({"target": "page", "rotate": True}, "'rotate' is for the target jwks."),
        ({**BASE, "latency_ms": -1}, "'latency_ms' must be a number from 0 to 600000."),
        ({**BASE, "latency_ms": 10**400}, "'latency_ms' must be"),
        ({**BASE, "latency_ms": math.nan}, "'latency_ms' must be"),
        ({**BASE, "latency_ms": "1"}, "'latency_ms' must be"),
        ({**BASE, "times": 0}, "'times' must be a whole number from 1 to 1000000000."),
        ({**BASE, "times": 1.5}, "'times' must be"),
        ({**BASE, "after": -1}, "'after' must be a whole number from 0 to 1000000000."),
        ({**BASE, "after": None}, "'after' must be"),
        ({**BASE, "probability": 1.01}, "'probability' must be a number from 0 to 1."),
        ({**BASE, "probability": True}, "'probability' must be"),
        ({**BASE, "seed": "x"}, "'seed' must be a whole number from 0 to "),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_refused(rule: dict[str, Any], text: str) -> None:
    with pytest.raises(BadRule) as refused:
        read(**rule)
    assert str(refused.value).startswith(text)


@pytest.mark.parametrize("rule", [7, None, "x", []])
def test_no_object(rule: Any) -> None:
    with pytest.raises(BadRule, match=r"A rule must be a JSON object\."):
        fault_rules.read(rule, "new", KNOWN)


@pytest.mark.parametrize(
    ("path", "asked", "expected"),
    [
        ("/login", "/login", True),
        ("/login", "/login/choose", False),
        ("/login*", "/login/choose", True),
        ("/*", "/login", True),
        ("/logout", "/login", False),
    ],
)
def test_paths(path: str, asked: str, expected: bool) -> None:
    assert matches(read(path=path, drop=True), Occasion(PAGE, path=asked)) is expected


def test_a_rule_is_for_its_targets() -> None:
    assert not matches(read(**BASE), Occasion(PAGE, ("SignUp",)))
    assert matches(read(**BASE), Occasion(API, ("SignUp",)))


@pytest.mark.parametrize(
    ("seen", "struck", "draw", "expected"),
    [
        (1, 0, 0.0, False),  # `after` lets one by
        (2, 0, 0.0, True),
        (3, 1, 0.49, True),
        (3, 1, 0.5, False),
        (9, 2, 0.0, False),  # `times` is used up
    ],
)
def test_when_a_rule_is_due(seen: int, struck: int, draw: float, expected: bool) -> None:
    assert is_due(read(**BASE, after=1, times=2, probability=0.5), seen, struck, draw) is expected
