"""The names of challenges: those of the API, and plain strings wherever they are written."""

from __future__ import annotations

import json
import pickle

import botocore.session
import msgspec
import pytest

from cognito_emulator.domain.auth.attempt import Round
from cognito_emulator.domain.auth.challenge_name import ChallengeName


def test_the_names_are_those_of_the_service_model() -> None:
    model = botocore.session.get_session().get_service_model("cognito-idp")
    assert set(ChallengeName) <= set(model.shape_for("ChallengeNameType").enum)


@pytest.mark.parametrize("name", ChallengeName)
def test_a_name_is_written_as_a_plain_string(name: ChallengeName) -> None:
    plain = name.value
    assert type(plain) is str
    assert str(name) == f"{name}" == plain
    assert msgspec.json.encode({"a": name}) == json.dumps({"a": plain}, separators=(",", ":")).encode()
    assert json.dumps([name]) == json.dumps([plain])
    assert msgspec.msgpack.encode(name) == msgspec.msgpack.encode(plain)
    assert pickle.loads(pickle.dumps(name)) == plain


def test_functions_get_plain_strings() -> None:
    event = Round(ChallengeName.PASSWORD_VERIFIER, True).event_entry
    assert type(event["challengeName"]) is str
