"""The hosted login under its real domain: a browser reaches it by the proxy of --impersonate."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Browser

from cognito_emulator import Emulator
from tests.helpers.build import PASSWORD
from tests.helpers.oauth_client import OAUTH

POOL, CLIENT = "us-east-1_Abcdefghi", "4abcdefghijklmnopqrstuvwxy"
DOMAIN = "shop.auth.us-east-1.amazoncognito.com"


def test_sign_in_at_the_pools_own_domain(chromium: Browser, app_url: str, tmp_path: Path) -> None:
    client = {"ClientName": "c", "ClientId": CLIENT, **OAUTH, "CallbackURLs": [app_url]}
    users = [{"Username": "ann", "Password": PASSWORD}]
    seed = {"UserPools": [{"Id": POOL, "PoolName": "p", "Clients": [client], "Users": users}]}
    with Emulator(seed=seed, impersonate=True, tls_dir=str(tmp_path)) as emulator:
        emulator.client().create_user_pool_domain(UserPoolId=POOL, Domain="shop")
        # The authority is in no store of this machine: Chromium's own check is not what is tested.
        context = chromium.new_context(proxy={"server": emulator.url}, ignore_https_errors=True)
        page = context.new_page()
        query = urlencode({"client_id": CLIENT, "response_type": "code", "redirect_uri": app_url})
        page.goto(f"https://{DOMAIN}/login?{query}")
        assert urlsplit(page.url).netloc == DOMAIN
        page.fill("input[name=username]", "ann")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{app_url}?*")
        assert parse_qs(urlsplit(page.url).query).keys() == {"code"}
        (cookie,) = [one for one in context.cookies(f"https://{DOMAIN}/") if one.get("name") == "cognito"]
        assert (cookie.get("domain"), cookie.get("secure")) == (DOMAIN, True)
        context.close()
