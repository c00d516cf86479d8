"""Where the source of a rule can be read."""

from __future__ import annotations

import re

import pytest
from botocore.loaders import Loader

from cognito_emulator.domain.rules import RULES
from cognito_emulator.domain.sources import WITHOUT_PAGE, url_of
from tests.helpers.newest import needs_newest

AWS = "https://docs.aws.amazon.com"
RFCS = "https://www.rfc-editor.org/rfc"


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("docs: token-endpoint", f"{AWS}/cognito/latest/developerguide/token-endpoint.html"),
        ("docs: quotas", f"{AWS}/cognito/latest/developerguide/quotas.html"),
        ("docs: CreateTerms", f"{AWS}/cognito-user-identity-pools/latest/APIReference/API_CreateTerms.html"),
        ("docs: RoleMapping", f"{AWS}/cognitoidentity/latest/APIReference/API_RoleMapping.html"),
        ("docs: CommonErrors", f"{AWS}/cognito-user-identity-pools/latest/APIReference/CommonErrors.html"),
        ("RFC 6749 §5.2", f"{RFCS}/rfc6749#section-5.2"),
        ("RFC 7009", f"{RFCS}/rfc7009"),
        ("observed: boto/boto3#3213", "https://github.com/boto/boto3/issues/3213"),
        ("observed: getmoto/moto", "https://github.com/getmoto/moto"),
        ("docs: quotas, tagging", None),
        ("docs: ../x", None),
        ("docs: x\n", None),
        ("observed: boto3#73", None),
        ("service model", None),
        ("our own reading", None),
        ("", None),
    ],
)
def test_which_sources_have_an_address(source: str, url: str | None) -> None:
    assert url_of(source) == url


def test_every_rule_has_an_address_or_is_one_of_those_without_a_page() -> None:
    without = {rule.source for rule in RULES.values() if url_of(rule.source) is None}
    assert without == WITHOUT_PAGE
    urls = {url for rule in RULES.values() if (url := url_of(rule.source))}
    assert len(urls) > 80
    assert all(re.fullmatch(r"https://[a-z.-]+(?:/[A-Za-z0-9_.-]+)+(?:#section-[0-9.]+)?", url) for url in urls), urls


@needs_newest
def test_names_lead_to_the_reference_of_their_own_service() -> None:
    known = {service: _names(service) for service in ("cognito-idp", "cognito-identity")}
    names = {rule.source.removeprefix("docs: ") for rule in RULES.values() if rule.source.startswith("docs: ")}
    for name in sorted(name for name in names if name[0].isupper() and name != "CommonErrors"):
        service = "cognito-identity" if "/cognitoidentity/" in str(url_of(f"docs: {name}")) else "cognito-idp"
        assert name in known[service], name


def _names(service: str) -> set[str]:
    model = Loader().load_service_model(service, "service-2")
    return {*model["operations"], *model["shapes"]}
