"""The service model as it is installed, and the names made of it."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from cognito_emulator.wire import model
from cognito_emulator.wire.model import IDENTITY, IDP, SERVICES, Service, Shape, service_model, snake
from cognito_emulator.wire.registry import service_of_prefix


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UserPoolId", "user_pool_id"),
        ("SMSMfaSettings", "sms_mfa_settings"),
        ("CallbackURLs", "callback_urls"),
        ("CSS", "css"),
        ("MFAOptions", "mfa_options"),
        ("SetUserMFAPreference", "set_user_mfa_preference"),
        ("AllowedOAuthFlowsUserPoolClient", "allowed_o_auth_flows_user_pool_client"),
        ("DefaultRedirectURI", "default_redirect_uri"),
        ("OpenIdConnectProviderARNs", "open_id_connect_provider_arns"),
        ("GetCSVHeader", "get_csv_header"),
    ],
)
def test_snake(name: str, expected: str) -> None:
    assert snake(name) == expected


def test_no_two_members_of_a_shape_become_one_keyword() -> None:
    for service in SERVICES:
        for name in service_model(service).names:
            operation = service_model(service).operation(name)
            assert operation is not None
            assert len({snake(member) for member in operation.input.members}) == len(operation.input.members)


def test_operations_are_named_as_in_boto3() -> None:
    differing = {name for s in SERVICES for name in service_model(s).names if snake(name) != xform_name(name)}
    assert differing == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_model_is_botocores_own(service: Service) -> None:
    ours = service_model(service)
    theirs = botocore.session.get_session().get_service_model(service)
    assert ours.names == sorted(theirs.operation_names)
    assert ours.target_prefix == theirs.metadata["targetPrefix"]
    assert service_of_prefix(ours.target_prefix) == service
    for name in ours.names:
        mine, botos = ours.operation(name), theirs.operation_model(name)
        assert mine is not None
        botos_input = botos.input_shape
        if botos_input is not None:
            assert list(mine.input.members) == list(botos_input.members)
            assert mine.input.required == frozenset(botos_input.required_members)
        assert mine.errors == {shape.name for shape in botos.error_shapes}
        assert mine.signed == (botos.auth_type != "none")


def test_an_unknown_operation_has_no_model() -> None:
    assert service_model(IDP).operation("Nope") is None
    assert service_model(IDENTITY).operation("SignUp") is None


def test_shapes_keep_their_constraints() -> None:
    operation = service_model(IDP).operation("SignUp")
    assert operation is not None
    username: Shape = operation.input.members["Username"]
    assert (username.min, username.max, username.sensitive) == (1, 128, True)
    assert username.pattern == r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":1,"documentation":"<p>\\"x\\", {}</p>","b":2}', {"a": 1, "b": 2}),
        (b'{"documentation":"x","b":2}', {"b": 2}),
        (b'{ "documentation" : "x\\\\" }', {}),
        (b'{\n  "a": {},\n  "documentation": "x"\n}', {"a": {}}),
        (b'{"documentation":{"shape":"S","documentation":"x"}}', {"documentation": {"shape": "S"}}),
        (b'{"a":"\\"documentation\\":\\"x\\""}', {"a": '"documentation":"x"'}),
    ],
)
def test_texts_of_documentation_are_not_kept(text: bytes, expected: dict[str, object]) -> None:
    assert json.loads(model._DOCUMENTATION.sub(b"", text)) == expected


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_else_of_the_file_is_lost(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            texts = {name for name, item in value.items() if name == "documentation" and isinstance(item, str)}
            return {name: without(item) for name, item in value.items() if name not in texts}
        return [without(item) for item in value] if isinstance(value, list) else value

    kept = model._read(service)
    monkeypatch.setattr(model, "_DOCUMENTATION", re.compile(rb"(?!)"))
    whole = model._read(service)
    for section in model._LARGE:
        assert kept[section].keys() == whole[section].keys()
        for name in whole[section]:
            assert kept[section][name] == without(whole[section][name])
