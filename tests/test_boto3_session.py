"""The session of the fixtures' clients reads botocore's data itself, and nothing else is different."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from cognito_emulator.boto3_session import make_session

SERVICES = ("cognito-idp", "cognito-identity")


@pytest.fixture(scope="module")
def made() -> boto3.Session:
    return make_session()


def loader_of(session: boto3.Session) -> Any:
    return session._session.get_component("data_loader")


@pytest.mark.parametrize("service", SERVICES)
def test_the_data_is_botocore_s(made: boto3.Session, service: str) -> None:
    plain, own = loader_of(boto3.Session()), loader_of(made)
    assert own.search_paths == plain.search_paths
    for kind in ("service-2", "paginators-1", "endpoint-rule-set-1"):
        assert own.load_service_model(service, kind) == plain.load_service_model(service, kind)
    for name in ("endpoints", "_retry"):
        assert own.load_data(name) == plain.load_data(name)


def test_all_services_are_known(made: boto3.Session) -> None:
    assert list(loader_of(made).list_available_services("service-2")) == boto3.Session().get_available_services()
    with pytest.raises(UnknownServiceError, match=r"nothing.*cognito-idp"):
        made.client("nothing", region_name="us-east-1")
    assert made.client("sts", region_name="us-east-1").meta.service_model.service_name == "sts"


def test_a_client_looks_through_no_other_service(made: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Loader, "list_available_services", None)
    client = make_session().client("cognito-idp", region_name="us-east-1")
    assert client.can_paginate("list_users")


def test_data_of_one_s_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = {"metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "own", "protocol": "json"}, "operations": {}}
    folder = tmp_path / "own" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert loader_of(make_session()).load_service_model("own", "service-2") == model


def test_other_sessions_are_left_alone(made: boto3.Session) -> None:
    assert type(loader_of(boto3.Session())) is Loader


def test_it_is_boto3_to_servers(made: boto3.Session) -> None:
    keys = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    agents = [each.client("cognito-idp", **keys).meta.config.user_agent for each in (made, boto3.Session())]
    assert agents[0] == agents[1]
    assert agents[0].startswith("Boto3/")
