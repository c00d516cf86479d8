"""Screens of control APIs: they ask the API as a program would, and are there where the API is."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from cognito_emulator.app import FrontDoor
from cognito_emulator.console import control_api, faults
from cognito_emulator.console.view import View
from tests.helpers.build import refused, setup, user
from tests.helpers.console_site import ROOT, Site, newest
from tests.helpers.harness import Running


def view_of(running: Running) -> View:
    """A request to the console, without a server."""
    app = FrontDoor(running.world)._router
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b"", "app": app}
    return View(Request({**scope, "headers": [(b"host", b"localhost")]}))


def test_the_control_api_is_asked(running: Running) -> None:
    view = view_of(running)
    answer = running.run(control_api.ask(view, "PUT", "/clock", {"freeze": "2030-01-01"}))
    assert (answer["now"], running.world.clock.is_frozen) == (1_893_456_000, True)
    with pytest.raises(HTTPException) as caught:
        running.run(control_api.ask(view, "PUT", "/clock", {"colour": "red"}))
    assert caught.value.status_code == 400
    assert caught.value.detail.startswith("Unknown member 'colour'")
    with pytest.raises(HTTPException) as caught:
        running.run(control_api.ask(view, "GET", "/nothing"))
    assert caught.value.status_code == 404


def test_which_apis_there_are(running: Running) -> None:
    view = view_of(running)
    assert control_api.has(view, "/clock")
    assert control_api.has(view, "/requests/{request_id}")
    assert not control_api.has(view, "/nothing")


def has(running: Running, path: str) -> bool:
    return control_api.has(view_of(running), path)


@pytest.mark.parametrize("name", ["faults", "snapshots"])
def test_a_screen_is_there_where_its_api_is(running: Running, site: Site, name: str) -> None:
    there = has(running, f"/{name}")
    assert site.request("GET", f"{ROOT}/{name}").status == (200 if there else 404)
    links = [str(link["href"]) for link in site.get(f"{ROOT}/clock").soup.select("nav a")]
    assert (f"{ROOT}/{name}" in links) is there


class TestFaults:
    @pytest.fixture(autouse=True)
    def _there(self, running: Running) -> None:
        if not has(running, "/faults"):
            pytest.skip("this emulator has no faults")

    def test_a_rule_from_a_request(self, running: Running, idp: Any, site: Site) -> None:
        place = setup(running)
        user(running, place.pool)
        idp.admin_get_user(UserPoolId=place.pool, Username="ann")
        link = site.get(f"{ROOT}/requests/{newest(running).id}").soup.select_one('main a[href*="/faults?"]')
        assert link is not None
        shown = site.get(str(link["href"]))
        filled = {
            str(one["name"]): str(one.get("value", "")) for one in shown.soup.select("main input:not([type=hidden])")
        }
        assert (filled["operation"], filled["pool"], filled["user"]) == ("AdminGetUser", place.pool, "ann")
        site.post(
            f"{ROOT}/faults",
            {**filled, "effect": "error", "code": "TooManyRequestsException", "times": "2", "do": "add"},
        )
        with refused("TooManyRequestsException"):
            idp.admin_get_user(UserPoolId=place.pool, Username="ann")
        assert idp.admin_get_user(UserPoolId=place.pool, Username="ann")
        answer = site.get(f"{ROOT}/faults")
        assert "spent" in answer.words("#list tbody")
        rule = answer.soup.select("#list input[name=id]")[0]["value"]
        site.post(f"{ROOT}/faults", {"do": "delete", "id": rule})
        assert "Nothing is made to fail." in site.get(f"{ROOT}/faults").words()

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            (
                {"operation": ["SignUp", "GetUser"], "error": {"code": "X", "status": 503, "message": "Down"}},
                ("SignUp, GetUser", "503 X Down", []),
            ),
            (
                {"path": "/login", "latency_ms": 20, "match": {"user": "ann"}, "times": 2, "after": 1},
                ("/login", "late by 20 ms", ["user: ann", "after 1", "2 times"]),
            ),
            (
                {"target": ["jwks"], "drop": True, "probability": 0.5},
                ("jwks", "connection cut", ["with probability 0.5"]),
            ),
            ({}, ("*", "", [])),
        ],
    )
    def test_a_rule_in_words(self, rule: Any, words: Any) -> None:
        assert (faults.subject_of(rule), faults.effect_of(rule), faults.limits_of(rule)) == words

    def test_refusals_are_the_apis(self, site: Site) -> None:
        path = f"{ROOT}/faults"
        for fields in (
            {"operation": "Nothing", "code": "X"},
            {"as-json": "{}"},
            {"as-json": "x"},
            {"times": "x"},
            {"effect": "latency", "latency": "-1"},
        ):
            answer = site.post(path, {"do": "add", **fields})
            assert answer.status == 400, fields
            assert answer.refusal
        assert "'do' must be one of" in site.post(path, {"do": "x"}).refusal
        site.post(path, {"do": "clear"})


class TestSnapshots:
    @pytest.fixture(autouse=True)
    def _there(self, running: Running) -> None:
        if not has(running, "/snapshots"):
            pytest.skip("this emulator has no snapshots")

    def test_take_compare_go_back_delete(self, running: Running, site: Site) -> None:
        place, path = setup(running), f"{ROOT}/snapshots"
        user(running, place.pool)
        assert "before" in site.post(path, {"do": "save", "name": "before"}).words("#list")
        running.call("AdminDeleteUser", UserPoolId=place.pool, Username="ann")
        assert "users ann · " in site.get(f"{path}?diff=before").words(".diff").replace("− ", "")
        site.post(path, {"do": "restore", "name": "before"})
        assert running.world.store.users.count("pool", place.pool) == 1
        site.post(path, {"do": "delete", "name": "before"})
        assert "No snapshot was taken." in site.get(path).words()

    def test_refusals(self, site: Site) -> None:
        path = f"{ROOT}/snapshots"
        assert site.post(path, {"do": "save", "name": ""}).refusal == "A snapshot needs a name."
        for name in ("now", "a b", "../x", "<b>"):
            assert site.post(path, {"do": "save", "name": name}).status in (400, 404)
        assert site.post(path, {"do": "restore", "name": "none"}).status == 404
        assert "'do' must be one of" in site.post(path, {"do": "x", "name": "a"}).refusal
