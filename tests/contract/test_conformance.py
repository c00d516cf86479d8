"""The watcher itself: it sees what it is there for."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.wire.model import IDP, OperationModel, service_model
from tests.contract import conformance
from tests.contract.conformance import answer_problems, error_problems
from tests.helpers.harness import Running
from tests.helpers.raw import post


def _model(name: str) -> OperationModel:
    found = service_model(IDP).operation(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        ("DeleteGroup", {"Group": {}}, "DeleteGroup.Group is no member of Nothing"),
        ("GetGroup", {"Group": {"Name": "g"}}, "GetGroup.Group.Name is no member of GroupType"),
        ("GetGroup", {"Group": {"Precedence": True}}, "GetGroup.Group.Precedence is no integer: True"),
        ("GetGroup", {"Group": {"Precedence": "1"}}, "GetGroup.Group.Precedence is no integer: '1'"),
        ("GetGroup", {"Group": {"CreationDate": "now"}}, "GetGroup.Group.CreationDate is no timestamp: 'now'"),
        ("GetGroup", {"Group": []}, "GetGroup.Group is no structure: []"),
        ("ListGroups", {"Groups": {}}, "ListGroups.Groups is no list: {}"),
        ("ListGroups", {"Groups": [{"GroupName": 1}]}, "ListGroups.Groups[0].GroupName is no string: 1"),
        ("InitiateAuth", {"ChallengeParameters": []}, "InitiateAuth.ChallengeParameters is no map: []"),
        ("InitiateAuth", {"ChallengeParameters": {"A": 1}}, "InitiateAuth.ChallengeParameters[A] is no string: 1"),
        ("AdminGetUser", {"Enabled": "true", "Username": "a"}, "AdminGetUser.Enabled is no boolean: 'true'"),
        ("AdminGetUser", {}, "AdminGetUser: Value at 'username' failed to satisfy constraint: Member must not be null"),
        ("InitiateAuth", {"Session": "short"}, "Member must have length greater than or equal to 20"),
        ("AdminGetUser", {"Username": "a", "UserStatus": "WELL"}, "Member must satisfy enum value set"),
    ],
)
def test_an_answer_that_does_not_fit(name: str, answer: dict[str, Any], problem: str) -> None:
    found = list(answer_problems(_model(name), answer))
    assert len(found) == 1
    assert problem in found[0]


def test_an_answer_that_fits() -> None:
    group = {"GroupName": "g", "Precedence": 0, "CreationDate": 1.5, "Description": None}
    assert list(answer_problems(_model("GetGroup"), {"Group": group})) == []
    assert list(answer_problems(_model("DeleteGroup"), {})) == []


def test_an_error_that_is_not_modelled() -> None:
    found = list(error_problems(_model("GetGroup"), errors.CodeMismatch("no")))
    assert found == ["GetGroup does not model CodeMismatchException (no)"]
    assert list(error_problems(_model("GetGroup"), errors.group_not_found())) == []


def test_answers_over_http_and_without_are_watched(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    monkeypatch.setattr(conformance, "answer_problems", lambda model, answer: [model.name])
    assert post(running, "ListGroups", {"UserPoolId": pool}).status == 200
    running.call("ListUsers", UserPoolId=pool)
    assert conformance.violations == ["ListGroups", "ListUsers"]
    conformance.violations.clear()
