"""CIMD policies, and the cache of client metadata documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cognito_emulator.ports.web import WebError
from tests.helpers.build import Setup, refused, setup
from tests.helpers.documents import PATTERN, URL, Documents, answer, document, policy_for, receive
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

pytestmark = needs_newest
UNKNOWN = "0123456789abcdefghijklmnop"
DAY = 86_400
YEAR = 31_556_952


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running)


@pytest.fixture(autouse=True)
def _good_document(documents: Documents) -> None:
    documents.put()


def create(idp: Any, at: Setup, **members: Any) -> Any:
    sent = {"PolicyName": "partners", "URLPatterns": [PATTERN], **members}
    return idp.create_cimd_policy(UserPoolId=at.pool, ClientId=at.client, **sent)["CIMDPolicy"]


def where(at: Setup, made: Any) -> dict[str, str]:
    return {"UserPoolId": at.pool, "CIMDPolicyId": made["CIMDPolicyId"]}


def urls(idp: Any, at: Setup, made: Any) -> list[Any]:
    found: list[Any] = idp.list_client_metadata_urls(**where(at, made))["ClientMetadataURLs"]
    return found


def test_create_and_describe(idp: Any, at: Setup) -> None:
    made = create(idp, at)
    assert made == idp.describe_cimd_policy(**where(at, made))["CIMDPolicy"]
    dates = [made.pop(name) for name in ("CreationDate", "LastModifiedDate")]
    assert dates[0] == dates[1]
    assert made == {
        "CIMDPolicyId": made["CIMDPolicyId"],
        "UserPoolId": at.pool,
        "ClientId": at.client,
        "PolicyName": "partners",
        "CacheDuration": DAY,
        "URLPatterns": [PATTERN],
    }
    assert create(idp, at, CacheDuration=YEAR)["CacheDuration"] == YEAR


def test_update(running: Running, idp: Any, at: Setup) -> None:
    made = create(idp, at, CacheDuration=2 * DAY)
    other = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
    running.world.clock.advance(5)
    needed = {"ClientId": other, "URLPatterns": ["https://a.example/*", "https://b.example/x"]}
    changed = idp.update_cimd_policy(**where(at, made), **needed)["CIMDPolicy"]
    assert changed == idp.describe_cimd_policy(**where(at, made))["CIMDPolicy"]
    assert changed == {**made, **needed, "LastModifiedDate": changed["LastModifiedDate"]}
    assert changed["LastModifiedDate"] > made["LastModifiedDate"]
    more = {"PolicyName": "others", "CacheDuration": 3 * DAY}
    changed = idp.update_cimd_policy(**where(at, made), **needed, **more)["CIMDPolicy"]
    assert {name: changed[name] for name in more} == more


def test_delete(idp: Any, at: Setup, running: Running, documents: Documents) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    idp.delete_cimd_policy(**where(at, made))
    with refused("ResourceNotFoundException", f"CIMD policy {made['CIMDPolicyId']} does not exist."):
        idp.describe_cimd_policy(**where(at, made))
    assert idp.list_cimd_policies(UserPoolId=at.pool)["CIMDPolicies"] == []
    assert len(running.world.store.client_documents) == 0


def test_list_and_pages(running: Running, idp: Any, at: Setup) -> None:
    assert idp.list_cimd_policies(UserPoolId=at.pool)["CIMDPolicies"] == []
    made = [create(idp, at, PolicyName=f"p{number}") for number in range(5)]
    first = idp.list_cimd_policies(UserPoolId=at.pool, MaxResults=3)
    second = idp.list_cimd_policies(UserPoolId=at.pool, MaxResults=3, NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = ("CIMDPolicyId", "ClientId", "PolicyName", "CacheDuration", "CreationDate", "LastModifiedDate")
    assert first["CIMDPolicies"] + second["CIMDPolicies"] == [{name: one[name] for name in names} for one in made]
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_cimd_policies(UserPoolId=setup(running).pool, NextToken=first["NextToken"])


def test_the_limit(running: Running, idp: Any, at: Setup) -> None:
    for _ in range(1000):
        policy_for(running, at)
    with refused("LimitExceededException", "The limit of 1000 CIMD policies per user pool is reached."):
        create(idp, at)
    create(idp, setup(running))


@pytest.mark.parametrize(
    "members",
    [
        {"PolicyName": ""},
        {"PolicyName": "x" * 33},
        {"CacheDuration": DAY - 1},
        {"CacheDuration": YEAR + 1},
        {"URLPatterns": []},
        {"URLPatterns": [f"https://{number}.example/*" for number in range(6)]},
        {"URLPatterns": ["http://app.example.com/*"]},
        {"URLPatterns": ["https://a.b"]},
        {"URLPatterns": ["https://app.example.com/?x=1"]},
        {"URLPatterns": ["https://app.example.com/" + "x" * 240]},
    ],
)
def test_members_that_the_model_refuses(idp: Any, at: Setup, members: dict[str, Any]) -> None:
    made = create(idp, at)
    with refused("InvalidParameterException"):
        create(idp, at, **members)
    with refused("InvalidParameterException"):
        idp.update_cimd_policy(**where(at, made), **{"ClientId": at.client, "URLPatterns": [PATTERN], **members})
    assert idp.describe_cimd_policy(**where(at, made))["CIMDPolicy"] == made


def test_unknown(running: Running, idp: Any, at: Setup) -> None:
    made, other = create(idp, at), setup(running)
    needed = {"ClientId": at.client, "URLPatterns": [PATTERN]}
    for pool, policy in ((at.pool, UNKNOWN), (other.pool, made["CIMDPolicyId"])):
        place = {"UserPoolId": pool, "CIMDPolicyId": policy}
        for call, more in (
            (idp.describe_cimd_policy, {}),
            (idp.update_cimd_policy, needed),
            (idp.delete_cimd_policy, {}),
            (idp.list_client_metadata_urls, {}),
            (idp.update_client_metadata_url_state, {"URL": URL, "Action": "REFRESH"}),
        ):
            with refused("ResourceNotFoundException", f"CIMD policy {policy} does not exist."):
                call(**place, **more)
    text = f"User pool client {other.client} does not exist."
    with refused("ResourceNotFoundException", text):
        create(idp, Setup(at.pool, other.client))
    with refused("ResourceNotFoundException", text):
        idp.update_cimd_policy(**where(at, made), ClientId=other.client, URLPatterns=[PATTERN])
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        idp.list_cimd_policies(UserPoolId="us-east-1_000000000")


def test_lite_does_not_have_it(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    idp.update_user_pool(UserPoolId=at.pool, UserPoolTier="LITE")
    text = (
        "The following features need to be disabled for the LITE pricing tier configured: Client ID Metadata Documents"
    )
    with refused("FeatureUnavailableInTierException", text):
        create(idp, at)
    with refused("FeatureUnavailableInTierException", text):
        idp.update_cimd_policy(**where(at, made), ClientId=at.client, URLPatterns=[PATTERN])
    with refused("FeatureUnavailableInTierException", text):
        idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="REFRESH")
    assert idp.describe_cimd_policy(**where(at, made))["CIMDPolicy"] == made
    idp.delete_cimd_policy(**where(at, made))


def test_a_policy_outlives_its_app_client(running: Running, idp: Any, at: Setup) -> None:
    made = create(idp, at)
    idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    del made["ClientId"]
    assert idp.describe_cimd_policy(**where(at, made))["CIMDPolicy"] == made
    assert "ClientId" not in idp.list_cimd_policies(UserPoolId=at.pool)["CIMDPolicies"][0]
    other = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
    changed = idp.update_cimd_policy(**where(at, made), ClientId=other, URLPatterns=[PATTERN])["CIMDPolicy"]
    assert changed["ClientId"] == other


def test_deleting_the_pool(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    create(idp, at)
    receive(running, at.pool)
    idp.delete_user_pool(UserPoolId=at.pool)
    assert (len(running.world.store.cimd_policies), len(running.world.store.client_documents)) == (0, 0)


def test_in_the_region_of_a_replica_policies_are_only_read(running: Running) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/mrk-1234abcd"
    at = setup(running, KeyConfiguration={"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": key})
    policy = policy_for(running, at)
    running.call("CreateUserPoolReplica", UserPoolId=at.pool, RegionName="eu-west-1")
    running.world.clock.advance(5)
    there, place = running.client(region="eu-west-1"), {"UserPoolId": at.pool, "CIMDPolicyId": policy}
    assert there.describe_cimd_policy(**place)["CIMDPolicy"]["ClientId"] == at.client
    assert len(there.list_cimd_policies(UserPoolId=at.pool)["CIMDPolicies"]) == 1
    assert there.list_client_metadata_urls(**place)["ClientMetadataURLs"] == []
    with refused("OperationNotEnabledException"):
        create(there, at)
    with refused("OperationNotEnabledException"):
        there.update_cimd_policy(**place, ClientId=at.client, URLPatterns=[PATTERN])
    with refused("OperationNotEnabledException"):
        there.delete_cimd_policy(**place)
    with refused("OperationNotEnabledException"):
        there.update_client_metadata_url_state(**place, URL=URL, Action="REFRESH")


# --- the cache -------------------------------------------------------------------------------------------


def test_urls_that_were_received(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made = create(idp, at)
    assert urls(idp, at, made) == []
    receive(running, at.pool)
    (shown,) = urls(idp, at, made)
    assert shown["URL"] == URL
    assert shown["ExpirationDate"] - shown["CachedDate"] == timedelta(days=1)
    # Nothing is fetched until it expires; then the URL is listed without dates.
    receive(running, at.pool)
    running.world.clock.advance(DAY - 1)
    receive(running, at.pool)
    assert documents.asked == [URL]
    running.world.clock.advance(1)
    assert urls(idp, at, made) == [{"URL": URL}]
    receive(running, at.pool)
    assert documents.asked == [URL, URL]
    assert urls(idp, at, made)[0]["CachedDate"] > shown["CachedDate"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (f"max-age={2 * DAY}", 2 * DAY),
        (f"public, Max-Age = {2 * DAY}, immutable", 2 * DAY),
        (f'max-age="{YEAR}"', YEAR),
        (f"max-age={DAY}", DAY),
        (f"max-age={DAY - 1}", 5 * DAY),
        (f"max-age={YEAR + 1}", 5 * DAY),
        ("max-age=0, no-store", 5 * DAY),
        (f"s-maxage={2 * DAY}", 5 * DAY),
        (f"x-max-age={2 * DAY}", 5 * DAY),
        (f"max-age={2 * DAY}x", 5 * DAY),
        ("", 5 * DAY),
    ],
)
def test_how_long_a_document_is_cached(
    running: Running, idp: Any, at: Setup, documents: Documents, header: str, seconds: int
) -> None:
    """Between one day and one year the header counts, else the policy [API reference, CacheDuration]."""
    made = create(idp, at, CacheDuration=5 * DAY)
    documents.answers[URL] = answer(cache_control=header)
    receive(running, at.pool)
    (shown,) = urls(idp, at, made)
    assert shown["ExpirationDate"] - shown["CachedDate"] == timedelta(seconds=seconds)


def test_pages_of_urls(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made, other = create(idp, at), create(idp, at)
    names = [f"https://app.example.com/{number}.json" for number in range(5)]
    for name in names:
        documents.put(name)
        receive(running, at.pool, name)
    first = idp.list_client_metadata_urls(**where(at, made), MaxResults=3)
    second = idp.list_client_metadata_urls(**where(at, made), MaxResults=3, NextToken=first["NextToken"])
    assert [one["URL"] for one in first["ClientMetadataURLs"] + second["ClientMetadataURLs"]] == names
    assert "NextToken" not in second
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_client_metadata_urls(**where(at, other), NextToken=first["NextToken"])
    assert urls(idp, at, other) == []


def test_the_oldest_urls_leave(
    running: Running, idp: Any, at: Setup, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cognito_emulator.flows.tokens.client_metadata.MAX_URLS", 2)
    made = create(idp, at)
    names = [f"https://app.example.com/{number}.json" for number in range(3)]
    for name in names:
        documents.put(name)
        receive(running, at.pool, name)
    assert [one["URL"] for one in urls(idp, at, made)] == names[1:]


def test_refresh(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    running.world.clock.advance(60)
    idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="REFRESH")
    assert documents.asked == [URL, URL]
    (shown,) = urls(idp, at, made)
    assert shown["CachedDate"].timestamp() == pytest.approx(running.world.clock.now(), abs=2)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (WebError("down"), "The client metadata document cannot be retrieved."),
        (answer(status=404), "The server of the client metadata document answers with status 404."),
        (answer(document(client_id="x")), "client_id in the client metadata document must equal its URL."),
    ],
)
def test_a_refresh_that_fails_changes_nothing(
    running: Running, idp: Any, at: Setup, documents: Documents, found: Any, text: str
) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    before = urls(idp, at, made)
    documents.answers[URL] = found
    with refused("InvalidParameterException", text):
        idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="REFRESH")
    assert urls(idp, at, made) == before


def test_invalidate(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="INVALIDATE")
    assert urls(idp, at, made) == [{"URL": URL}]
    text = f"No client metadata document is cached for {URL}."
    for action in ("REFRESH", "INVALIDATE"):
        with refused("CachedCIMDURLDoesNotExistException", text):
            idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action=action)
    receive(running, at.pool)
    assert documents.asked == [URL, URL]
    assert "CachedDate" in urls(idp, at, made)[0]


def test_what_is_not_cached(running: Running, idp: Any, at: Setup, documents: Documents) -> None:
    made, other = create(idp, at), create(idp, at)
    receive(running, at.pool)
    for policy, url in ((made, "https://app.example.com/other.json"), (other, URL)):
        with refused("CachedCIMDURLDoesNotExistException", f"No client metadata document is cached for {url}."):
            idp.update_client_metadata_url_state(**where(at, policy), URL=url, Action="REFRESH")
    running.world.clock.advance(DAY)
    with refused("CachedCIMDURLDoesNotExistException"):
        idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="INVALIDATE")
    with refused("InvalidParameterException"):
        idp.update_client_metadata_url_state(**where(at, made), URL=URL, Action="FORGET")
    with refused("InvalidParameterException"):
        idp.update_client_metadata_url_state(**where(at, made), URL="http://app.example.com/x", Action="REFRESH")


def test_documents_that_new_patterns_refuse_are_dropped(
    running: Running, idp: Any, at: Setup, documents: Documents
) -> None:
    made = create(idp, at)
    receive(running, at.pool)
    needed = {"ClientId": at.client, "URLPatterns": ["https://app.example.com/*"]}
    idp.update_cimd_policy(**where(at, made), **needed)
    assert len(urls(idp, at, made)) == 1
    idp.update_cimd_policy(**where(at, made), **{**needed, "URLPatterns": ["https://other.example/*"]})
    assert urls(idp, at, made) == []
