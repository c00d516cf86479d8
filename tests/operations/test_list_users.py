"""ListUsers by boto3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused, setup
from tests.helpers.harness import Running


def create(running: Running, pool: str, username: str, **attributes: str) -> str:
    listed = [{"Name": name.replace("__", ":"), "Value": value} for name, value in attributes.items()]
    made = running.call(
        "AdminCreateUser", UserPoolId=pool, Username=username, UserAttributes=listed, MessageAction="SUPPRESS"
    )["User"]
    return str(made["Attributes"][0]["Value"])


@pytest.fixture
def pool(running: Running) -> str:
    return setup(running).pool


@pytest.fixture
def three(running: Running, pool: str) -> str:
    create(running, pool, "Ann", email="Same@Example.com", name="Zoe", given_name="Ann")
    create(running, pool, "ann", email="same@example.com", name="Abe", phone_number="+15551234567")
    create(running, pool, "bob", email="bob@example.com", name="Aby")
    return pool


def names(idp: Any, pool: str, text: str | None = None, **more: Any) -> list[str]:
    if text is not None:
        more["Filter"] = text
    return [found["Username"] for found in idp.list_users(UserPoolId=pool, **more)["Users"]]


def test_all_users(idp: Any, three: str) -> None:
    answer = idp.list_users(UserPoolId=three)
    assert [found["Username"] for found in answer["Users"]] == ["Ann", "ann", "bob"]
    assert "PaginationToken" not in answer
    assert set(answer["Users"][0]) == {
        "Username", "Attributes", "UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus",
    }  # fmt: skip
    assert names(idp, three, "") == ["Ann", "ann", "bob"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('username = "ann"', ["ann"]),
        ('username = "ANN"', []),
        ('username ^= "A"', ["Ann"]),
        ('email = "SAME@example.com"', ["Ann", "ann"]),
        ('email ^= "same@"', ["Ann", "ann"]),
        ('phone_number = "+15551234567"', ["ann"]),
        ('phone_number ^= "+1555"', ["ann"]),
        ('sub = "nobody"', []),
        ('name ^= "a"', ["ann", "bob"]),
        ('name ^= ""', ["ann", "bob", "Ann"]),  # in order of the attribute
        ('given_name = "ann"', ["Ann"]),
        ('cognito:user_status = "force_change_password"', ["Ann", "ann", "bob"]),
        ('status = "Disabled"', []),
    ],
)
def test_filters(idp: Any, three: str, text: str, found: list[str]) -> None:
    assert names(idp, three, text) == found


def test_filter_by_sub_and_state(running: Running, idp: Any, three: str) -> None:
    sub = create(running, three, "eve")
    assert names(idp, three, f'sub = "{sub}"') == ["eve"]
    assert names(idp, three, f'sub = "{sub.upper()}"') == ["eve"]
    idp.admin_disable_user(UserPoolId=three, Username="eve")
    assert names(idp, three, 'status = "Disabled"') == ["eve"]


def test_user_names_are_compared_with_their_case_in_every_pool(running: Running, idp: Any) -> None:
    pool = setup(running, UsernameConfiguration={"CaseSensitive": False}).pool
    create(running, pool, "Ann")
    assert names(idp, pool, 'username = "Ann"') == ["Ann"]
    assert names(idp, pool, 'username = "ann"') == []


def test_other_pools_are_not_searched(running: Running, idp: Any, three: str) -> None:
    other = setup(running).pool
    sub = create(running, three, "eve", phone_number="+15557654321")
    for text in ('username = "bob"', f'sub = "{sub}"', 'phone_number = "+15557654321"', 'name ^= "a"', ""):
        assert names(idp, other, text) == []


def test_filters_that_are_refused(idp: Any, pool: str) -> None:
    with refused("InvalidParameterException", "Error while parsing filter."):
        names(idp, pool, "foo")
    with refused("InvalidParameterException", "Invalid search attribute: custom:foo"):
        names(idp, pool, 'custom:foo = "x"')
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        names(idp, "us-east-1_000000000")


# --- AttributesToGet -------------------------------------------------------------------------------------

NOT_THERE = "One or more requested attributes do not exist."


def test_attributes_to_get(idp: Any, three: str) -> None:
    found = idp.list_users(UserPoolId=three, AttributesToGet=["name", "email"])["Users"][2]
    assert found["Attributes"] == [
        {"Name": "email", "Value": "bob@example.com"},
        {"Name": "name", "Value": "Aby"},
    ]
    assert idp.list_users(UserPoolId=three, AttributesToGet=[])["Users"][0]["Attributes"] == []


def test_sub_is_an_attribute_to_get(idp: Any, three: str) -> None:
    """As in the API reference's example."""
    for found in idp.list_users(UserPoolId=three, AttributesToGet=["email", "sub"])["Users"]:
        assert [item["Name"] for item in found["Attributes"]] == ["sub", "email"]


def test_attributes_that_cannot_be_asked_for(idp: Any, three: str) -> None:
    with refused("InvalidParameterException", NOT_THERE):
        idp.list_users(UserPoolId=three, AttributesToGet=["custom:foo"])
    with refused("InvalidParameterException", NOT_THERE):
        idp.list_users(UserPoolId=three, AttributesToGet=["given_name"])
    found = idp.list_users(UserPoolId=three, AttributesToGet=["given_name"], Filter='username = "Ann"')["Users"]
    assert found[0]["Attributes"] == [{"Name": "given_name", "Value": "Ann"}]


# --- pages -----------------------------------------------------------------------------------------------


def pages(idp: Any, pool: str, **request: Any) -> list[list[str]]:
    found, token = [], None
    while True:
        answer = idp.list_users(UserPoolId=pool, **request, **({"PaginationToken": token} if token else {}))
        found.append([item["Username"] for item in answer["Users"]])
        token = answer.get("PaginationToken")
        if token is None:
            return found


@pytest.mark.parametrize("text", ["", 'email = "x@example.com"', 'email ^= "x"'])
def test_pages(running: Running, idp: Any, pool: str, text: str) -> None:
    for number in range(5):
        create(running, pool, f"u{number}", email="x@example.com")
    create(running, pool, "other" if text else "u5", email="o@example.com")
    found = pages(idp, pool, Limit=2, Filter=text)
    assert found[0] == ["u0", "u1"]
    assert found[1] == ["u2", "u3"]
    assert sum(found, []) == [f"u{number}" for number in range(5 if text else 6)]  # noqa: RUF017


def test_sixty_users_a_page(running: Running, idp: Any, pool: str) -> None:
    for number in range(61):
        create(running, pool, f"u{number}")
    assert [len(page) for page in pages(idp, pool)] == [60, 1]
    assert [len(page) for page in pages(idp, pool, Limit=0)] == [60, 1]


def test_a_token_belongs_to_its_request(running: Running, idp: Any, three: str) -> None:
    token = idp.list_users(UserPoolId=three, Limit=1, Filter='name ^= ""')["PaginationToken"]
    idp.list_users(UserPoolId=three, Limit=2, Filter='name ^= ""', PaginationToken=token)
    other = setup(running).pool
    requests: list[dict[str, Any]] = [
        {"UserPoolId": three},
        {"UserPoolId": other, "Filter": 'name ^= ""'},
        {"UserPoolId": three, "Filter": 'name ^= "a"'},
        {"UserPoolId": three, "Filter": 'username = "ann"'},
        {"UserPoolId": three, "Filter": 'name ^= ""', "AttributesToGet": ["name"]},
    ]
    for request in requests:
        with refused("InvalidParameterException", "Invalid pagination token."):
            idp.list_users(**request, PaginationToken=token)
    for forged in ("x", "1.x", token[:-4], token[1:], f"9{token}", token.partition(".")[2]):
        with refused("InvalidParameterException", "Invalid pagination token."):
            idp.list_users(UserPoolId=three, Filter='name ^= ""', PaginationToken=forged)


def test_a_token_is_good_for_an_hour(running: Running, idp: Any, three: str) -> None:
    running.world.clock.freeze()
    token = idp.list_users(UserPoolId=three, Limit=1)["PaginationToken"]
    running.world.clock.advance(3590)
    token = idp.list_users(UserPoolId=three, Limit=1, PaginationToken=token)["PaginationToken"]
    running.world.clock.advance(3590)
    assert names(idp, three, PaginationToken=token) == ["bob"]
    running.world.clock.advance(20)
    with refused("InvalidParameterException", "Invalid pagination token."):
        names(idp, three, PaginationToken=token)
