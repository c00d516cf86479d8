"""Styles of managed login."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.errors import InvalidParameter
from tests.helpers.build import Setup, refused, setup
from tests.helpers.harness import Running
from tests.helpers.raw import post

NOBODY = "00000000-0000-4000-8000-000000000000"
SETTINGS = {
    "components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "ff0000ff"}}}},
    "own": [3, 1, 2.5, {"b": True, "a": []}],
}
LOGO = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": b"\x89PNG light"}
DARK_LOGO = {**LOGO, "ColorMode": "DARK", "Bytes": b"\x89PNG dark"}
CHOICE = "useCognitoProvidedValues or settings should be specified (but not both)"


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running)


def create(idp: Any, at: Setup, **members: Any) -> Any:
    return idp.create_managed_login_branding(UserPoolId=at.pool, ClientId=at.client, **members)["ManagedLoginBranding"]


def provided(idp: Any, at: Setup) -> Any:
    return create(idp, at, UseCognitoProvidedValues=True)


def describe(idp: Any, made: Any, **members: Any) -> Any:
    where = {"UserPoolId": made["UserPoolId"], "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    return idp.describe_managed_login_branding(**where, **members)["ManagedLoginBranding"]


def by_client(idp: Any, at: Setup, **members: Any) -> Any:
    where = {"UserPoolId": at.pool, "ClientId": at.client}
    return idp.describe_managed_login_branding_by_client(**where, **members)["ManagedLoginBranding"]


def update(idp: Any, made: Any, **members: Any) -> Any:
    where = {"UserPoolId": made["UserPoolId"], "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    return idp.update_managed_login_branding(**where, **members)["ManagedLoginBranding"]


def test_amazons_values(idp: Any, at: Setup) -> None:
    made = provided(idp, at)
    assert made == describe(idp, made) == by_client(idp, at)
    dates = {name: made.pop(name) for name in ("CreationDate", "LastModifiedDate")}
    assert dates["CreationDate"] == dates["LastModifiedDate"]
    assert made.pop("ManagedLoginBrandingId")
    assert made == {"UserPoolId": at.pool, "UseCognitoProvidedValues": True, "Assets": []}


def test_own_settings_come_back_as_sent(idp: Any, at: Setup) -> None:
    made = create(idp, at, Settings=SETTINGS, Assets=[LOGO, DARK_LOGO])
    assert made == describe(idp, made) == by_client(idp, at)
    assert made["UseCognitoProvidedValues"] is False
    assert made["Settings"] == SETTINGS
    assert made["Assets"] == [LOGO, DARK_LOGO]


def test_merged_with_what_lies_under_it(idp: Any, at: Setup) -> None:
    made = create(idp, at, Settings=SETTINGS, Assets=[LOGO])
    whole = describe(idp, made, ReturnMergedResources=True)
    assert whole == by_client(idp, at, ReturnMergedResources=True)
    assert whole["Assets"] == [LOGO]
    buttons = whole["Settings"]["components"]["primaryButton"]
    assert buttons["lightMode"]["defaults"] == {"backgroundColor": "ff0000ff", "textColor": "ffffffff"}
    assert buttons["darkMode"]["defaults"] == {"backgroundColor": "539fe5ff", "textColor": "000716ff"}
    assert whole["Settings"]["own"] == SETTINGS["own"]
    assert whole["Settings"]["categories"]["global"]["colorSchemeMode"] == "LIGHT"
    # What Amazon gives can be sent as one's own and is the same then.
    again = update(idp, made, Settings=whole["Settings"])
    assert again["Settings"] == whole["Settings"] == describe(idp, made, ReturnMergedResources=True)["Settings"]
    # The document under it is not changed by anybody's style.
    plain = update(idp, made, UseCognitoProvidedValues=True)
    colours = describe(idp, plain, ReturnMergedResources=True)["Settings"]["components"]["primaryButton"]["lightMode"]
    assert colours["defaults"]["backgroundColor"] == "0972d3ff"


def test_update_keeps_what_is_left_out(running: Running, idp: Any, at: Setup) -> None:
    made = create(idp, at, Settings=SETTINGS, Assets=[LOGO])
    running.world.clock.advance(5)
    same = update(idp, made)
    assert {**same, "LastModifiedDate": made["LastModifiedDate"]} == made
    assert same["LastModifiedDate"] > made["LastModifiedDate"]
    other = {**LOGO, "Bytes": b"\x89PNG other"}
    changed = update(idp, made, UseCognitoProvidedValues=False, Assets=[other, DARK_LOGO])
    assert changed["Settings"] == SETTINGS
    assert changed["Assets"] == [other, DARK_LOGO]
    assert update(idp, made, Settings={"own": 1})["Settings"] == {"own": 1}
    described = describe(idp, made)
    sent = {name: described[name] for name in ("Settings", "Assets", "UseCognitoProvidedValues")}
    assert {**update(idp, made, **sent), "LastModifiedDate": 0} == {**described, "LastModifiedDate": 0}
    plain = update(idp, made, UseCognitoProvidedValues=True)
    assert plain["UseCognitoProvidedValues"] is True
    assert "Settings" not in plain
    assert by_client(idp, at) == plain
    assert update(idp, made, Settings=SETTINGS)["UseCognitoProvidedValues"] is False


def test_one_or_the_other(idp: Any, at: Setup) -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"UseCognitoProvidedValues": False},
        {"Assets": [LOGO]},
        {"UseCognitoProvidedValues": True, "Settings": SETTINGS},
    ]
    for members in wrong:
        with refused("InvalidParameterException", CHOICE):
            create(idp, at, **members)
    made = create(idp, at, UseCognitoProvidedValues=True, Assets=[LOGO])
    assert made["Assets"] == [LOGO]
    for members in wrong[1::2]:
        with refused("InvalidParameterException", CHOICE):
            update(idp, made, **members)
    assert by_client(idp, at) == made


@pytest.mark.parametrize("settings", ["text", [1], 7])
def test_settings_that_are_no_object(running: Running, at: Setup, settings: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"Settings must be a JSON object\."):
        running.call("CreateManagedLoginBranding", UserPoolId=at.pool, ClientId=at.client, Settings=settings)


def test_settings_that_are_too_deep(idp: Any, at: Setup) -> None:
    deep: Any = {}
    for _ in range(40):
        deep = {"a": [deep]}
    with refused("InvalidParameterException", "Settings are nested too deeply."):
        create(idp, at, Settings=deep)


def test_nulls_are_part_of_the_settings(running: Running, at: Setup) -> None:
    """boto3 takes them out of what it sends, and of what it reads."""
    where = {"UserPoolId": at.pool, "ClientId": at.client}
    settings = {"a": None, "b": [{"c": None}]}
    made = post(running, "CreateManagedLoginBranding", {**where, "Settings": settings})
    assert made.json["ManagedLoginBranding"]["Settings"] == settings
    shown = post(running, "DescribeManagedLoginBrandingByClient", {**where, "ReturnMergedResources": True})
    assert shown.json["ManagedLoginBranding"]["Settings"].items() >= settings.items()


def test_settings_that_no_answer_could_show(running: Running, idp: Any, at: Setup) -> None:
    members = f'"UserPoolId": "{at.pool}", "ClientId": "{at.client}"'
    answer = post(running, "CreateManagedLoginBranding", f'{{{members}, "Settings": {{"a": [1e999]}}}}')
    assert answer.status == 400
    assert answer.error == ("InvalidParameterException", "Settings have a number that is out of range.")
    with refused("ResourceNotFoundException"):
        by_client(idp, at)


def test_assets(idp: Any, at: Setup) -> None:
    def wrong(text: str, *assets: Any) -> None:
        with refused("InvalidParameterException", text):
            create(idp, at, UseCognitoProvidedValues=True, Assets=list(assets))

    wrong("Extension PNG is not allowed for FAVICON_ICO.", {**LOGO, "Category": "FAVICON_ICO"})
    wrong("Extension ICO is not allowed for FORM_LOGO.", {**LOGO, "Extension": "ICO"})
    wrong(
        "Extension JPEG is not allowed for IDP_BUTTON_ICON.",
        {**LOGO, "Category": "IDP_BUTTON_ICON", "Extension": "JPEG"},
    )
    for category in ("FORM_LOGO", "PAGE_BACKGROUND", "EMAIL_GRAPHIC", "FAVICON_SVG", "IDP_BUTTON_ICON"):
        # In none of the guide's lists, though the model knows it.
        wrong(f"Extension WEBP is not allowed for {category}.", {**LOGO, "Category": category, "Extension": "WEBP"})
    icons = [
        {
            "Category": "IDP_BUTTON_ICON",
            "ColorMode": "LIGHT",
            "Extension": "SVG",
            "Bytes": b"<svg/>",
            "ResourceId": name,
        }
        for name in ("Google", "Okta")
    ]
    assert create(idp, at, UseCognitoProvidedValues=True, Assets=icons)["Assets"] == icons


def test_assets_of_which_nothing_is_documented(idp: Any, at: Setup) -> None:
    """One without an image; two for one place, of which the second counts."""
    bare = {name: value for name, value in LOGO.items() if name != "Bytes"}
    dark = {**bare, "ColorMode": "DARK"}
    made = create(idp, at, UseCognitoProvidedValues=True, Assets=[bare, dark, LOGO])
    assert made["Assets"] == [LOGO, dark]


def test_forty_assets(idp: Any, at: Setup) -> None:
    icons = [
        {"Category": "IDP_BUTTON_ICON", "ColorMode": "LIGHT", "Extension": "SVG", "ResourceId": f"i{number}"}
        for number in range(40)
    ]
    made = create(idp, at, UseCognitoProvidedValues=True, Assets=icons)
    with refused("InvalidParameterException", "A branding style can have at most 40 assets."):
        update(idp, made, Assets=[LOGO])
    assert len(describe(idp, made)["Assets"]) == 40


def test_one_style_for_a_client(running: Running, idp: Any, at: Setup) -> None:
    made = provided(idp, at)
    with refused(
        "ManagedLoginBrandingExistsException", f"Managed login branding already exists for client {at.client}."
    ):
        provided(idp, at)
    where = {"UserPoolId": at.pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    idp.delete_managed_login_branding(**where)
    with refused("ResourceNotFoundException", f"Managed login branding does not exist for client {at.client}."):
        by_client(idp, at)
    provided(idp, at)


def test_unknown(running: Running, idp: Any, at: Setup) -> None:
    made = provided(idp, at)
    other = setup(running)
    for pool, branding in ((at.pool, NOBODY), (other.pool, made["ManagedLoginBrandingId"])):
        for call in (
            idp.describe_managed_login_branding,
            idp.update_managed_login_branding,
            idp.delete_managed_login_branding,
        ):
            with refused("ResourceNotFoundException", f"Managed login branding {branding} does not exist."):
                call(UserPoolId=pool, ManagedLoginBrandingId=branding)
    for call in (provided, by_client):
        with refused("ResourceNotFoundException", f"User pool client {other.client} does not exist."):
            call(idp, Setup(at.pool, other.client))
    with refused("InvalidParameterException", "Missing required parameter UserPoolId"):
        idp.update_managed_login_branding(ManagedLoginBrandingId=NOBODY)
    with refused("InvalidParameterException", "Missing required parameter ManagedLoginBrandingId"):
        idp.update_managed_login_branding(UserPoolId=at.pool)


def test_tier_and_limit(running: Running, idp: Any, at: Setup) -> None:
    # The operation models no FeatureUnavailableInTierException: it is the domain that a Lite pool cannot have.
    provided(idp, setup(running, UserPoolTier="LITE"))
    for _ in range(20):
        client = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
        provided(idp, Setup(at.pool, client))
    with refused("LimitExceededException", "The limit of 20 branding styles per user pool is reached."):
        provided(idp, at)


@pytest.mark.parametrize("whole", [True, False])
def test_deleting_the_owner(running: Running, idp: Any, at: Setup, whole: bool) -> None:
    provided(idp, at)
    if whole:
        idp.delete_user_pool(UserPoolId=at.pool)
    else:
        idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert len(running.world.store.brandings) == 0
