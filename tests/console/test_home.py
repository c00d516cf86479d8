"""Home: pools, counters, what happened last, and settings that work when they are pasted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.control.connect.kinds import SNIPPETS
from tests.helpers.build import setup, sign_in, user
from tests.helpers.console_site import OAUTH, ROOT, Site
from tests.helpers.harness import Running


def test_an_empty_emulator_offers_the_example(running: Running, site: Site) -> None:
    assert "There is no user pool yet." in site.get("/_emulator/").words()
    answer = site.post("/_emulator/", {"do": "example"})
    assert answer.words("[role=status]") == "The example is loaded."
    assert "us-east-1_localpool" in answer.words("#pools")
    refusal = site.post("/_emulator/", {"do": "example"}).refusal
    assert "us-east-1_localpool" in refusal
    assert site.post("/_emulator/", {"do": "x"}).refusal == "'do' must be: example."


def test_the_address_without_its_slash_leads_here(site: Site) -> None:
    answer = site.request("GET", "/_emulator")
    assert (answer.status, answer.headers["location"]) == (308, "/_emulator/")


def test_what_is_there(running: Running, idp: Any, site: Site) -> None:
    place = setup(running, OAUTH)
    user(running, place.pool)
    sign_in(idp, place)
    running.call("CreateUserPoolDomain", UserPoolId=place.pool, Domain="shop")
    answer = site.get("/_emulator/")
    row = answer.words("#pools tbody tr")
    assert row.startswith(f"p {place.pool} Copy 1 1 shop essentials Open login")
    assert answer.words("#last tbody th") == "InitiateAuth"
    assert answer.words("#counts") == "1 Users 1 Requests 0 Refused 0 Messages"
    login = answer.soup.select_one("#pools a[target=_blank]")
    assert login is not None
    path = str(login["href"]).removeprefix(site.origin)
    assert "password" in site.get(path).text


@pytest.mark.parametrize("kind", SNIPPETS)
def test_every_kind_of_settings(running: Running, site: Site, kind: str) -> None:
    place = setup(running, OAUTH)
    answer = site.get(f"/_emulator/?client={place.client}&connect={kind}")
    shown = answer.soup.select_one("#connect pre")
    assert shown is not None
    text = shown.get_text()
    assert site.origin in text
    assert kind == "terraform" or place.pool in text
    assert answer.soup.select("#connect [data-copy]")[0]["data-copy"] == text
    assert answer.words("#connect [aria-current]") == SNIPPETS[kind].title


def test_the_settings_of_boto3_work(running: Running, site: Site) -> None:
    place = setup(running)
    names: dict[str, Any] = {}
    shown = site.get(f"/_emulator/?client={place.client}&connect=boto3").soup.select("#connect pre")[0]
    exec(shown.get_text(), names)
    assert names["cognito"].describe_user_pool(UserPoolId=names["pool_id"])["UserPool"]["Id"] == place.pool
    assert names["client_id"] == place.client


def test_the_outputs_are_json(running: Running, site: Site) -> None:
    place = setup(running)
    answer = site.get("/_emulator/?connect=amplify-outputs")
    text = answer.soup.select("#connect pre")[0].get_text()
    assert "parseAmplifyConfig(outputs)" in answer.words("#connect p")
    assert json.loads(text)["auth"]["user_pool_client_id"] == place.client


def test_wrong_addresses(running: Running, site: Site) -> None:
    setup(running)
    for query, status in (("connect=x", 400), ("client=x", 404), ("colour=red", 400), ("client=a&client=b", 400)):
        assert site.get(f"/_emulator/?{query}", status).words("h1") in ("Refused", "Not found")


def test_the_navigation_names_where_it_is(running: Running, site: Site) -> None:
    first, second = setup(running), setup(running)
    assert site.get(f"{ROOT}/clock").words("nav [aria-current]") == "Clock"
    answer = site.get(site.at(second.pool, "users"))
    assert answer.words("nav [aria-current]") == "Users 0"
    assert answer.soup.select_one(f'nav a[href="{site.at(second.pool, "groups")}"]')
    assert answer.soup.select_one(f'nav details a[href="{site.at(first.pool, "users")}"]')
    for link in answer.soup.select("nav a"):
        site.get(str(link["href"]))
