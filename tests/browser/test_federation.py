"""From the button on the sign-in page to a mock provider, on another site, and back to the app."""

from __future__ import annotations

import pytest

from cognito_emulator.seed import fixups
from tests.browser.journeys import at_app, open_page, pages, press
from tests.helpers.federated import users
from tests.helpers.harness import Running
from tests.helpers.mock_provider import DETAILS
from tests.helpers.saml import metadata
from tests.helpers.saml_idp import CERTIFICATE
from tests.helpers.site import Site
from tests.helpers.watch import Watch


def provide(running: Running, place: Site, name: str, kind: str, details: dict[str, str]) -> None:
    """Let people sign in at a provider, too."""
    running.call(
        "CreateIdentityProvider",
        UserPoolId=place.pool,
        ProviderName=name,
        ProviderType=kind,
        ProviderDetails=details,
        AttributeMapping={"email": "email"},
    )
    shown = running.call("DescribeUserPoolClient", UserPoolId=place.pool, ClientId=place.client)["UserPoolClient"]
    kept = ("UserPoolId", "ClientId", "CallbackURLs", "AllowedOAuthFlows", "AllowedOAuthScopes")
    members = {member: shown[member] for member in (*kept, "AllowedOAuthFlowsUserPoolClient")}
    running.call("UpdateUserPoolClient", **members, SupportedIdentityProviders=["COGNITO", name])


def test_sign_in_at_a_saml_provider(running: Running, watch: Watch, app_url: str) -> None:
    """The answer comes as a form from another site, for which browsers keep most cookies back."""
    place = pages(running, app_url)
    provide(
        running,
        place,
        "Corp",
        "SAML",
        {"MetadataFile": metadata(certificate=CERTIFICATE), "EncryptedResponses": "true"},
    )

    async def become_mock() -> None:
        fixups.make_mock(running.world, (place.pool, "Corp"))

    running.run(become_mock())
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name="Corp").click()
    page.get_by_role("heading", name="Sign in with").wait_for()
    watch.look("mock")
    page.get_by_label("Email", exact=True).fill("zoe@example.com")
    page.get_by_label("Subject (sub)").fill("zoe")
    press(page, "Continue")
    assert at_app(page, app_url)["code"]
    assert users(running, place.pool)["Corp_zoe"]["email"] == "zoe@example.com"


@pytest.mark.parametrize("name", ["Google", "SignInWithApple"])
def test_sign_in_at_a_provider(running: Running, watch: Watch, app_url: str, name: str) -> None:
    """The pages are at pages.auth.localhost, the provider at localhost: cookies have to survive the way, and Apple's
    answer is a form that sends itself."""
    place = pages(running, app_url)
    provide(running, place, name, name, DETAILS[name])
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name=name.removeprefix("SignInWith")).click()
    page.get_by_role("heading", name="Sign in with").wait_for()
    watch.look("mock")
    page.get_by_label("Email", exact=True).fill("zoe@example.com")
    page.get_by_label("Subject (sub)").fill("zoe")
    press(page, "Continue")
    assert at_app(page, app_url)["code"]
    assert users(running, place.pool)[f"{name}_zoe"]["email"] == "zoe@example.com"
