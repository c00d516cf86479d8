"""From the button on the sign-in page to a pretended provider, on another site, and back to the app."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Watch
from tests.browser.journeys import at_app, open_page, pages, press
from tests.harness import Running
from tests.oauth.federated import users
from tests.oauth.test_federation_pretend import DETAILS

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("name", ["Google", "SignInWithApple"])
def test_sign_in_at_a_provider(running: Running, watch: Watch, app_url: str, name: str) -> None:
    """The pages are at pages.auth.localhost, the provider at localhost: cookies have to survive the way, and Apple's
    answer is a form that sends itself."""
    place = pages(running, app_url)
    running.call(
        "CreateIdentityProvider",
        UserPoolId=place.pool,
        ProviderName=name,
        ProviderType=name,
        ProviderDetails=DETAILS[name],
        AttributeMapping={"email": "email"},
    )
    shown = running.call("DescribeUserPoolClient", UserPoolId=place.pool, ClientId=place.client)["UserPoolClient"]
    kept = ("UserPoolId", "ClientId", "CallbackURLs", "AllowedOAuthFlows", "AllowedOAuthScopes")
    members = {member: shown[member] for member in (*kept, "AllowedOAuthFlowsUserPoolClient")}
    running.call("UpdateUserPoolClient", **members, SupportedIdentityProviders=["COGNITO", name])
    page = open_page(watch, place, app_url)
    page.get_by_role("link", name=name.removeprefix("SignInWith")).click()
    page.get_by_role("heading", name="Sign in with").wait_for()
    watch.look("pretend")
    page.get_by_label("Email", exact=True).fill("zoe@example.com")
    page.get_by_label("Subject (sub)").fill("zoe")
    press(page, "Continue")
    assert at_app(page, app_url)["code"]
    assert users(running, place.pool)[f"{name}_zoe"]["email"] == "zoe@example.com"
