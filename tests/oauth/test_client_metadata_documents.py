"""Clients that name themselves by the URL of a client metadata document (CIMD): which URLs, and which documents."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cognito_emulator.domain.removal import remove_policy
from cognito_emulator.domain.table import StoreError
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.ports.web import Answer, WebError, WebTimeout
from tests.helpers.build import setup, user
from tests.helpers.documents import URL, Documents, answer, document, metadata_setup
from tests.helpers.harness import Running
from tests.helpers.metadata_client import BACK, OTHER, ask, browser_at, error_of, exchange, refresh, tokens
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import OAUTH, VERIFIER, Browser, basic, signed_in

pytestmark = needs_newest


@pytest.fixture(autouse=True)
def _good_document(documents: Documents) -> None:
    documents.put(redirect_uris=[BACK])


# --- which URLs, which pool --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "client",
    [
        "https://app.example.org/client.json",
        "https://example.com/client.json",
        "https://evil.example/.example.com/x",
        "http://app.example.com/client.json",
        "HTTPS://app.example.com/client.json",
        "https://",
    ],
)
def test_urls_that_no_policy_accepts(running: Running, documents: Documents, client: str) -> None:
    metadata_setup(running)
    documents.put(client, redirect_uris=[BACK])
    assert error_of(ask(Browser(running), client)) == "Client does not exist."
    assert exchange(running, "x", client).json == {"error": "invalid_client"}
    assert documents.asked == []


@pytest.mark.parametrize(
    "client", ["https://app.example.com/../x", "https://app.example.com/x#", "https://app.example.com:0/x"]
)
def test_urls_that_are_none_of_a_document(running: Running, documents: Documents, client: str) -> None:
    metadata_setup(running, "https://*.example.com*/*")
    assert error_of(ask(Browser(running), client)).startswith("client_id must have")
    assert documents.asked == []


def test_without_a_policy_nothing_is_fetched(running: Running, documents: Documents) -> None:
    setup(running, OAUTH)
    assert error_of(ask(Browser(running))) == "Client does not exist."
    assert documents.asked == []


def test_a_policy_counts_while_its_app_client_and_tier_last(running: Running, idp: Any, documents: Documents) -> None:
    at = metadata_setup(running)
    browser = browser_at(running, at)
    token = tokens(running, browser)["refresh_token"]
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="LITE")
    assert error_of(ask(browser)) == "Client does not exist."
    assert refresh(running, token).json == {"error": "invalid_client"}
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="ESSENTIALS")
    assert refresh(running, token).status == 200
    idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert error_of(ask(browser)) == "Client does not exist."


def test_at_a_domain_the_pool_is_known(running: Running, documents: Documents) -> None:
    at, other = metadata_setup(running), metadata_setup(running)
    for pool, name in ((at.pool, "one"), (other.pool, "two")):
        running.call("CreateUserPoolDomain", UserPoolId=pool, Domain=name)
    sub = user(running, at.pool)
    for name in ("one", "two"):
        assert ask(Browser(running, f"{name}.auth.localhost")).location.startswith("/login?")
    code = ask(Browser(running, "one.auth.localhost", signed_in(running, at, sub).cookies)).query["code"]
    form = {"grant_type": "authorization_code", "client_id": URL, "code": code, "redirect_uri": BACK}
    form["code_verifier"] = VERIFIER
    assert Browser(running).token(form).json["error"] == "invalid_client"
    assert Browser(running, "two.auth.localhost").token(form).json == {"error": "invalid_grant"}
    assert Browser(running, "one.auth.localhost").token(form).status == 200


def test_discovery(running: Running, idp: Any, documents: Documents) -> None:
    at = metadata_setup(running)
    other = setup(running, OAUTH)

    def told(pool: str) -> Any:
        return Browser(running).get(f"/{pool}/.well-known/openid-configuration").json

    assert told(at.pool)["client_id_metadata_document_supported"] is True
    assert "none" in told(at.pool)["token_endpoint_auth_methods_supported"]
    assert "client_id_metadata_document_supported" not in told(other.pool)
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="LITE")
    assert "client_id_metadata_document_supported" not in told(at.pool)


# --- documents that cannot be used ------------------------------------------------------------------------


UNREACHABLE = "The client metadata document cannot be retrieved."
BAD: list[tuple[Answer | WebError, str]] = [
    (WebError("https://app.example.com/ is no address of the internet: 10.0.0.1"), UNREACHABLE),
    (WebTimeout("too slow"), UNREACHABLE),
    (answer(status=301, location="https://app.example.com/x"), "answers with status 301."),
    (answer(status=500), "answers with status 500."),
    (answer(content_type="text/html"), "must have the content type application/json."),
    (answer(b"{"), "is not valid JSON."),
    (answer([]), "must be a JSON object."),
    (answer(document(client_id=OTHER)), "client_id in the client metadata document must equal its URL."),
    (answer(document(token_endpoint_auth_method="client_secret_post")), "must be none."),
    (answer(document(redirect_uris=[])), "redirect_uris is missing in the client metadata document."),
]


@pytest.mark.parametrize(("found", "text"), BAD)
def test_bad_documents(running: Running, documents: Documents, found: Answer | WebError, text: str) -> None:
    metadata_setup(running)
    documents.answers[URL] = found
    assert error_of(ask(Browser(running))).endswith(text)
    assert error_of(Browser(running).get("/login", client_id=URL, redirect_uri=BACK)).endswith(text)
    answered = exchange(running, "x")
    assert (answered.status, answered.json["error"]) == (400, "invalid_client")
    assert answered.json["error_description"].endswith(text)
    assert len(running.world.store.client_documents) == 0
    # No failure is remembered.
    documents.put(redirect_uris=[BACK])
    assert ask(Browser(running)).location.startswith("/login?")


def test_the_error_page_is_shown(running: Running, documents: Documents) -> None:
    metadata_setup(running)
    documents.answers[URL] = answer(status=404)
    browser = Browser(running)
    shown = browser.get(ask(browser).location)
    assert shown.status == 400
    assert b"answers with status 404." in shown.body


def test_an_expired_document_is_fetched_anew(running: Running, documents: Documents) -> None:
    browser = browser_at(running, metadata_setup(running))
    token = tokens(running, browser)["refresh_token"]
    running.world.clock.advance(86_400)
    documents.put(redirect_uris=["https://new.example.com/back"])
    assert error_of(ask(Browser(running))) == "redirect_mismatch"
    assert refresh(running, token).status == 200
    running.world.clock.advance(86_400)
    documents.answers[URL] = WebError("down")
    assert refresh(running, token).json["error"] == "invalid_client"


def test_requests_at_once_share_one_retrieval(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    pool = running.world.store.pools.get(at.pool)
    gate = asyncio.Event()
    inner = documents.fetch

    async def slowly(*given: Any, **more: Any) -> Answer:
        await gate.wait()
        return await inner(*given, **more)

    documents.fetch = slowly  # type: ignore[method-assign]

    async def together() -> None:
        loads = [asyncio.ensure_future(client_metadata.load(running.world, URL, pool)) for _ in range(20)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*loads)

    running.run(together())
    assert documents.asked == [URL]


def test_a_policy_that_is_gone_meanwhile_keeps_nothing(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    pool = running.world.store.pools.get(at.pool)
    inner = documents.fetch

    async def meddle(*given: Any, **more: Any) -> Answer:
        for policy in running.world.store.cimd_policies:
            with running.world.store.write():
                remove_policy(running.world.store, policy)
        return await inner(*given, **more)

    documents.fetch = meddle  # type: ignore[method-assign]
    running.run(client_metadata.load(running.world, URL, pool))
    assert documents.asked == [URL]
    assert len(running.world.store.client_documents) == 0


def test_more_retrievals_than_32_at_once_are_refused(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    pool = running.world.store.pools.get(at.pool)
    gate = asyncio.Event()

    async def never(*_: Any, **__: Any) -> Answer:
        await gate.wait()
        raise WebError("down")

    documents.fetch = never  # type: ignore[method-assign]

    async def together() -> list[str]:
        names = [f"https://app.example.com/{number}" for number in range(33)]
        loads = [asyncio.ensure_future(client_metadata.load(running.world, name, pool)) for name in names]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gate.set()
        return [str(error) for error in await asyncio.gather(*loads, return_exceptions=True)]

    found = running.run(together())
    busy = "Too many client metadata documents are being retrieved. Try again."
    assert found == [UNREACHABLE] * 32 + [busy]


def test_the_store_keeps_no_such_client(running: Running, documents: Documents) -> None:
    at = metadata_setup(running)
    running.run(authorize.load_client(running.world, URL, None))
    client = client_metadata.find(running.world, URL, None)
    assert client is not None
    assert (client.id, client.secrets, client.callback_urls) == (at.client, (), (BACK,))

    async def put() -> None:
        with running.world.store.write():
            running.world.store.clients.put(client)

    with pytest.raises(StoreError, match="is no record"):
        running.run(put())


def test_basic_is_no_way_for_a_public_client(running: Running, documents: Documents) -> None:
    metadata_setup(running)
    header = basic("https%3A%2F%2Fapp.example.com%2Fclient.json", "")
    answered = Browser(running).token({"grant_type": "authorization_code", "code": "x"}, authorization=header)
    assert answered.json["error"] == "invalid_client"
