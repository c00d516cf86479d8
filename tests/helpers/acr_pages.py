"""The pages with levels of authentication."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import Factors, Totp
from tests.helpers.acr_claims import LEVEL, Said, of
from tests.helpers.browser import APP, Answer, Browser
from tests.helpers.build import PASSWORD, SMS, totp, user
from tests.helpers.harness import Running
from tests.helpers.site import Site, site


def redeem(place: Site, code: str) -> dict[str, Any]:
    """The tokens of a code, by their wire names."""
    body = {"grant_type": "authorization_code", "client_id": place.client, "code": code, "redirect_uri": APP}
    answer = Browser(place.running.port, place.host).post("/oauth2/token", body)
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)
    return {"IdToken": found["id_token"], "AccessToken": found["access_token"], "RefreshToken": found["refresh_token"]}


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Place:
    """A pool with MFA by authenticator and SMS, and Ann, whose factors a test switches on."""

    def __init__(self, running: Running, client: dict[str, Any] | None = None, **pool: Any) -> None:
        self.running = running
        self.site = site(running, client=client, SmsConfiguration=SMS, **pool)
        if pool.get("UserPoolTier") != "LITE":
            self.mfa("OPTIONAL")
        user(running, self.site.pool, email="ann@example.com", phone_number="+15551234567")

    def mfa(self, mode: str) -> None:
        factors = {
            "SmsMfaConfiguration": {"SmsConfiguration": SMS},
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
        }
        members = {"MfaConfiguration": mode, **({} if mode == "OFF" else factors)}
        self.running.call("SetUserPoolMfaConfig", UserPoolId=self.site.pool, **members)

    def have(self, *factors: str) -> None:
        async def put() -> None:
            world = self.running.world
            found = names.find(world.store, world.store.pools.get(self.site.pool), "ann")  # type: ignore[arg-type]
            assert found is not None
            secret = SECRET if "SOFTWARE_TOKEN_MFA" in factors else None
            with world.store.write():
                world.store.users.put(replace(found, factors=Factors(frozenset(factors), None, Totp(secret))))

        self.running.run(put())

    def ask(self, browser: Browser, *levels: int, **more: str) -> Answer:
        values = " ".join(LEVEL(one) for one in levels)
        return browser.get(f"/oauth2/authorize?{self.site.query(acr_values=values, **more)}")

    def password(self, browser: Browser) -> Answer:
        """User name and password, on one page or two."""
        page = browser.page
        assert page is not None
        if page.soup.find("input", {"name": "password"}) is None:
            browser.submit(username="ann")
            return browser.submit(password=PASSWORD)
        return browser.submit(username="ann", password=PASSWORD)

    def signed_in(self, *factors: str) -> Browser:
        """A browser in which Ann is signed in by her password, before she gets these factors."""
        browser = self.site.at("/oauth2/authorize")
        assert self.password(browser).left
        self.have(*factors)
        return browser

    def totp(self) -> str:
        return totp(SECRET, self.running.world.clock.now())

    def told(self, back: Answer) -> Said:
        assert back.left, back.body
        assert back.params["state"] == "st-1"
        return of(redeem(self.site, back.params["code"]))
