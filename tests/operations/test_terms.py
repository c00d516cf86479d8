"""Terms documents of app clients."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.clients.terms import link_for
from tests.helpers.build import Setup, refused, setup
from tests.helpers.harness import Running

LINKS = {"cognito:default": "https://example.com/terms", "cognito:english": "https://example.com/en/terms"}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running)


def create(idp: Any, at: Setup, name: str = "terms-of-use", **members: Any) -> Any:
    given = {"TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE", "Links": LINKS, **members}
    sent = {key: value for key, value in given.items() if value is not None}
    return idp.create_terms(UserPoolId=at.pool, ClientId=at.client, **sent)["Terms"]


def describe(idp: Any, at: Setup, terms_id: str) -> Any:
    return idp.describe_terms(UserPoolId=at.pool, TermsId=terms_id)["Terms"]


def by_client(idp: Any, at: Setup, name: str = "terms-of-use") -> Any:
    return idp.describe_terms_by_client(UserPoolId=at.pool, ClientId=at.client, TermsName=name)["Terms"]


def test_create_and_describe(idp: Any, at: Setup) -> None:
    made = create(idp, at)
    assert made == describe(idp, at, made["TermsId"]) == by_client(idp, at)
    dates = [made.pop(name) for name in ("CreationDate", "LastModifiedDate")]
    assert dates[0] == dates[1]
    assert made == {
        "TermsId": made["TermsId"],
        "UserPoolId": at.pool,
        "ClientId": at.client,
        "TermsName": "terms-of-use",
        "TermsSource": "LINK",
        "Enforcement": "NONE",
        "Links": LINKS,
    }


def test_update(running: Running, idp: Any, at: Setup) -> None:
    made = create(idp, at)
    where = {"UserPoolId": at.pool, "TermsId": made["TermsId"]}
    running.world.clock.advance(5)
    same = idp.update_terms(**where)["Terms"]
    assert {**same, "LastModifiedDate": made["LastModifiedDate"]} == made
    assert same["LastModifiedDate"] > made["LastModifiedDate"]
    # What is described can be sent back and changes nothing.
    sent = {name: made[name] for name in ("TermsName", "TermsSource", "Enforcement", "Links")}
    assert idp.update_terms(**where, **sent)["Terms"]["Links"] == LINKS
    links = {"cognito:default": "https://example.com/new"}
    changed = idp.update_terms(**where, TermsName="privacy-policy", Links=links)["Terms"]
    assert (changed["TermsName"], changed["Links"]) == ("privacy-policy", links)
    assert by_client(idp, at, "privacy-policy") == changed
    with refused("ResourceNotFoundException"):
        by_client(idp, at)


def test_one_of_each_name(running: Running, idp: Any, at: Setup) -> None:
    create(idp, at)
    policy = create(idp, at, "privacy-policy")
    text = f"Terms terms-of-use already exist for client {at.client}."
    with refused("TermsExistsException", text):
        create(idp, at)
    with refused("TermsExistsException", text):
        idp.update_terms(UserPoolId=at.pool, TermsId=policy["TermsId"], TermsName="terms-of-use")
    assert describe(idp, at, policy["TermsId"])["TermsName"] == "privacy-policy"
    # Another client has its own.
    other = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
    create(idp, Setup(at.pool, other))


def test_links_in_one_language_do(idp: Any, at: Setup) -> None:
    english = {"cognito:english": "https://example.com"}
    with refused("InvalidParameterException", "Links must have at least one entry."):
        create(idp, at, Links=None)
    made = create(idp, at, Links=english)
    assert describe(idp, at, made["TermsId"])["Links"] == english


def test_the_link_of_a_language() -> None:
    links = {"cognito:default": "https://e.com", "cognito:german": "https://e.com/de"}
    assert link_for(links, "cognito:german") == "https://e.com/de"
    assert link_for(links, "cognito:french") == "https://e.com"
    assert link_for({"cognito:german": "https://e.com/de"}, "cognito:french") is None


def test_unknown(running: Running, idp: Any, at: Setup) -> None:
    made = create(idp, at)
    other = setup(running)
    for pool, terms in ((at.pool, NOBODY), (other.pool, made["TermsId"])):
        for call in (idp.describe_terms, idp.update_terms, idp.delete_terms):
            with refused("ResourceNotFoundException", f"Terms {terms} do not exist."):
                call(UserPoolId=pool, TermsId=terms)
    with refused("ResourceNotFoundException", f"Terms privacy-policy do not exist for client {at.client}."):
        by_client(idp, at, "privacy-policy")
    for call in (create, by_client):
        with refused("ResourceNotFoundException", f"User pool client {other.client} does not exist."):
            call(idp, Setup(at.pool, other.client))
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        create(idp, Setup("us-east-1_000000000", at.client))


def test_delete(idp: Any, at: Setup) -> None:
    made = create(idp, at)
    idp.delete_terms(UserPoolId=at.pool, TermsId=made["TermsId"])
    with refused("ResourceNotFoundException"):
        describe(idp, at, made["TermsId"])
    assert create(idp, at)["TermsId"] != made["TermsId"]


@pytest.mark.parametrize("whole", [True, False])
def test_deleting_the_owner(running: Running, idp: Any, at: Setup, whole: bool) -> None:
    create(idp, at)
    create(idp, at, "privacy-policy")
    if whole:
        idp.delete_user_pool(UserPoolId=at.pool)
    else:
        idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert len(running.world.store.terms) == 0


def test_list_and_limit(running: Running, idp: Any, at: Setup) -> None:
    assert idp.list_terms(UserPoolId=at.pool)["Terms"] == []
    made = []
    for _ in range(20):
        client = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
        made += [create(idp, Setup(at.pool, client), name) for name in ("terms-of-use", "privacy-policy")]
    with refused("LimitExceededException", "The limit of 40 terms documents per user pool is reached."):
        create(idp, at)
    first = idp.list_terms(UserPoolId=at.pool, MaxResults=30)
    second = idp.list_terms(UserPoolId=at.pool, MaxResults=30, NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = ("TermsId", "TermsName", "Enforcement", "CreationDate", "LastModifiedDate")
    assert first["Terms"] + second["Terms"] == [{name: terms[name] for name in names} for terms in made]
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_terms(UserPoolId=setup(running).pool, NextToken=first["NextToken"])
