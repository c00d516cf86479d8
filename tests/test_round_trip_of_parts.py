"""As tests/test_round_trip.py, for what hangs on a pool or a client: nothing may drift when its description comes back.

Every member of the operations that set it, those inside structures too, is in at least one case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.contract.written_for import written_for
from tests.helpers.build import Setup, setup
from tests.helpers.harness import Running
from tests.helpers.risk import BLOCKS, COMPROMISED, EXCEPTIONS, NOTIFY
from tests.helpers.round_trip import IDENTITY, feed_back, without_dates

PNG = b"\x89PNG\r\n\x1a\n"


def given(value: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of what a case sets."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield f"{path}{name}"
            yield from given(inner, f"{path}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from given(inner, path)


def check_complete(operation: str, cases: Iterable[Mapping[str, Any]], *ids: str) -> None:
    told = {path for case in cases for path in given(case)}
    assert set(written_for()["cognito-idp", operation].inputs) - told == set(ids)


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running)


# --- managed login branding ------------------------------------------------------------------------------

LOGO = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}
BRANDINGS: dict[str, dict[str, Any]] = {
    "Amazon's values": {"UseCognitoProvidedValues": True},
    "one's own": {
        "UseCognitoProvidedValues": False,
        "Settings": {"categories": {"global": {"colorSchemeMode": "DARK"}}, "own": [1, 2.5, None, {"a": []}]},
    },
    "images": {
        "UseCognitoProvidedValues": True,
        "Assets": [
            LOGO,
            {**LOGO, "ColorMode": "DARK"},
            {"Category": "IDP_BUTTON_ICON", "ColorMode": "LIGHT", "Extension": "SVG", "ResourceId": "Google"},
        ],
    },
}


@pytest.mark.parametrize("case", sorted(BRANDINGS))
def test_brandings(running: Running, idp: Any, at: Setup, case: str) -> None:
    made = idp.create_managed_login_branding(UserPoolId=at.pool, ClientId=at.client, **BRANDINGS[case])
    before = made["ManagedLoginBranding"]
    for name, value in BRANDINGS[case].items():
        assert before[name] == value
    ids = {name: before[name] for name in ("UserPoolId", "ManagedLoginBrandingId")}
    assert idp.describe_managed_login_branding(**ids)["ManagedLoginBranding"] == before
    running.world.clock.advance(5)
    idp.update_managed_login_branding(**feed_back("UpdateManagedLoginBranding", before))
    after = idp.describe_managed_login_branding(**ids)["ManagedLoginBranding"]
    assert without_dates(after) == without_dates(before)
    assert after["LastModifiedDate"] > before["LastModifiedDate"]


def test_every_member_of_a_branding() -> None:
    check_complete("CreateManagedLoginBranding", BRANDINGS.values(), "UserPoolId", "ClientId")


# --- terms -----------------------------------------------------------------------------------------------

TERMS: dict[str, dict[str, Any]] = {
    name: {
        "TermsName": name,
        "TermsSource": "LINK",
        "Enforcement": "NONE",
        "Links": {"cognito:default": "https://example.com/all", "cognito:french": "https://example.com/fr"},
    }
    for name in ("terms-of-use", "privacy-policy")
}


@pytest.mark.parametrize("case", sorted(TERMS))
def test_terms(idp: Any, at: Setup, case: str) -> None:
    before = idp.create_terms(UserPoolId=at.pool, ClientId=at.client, **TERMS[case])["Terms"]
    ids = {"UserPoolId": at.pool, "TermsId": before["TermsId"]}
    assert {name: before[name] for name in TERMS[case]} == TERMS[case]
    assert idp.describe_terms(**ids)["Terms"] == before
    idp.update_terms(**feed_back("UpdateTerms", before))
    assert without_dates(idp.describe_terms(**ids)["Terms"]) == without_dates(before)


def test_every_member_of_terms() -> None:
    check_complete("CreateTerms", TERMS.values(), "UserPoolId", "ClientId")


# --- risk configuration ----------------------------------------------------------------------------------

RISKS: dict[str, dict[str, Any]] = {
    "everything": BLOCKS,
    "credentials": {"CompromisedCredentialsRiskConfiguration": COMPROMISED},
    "every event": {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "NO_ACTION"}}},
    "one level": {
        "AccountTakeoverRiskConfiguration": {"Actions": {"LowAction": {"Notify": False, "EventAction": "NO_ACTION"}}}
    },
    "a sender": {
        "AccountTakeoverRiskConfiguration": {
            "NotifyConfiguration": {"SourceArn": IDENTITY, "BlockEmail": NOTIFY["BlockEmail"]},
            "Actions": {"HighAction": {"Notify": True, "EventAction": "MFA_REQUIRED"}},
        }
    },
    "exceptions": {"RiskExceptionConfiguration": EXCEPTIONS},
    "no ranges": {"RiskExceptionConfiguration": {"BlockedIPRangeList": []}},
}


@pytest.mark.parametrize("of_client", [False, True])
@pytest.mark.parametrize("case", sorted(RISKS))
def test_risks(idp: Any, at: Setup, case: str, of_client: bool) -> None:
    ids = {"UserPoolId": at.pool} | ({"ClientId": at.client} if of_client else {})
    made = idp.set_risk_configuration(**ids, **RISKS[case])["RiskConfiguration"]
    before = idp.describe_risk_configuration(**ids)["RiskConfiguration"]
    assert before == made
    idp.set_risk_configuration(**feed_back("SetRiskConfiguration", before))
    after = idp.describe_risk_configuration(**ids)["RiskConfiguration"]
    assert without_dates(after) == without_dates(before)


def test_every_member_of_a_risk_configuration() -> None:
    check_complete("SetRiskConfiguration", RISKS.values(), "UserPoolId", "ClientId")


# --- classic pages, logs, tags ---------------------------------------------------------------------------

LOOKS: dict[str, dict[str, Any]] = {
    "colours": {"CSS": ".banner-customizable {background-color: #123456;}"},
    "colours and image": {"CSS": ".logo-customizable {max-width: 50%;}", "ImageFile": PNG},
}


@pytest.mark.parametrize("case", sorted(LOOKS))
def test_looks(running: Running, idp: Any, at: Setup, case: str) -> None:
    """The description tells an image by its address, so that whoever updates sends the file again. CSSVersion is the
    time of the change."""
    running.world.clock.freeze()
    idp.create_user_pool_domain(UserPoolId=at.pool, Domain="here")
    ids = {"UserPoolId": at.pool, "ClientId": at.client}
    before = idp.set_ui_customization(**ids, **LOOKS[case])["UICustomization"]
    assert idp.get_ui_customization(**ids)["UICustomization"] == before
    again = feed_back("SetUICustomization", before, **{k: v for k, v in LOOKS[case].items() if k == "ImageFile"})
    idp.set_ui_customization(**again)
    after = idp.get_ui_customization(**ids)["UICustomization"]
    assert without_dates(after) == without_dates(before)


def test_every_member_of_a_look() -> None:
    check_complete("SetUICustomization", LOOKS.values(), "UserPoolId", "ClientId")


PLACES: dict[str, dict[str, str]] = {
    "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:g"},
    "S3Configuration": {"BucketArn": "arn:aws:s3:::bucket"},
    "FirehoseConfiguration": {"StreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/s"},
}
LOGS = [
    {"LogLevel": level, "EventSource": source, name: PLACES[name]}
    for level, source, name in (
        ("ERROR", "userNotification", "CloudWatchLogsConfiguration"),
        ("INFO", "userAuthEvents", "S3Configuration"),
        ("INFO", "userAuthEvents", "FirehoseConfiguration"),
    )
]


@pytest.mark.parametrize("entry", LOGS, ids=list(PLACES))
def test_log_delivery(running: Running, idp: Any, entry: dict[str, Any]) -> None:
    pool = setup(running, UserPoolTier="PLUS").pool
    before = idp.set_log_delivery_configuration(UserPoolId=pool, LogConfigurations=[entry])["LogDeliveryConfiguration"]
    assert before == {"UserPoolId": pool, "LogConfigurations": [entry]}
    assert idp.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"] == before
    idp.set_log_delivery_configuration(**feed_back("SetLogDeliveryConfiguration", before))
    assert idp.get_log_delivery_configuration(UserPoolId=pool)["LogDeliveryConfiguration"] == before


def test_every_member_of_log_delivery() -> None:
    check_complete("SetLogDeliveryConfiguration", [{"LogConfigurations": LOGS}], "UserPoolId")


def test_tags(idp: Any) -> None:
    pool = idp.create_user_pool(PoolName="p", UserPoolTags={"team": "a", "empty": ""})["UserPool"]
    before = idp.list_tags_for_resource(ResourceArn=pool["Arn"])["Tags"]
    assert before == {"team": "a", "empty": ""}
    idp.tag_resource(ResourceArn=pool["Arn"], Tags=before)
    assert idp.list_tags_for_resource(ResourceArn=pool["Arn"])["Tags"] == before
    described = idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert described["UserPoolTags"] == before
    idp.update_user_pool(**feed_back("UpdateUserPool", described, UserPoolId=pool["Id"]))
    assert idp.list_tags_for_resource(ResourceArn=pool["Arn"])["Tags"] == before
