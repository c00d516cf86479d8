"""How pages look: managed login styles, the classic style sheet and logo, and what is not let into a sheet."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from cognito_emulator.domain.hosted.branding import merged
from cognito_emulator.domain.hosted.branding_defaults import DEFAULT_SETTINGS
from cognito_emulator.oauth.pages import theme
from tests.helpers.browser import Answer, Browser
from tests.helpers.build import setup
from tests.helpers.harness import Running
from tests.helpers.page_look import provide
from tests.helpers.site import OAUTH, Site, site

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def opened(place: Site) -> tuple[Browser, Answer]:
    browser = place.at("/login")
    assert browser.page is not None
    return browser, browser.page


def sheets(browser: Browser, page: Answer) -> list[Answer]:
    return [browser.get(str(link["href"])) for link in page.soup.select("link[rel=stylesheet]")]


def variables(sheet: str, *, dark: bool = False) -> dict[str, str]:
    light, _, night = sheet.partition("@media")
    return dict(re.findall(r"--([\w-]+):([^;}]+)", night if dark else light))


def asset(category: str, mode: str = "LIGHT", extension: str = "PNG", **more: Any) -> dict[str, Any]:
    return {"Category": category, "ColorMode": mode, "Extension": extension, "Bytes": PNG, **more}


def styled(running: Running, settings: dict[str, Any], *assets: dict[str, Any], **pool: Any) -> Site:
    made = setup(running, OAUTH, **pool)
    running.call("CreateUserPoolDomain", UserPoolId=made.pool, Domain="styled", ManagedLoginVersion=2)
    running.call(
        "CreateManagedLoginBranding",
        UserPoolId=made.pool,
        ClientId=made.client,
        Settings=settings,
        Assets=[{**one, "Bytes": base64.b64encode(one["Bytes"]).decode()} for one in assets],
    )
    return Site(running, made.pool, made.client, "styled")


def test_colours_and_corners_of_a_style_are_worn(running: Running) -> None:
    place = styled(
        running,
        {
            "components": {
                "primaryButton": {
                    "lightMode": {"defaults": {"backgroundColor": "AA0011ff", "textColor": "#ffeeddcc"}},
                    "darkMode": {"defaults": {"backgroundColor": "112233ff"}},
                },
                "form": {"borderRadius": 3},
            },
            "componentClasses": {"input": {"borderRadius": 12.5}},
            "categories": {"global": {"colorSchemeMode": "DYNAMIC", "spacingDensity": "COMPACT"}},
        },
    )
    browser, page = opened(place)
    found = sheets(browser, page)
    assert [sheet.headers["content-type"] for sheet in found] == ["text/css; charset=utf-8"] * 2
    light, dark = variables(found[1].body), variables(found[1].body, dark=True)
    assert (light["primary-bg"], light["primary-text"], dark["primary-bg"]) == ("#aa0011ff", "#ffeeddcc", "#112233ff")
    assert (light["form-radius"], light["input-radius"], light["button-radius"]) == ("3px", "12.5px", "8px")
    assert light["space"] == "1rem"
    assert light["link"] == "#0972d3ff"  # Amazon's, below what the style says


@pytest.mark.parametrize(("mode", "scheme"), [("LIGHT", "light"), ("DARK", "dark"), ("DYNAMIC", "both")])
def test_colour_schemes(running: Running, mode: str, scheme: str) -> None:
    place = styled(running, {"categories": {"global": {"colorSchemeMode": mode}}})
    browser, page = opened(place)
    body = sheets(browser, page)[1].body
    schemes = set(re.findall(r"color-scheme:(\w+)", body))
    assert schemes == ({"light", "dark"} if scheme == "both" else {scheme})


def test_a_changed_style_has_another_address_and_may_be_kept_for_ever(running: Running) -> None:
    place = styled(running, {"components": {"form": {"borderRadius": 3}}})
    browser, page = opened(place)
    first = str(page.soup.select("link[rel=stylesheet]")[1]["href"])
    assert browser.get(first).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert browser.get(first.partition("?")[0]).headers["cache-control"] == "no-cache"
    style = running.call("DescribeManagedLoginBrandingByClient", UserPoolId=place.pool, ClientId=place.client)
    running.call(
        "UpdateManagedLoginBranding",
        UserPoolId=place.pool,
        ManagedLoginBrandingId=style["ManagedLoginBranding"]["ManagedLoginBrandingId"],
        Settings={"components": {"form": {"borderRadius": 4}}},
    )
    _, page = opened(place)
    assert str(page.soup.select("link[rel=stylesheet]")[1]["href"]) != first


@pytest.mark.parametrize(
    "value",
    ["red;}body{display:none", "url(https://evil.example)", "12", "", None, 3, {"a": 1}, ["ffffffff"], "ffffffff}"],
)  # fmt: skip
def test_what_is_no_colour_stays_out_of_the_sheet(value: Any) -> None:
    settings = {"components": {"pageBackground": {"lightMode": {"color": value}}}}
    sheet = theme.sheet(merged(DEFAULT_SETTINGS, settings), {})
    assert variables(sheet)["page-bg"] == "#ffffffff"
    assert sheet.count("{") == sheet.count("}") == 1


@pytest.mark.parametrize("value", [-1, 101, "8px", True, None, float("nan")])
def test_what_is_no_length_stays_out_of_the_sheet(value: Any) -> None:
    settings = {"components": {"form": {"borderRadius": value}}}
    assert variables(theme.sheet(merged(DEFAULT_SETTINGS, settings), {}))["form-radius"] == "8px"


def test_every_colour_is_at_a_place_that_amazons_style_has() -> None:
    sheet = theme.sheet(theme.settings_of(None), {})
    for dark in (False, True):
        found = variables(sheet, dark=dark)
        assert all(re.fullmatch(r"#[0-9a-f]{8}", found[name]) for name in theme.COLOURS), found


def test_every_variable_of_the_sheet_has_a_value(running: Running) -> None:
    browser, page = opened(site(running, domain=None))
    base, own = sheets(browser, page)
    needed = set(re.findall(r"var\(--([\w-]+)\)", base.body))
    inner = set(re.findall(r"--([\w-]+):", base.body))
    assert needed - inner <= variables(own.body).keys()


def test_header_footer_logos_and_icons(running: Running) -> None:
    settings = {
        "categories": {
            "global": {"pageHeader": {"enabled": True}, "pageFooter": {"enabled": True}, "colorSchemeMode": "DYNAMIC"},
            "form": {"location": {"horizontal": "START", "vertical": "END"}},
        },
        "components": {
            "pageHeader": {"logo": {"enabled": True, "location": "END"}},
            "form": {"logo": {"enabled": True, "location": "START", "position": "BOTTOM"}},
        },
    }
    place = styled(
        running,
        settings,
        asset("PAGE_HEADER_LOGO"),
        asset("PAGE_HEADER_LOGO", "DARK"),
        asset("PAGE_FOOTER_LOGO"),
        asset("FORM_LOGO", "DYNAMIC"),
        asset("FAVICON_SVG", "DYNAMIC", "SVG", Bytes=SVG),
        asset("PAGE_BACKGROUND"),
    )
    browser, page = opened(place)
    header = page.soup.select_one("header.page-header.end img")
    assert header is not None
    assert header["alt"] == "c"  # the client's name
    assert page.soup.select_one("header source[media='(prefers-color-scheme: dark)']")
    assert page.soup.select_one("footer.page-footer")
    assert not page.soup.select("footer img")  # its logo is there but not enabled
    assert page.soup.select_one(".logo.below.start img.logo-customizable")
    assert page.soup.select_one("main.left.bottom")
    assert page.soup.select_one("body.pictured")
    icon = page.soup.select_one("link[rel=icon]")
    assert icon is not None
    answer = browser.get(str(icon["href"]))
    assert answer.headers["content-type"] == "image/svg+xml"
    # A script in an SVG must not run for who opens it by itself.
    assert "sandbox" in answer.headers["content-security-policy"]
    assert browser.get(str(header["src"])).headers["content-type"] == "image/png"
    assert 'url("/_pages/image/' in sheets(browser, page)[1].body


def test_in_a_dark_style_the_dark_pictures_are_shown(running: Running) -> None:
    dark = {"categories": {"global": {"colorSchemeMode": "DARK"}}, "components": {"form": {"logo": {"enabled": True}}}}
    place = styled(running, dark, asset("FORM_LOGO", "LIGHT"), asset("FORM_LOGO", "DARK", Bytes=PNG + b"dark"))
    browser, page = opened(place)
    logo = page.soup.select_one("img.logo-customizable")
    assert logo is not None
    assert browser.get(str(logo["src"])).body.endswith("dark")
    assert not page.soup.select("source")


def test_an_error_without_a_client_wears_amazons_values(running: Running) -> None:
    browser = site(running, domain=None).browser()
    page = browser.get("/error?error=x")
    assert [sheet.status for sheet in sheets(browser, page)] == [200, 200]


def test_the_form_logo_and_pictures_can_be_switched_off(running: Running) -> None:
    off = {"components": {"pageBackground": {"image": {"enabled": False}}, "form": {"logo": {"enabled": False}}}}
    place = styled(running, off, asset("FORM_LOGO"), asset("PAGE_BACKGROUND"))
    browser, page = opened(place)
    assert not page.soup.select(".logo, body.pictured, body.drawn")
    assert "/_pages/image/" not in sheets(browser, page)[1].body


def test_graphics_of_the_style_stand_above_the_form(running: Running) -> None:
    place = styled(running, {"categories": {"form": {"displayGraphics": True}}}, asset("PASSWORD_GRAPHIC", "DYNAMIC"))
    page = place.at("/forgotPassword").page
    assert page is not None
    assert page.soup.select_one(".graphic.own img")
    plain = site(running, style={"categories": {"form": {"displayGraphics": False}}}).at("/forgotPassword").page
    assert plain is not None
    assert not plain.soup.select(".graphic")


def test_managed_login_without_a_style_is_unavailable_as_on_aws(running: Running) -> None:
    place = site(running, style=False)
    page = place.at("/login").page
    assert page is not None
    assert (page.status, page.title) == (403, "Login pages unavailable. Please contact an administrator.")
    running.call(
        "CreateManagedLoginBranding", UserPoolId=place.pool, ClientId=place.client, UseCognitoProvidedValues=True
    )
    assert opened(place)[1].status == 200


def test_the_classic_style_sheet_and_logo(running: Running) -> None:
    place = site(running, version=1)
    css = ".submitButton-customizable { background-color: #123456; }"
    running.call(
        "SetUICustomization", UserPoolId=place.pool, ClientId="ALL", CSS=css, ImageFile=base64.b64encode(PNG).decode()
    )
    browser, page = opened(place)
    assert sheets(browser, page)[1].body.endswith(css)
    logo = page.soup.select_one("img.logo-customizable")
    assert logo is not None
    assert browser.get(str(logo["src"])).headers["content-type"] == "image/png"
    own = ".label-customizable { color: red; }"
    running.call("SetUICustomization", UserPoolId=place.pool, ClientId=place.client, CSS=own)
    browser, page = opened(place)
    assert sheets(browser, page)[1].body.endswith(own)
    assert not page.soup.select("img.logo-customizable")


def test_every_customizable_class_is_somewhere_on_the_classic_pages(running: Running) -> None:
    place = site(running, version=1, Schema=[{"Name": "email", "Required": True}])
    bodies = [page.body for path in ("/login", "/signup") if (page := place.at(path).page)]
    bodies.append(place.at("/login").submit(username="nobody", password="x").body)
    bodies.append(place.at("/signup").submit(username="ann", password="Short").body)
    everything = "\n".join(bodies)
    for name in ("background", "errorMessage", "inputField", "label", "redirect", "submitButton",
                 "passwordCheck-valid", "passwordCheck-notValid"):  # fmt: skip
        assert f"{name}-customizable" in everything, name


def test_what_is_not_there(running: Running) -> None:
    browser = site(running).browser()
    for path in ("/_pages/nothing.css", "/_pages/theme/nobody.css", "/_pages/image/x/0", "/_pages/..%2Flook.py"):
        assert browser.get(path).status == 404, path


def test_providers_are_in_the_styles_order_and_may_come_after_the_form(running: Running) -> None:
    names = ["Alpha", "Beta", "Gamma"]
    form_first = [[{"display": "INPUT", "type": "USERNAME_PASSWORD"}, {"display": "BUTTON", "type": "FEDERATED"}]]
    auth = {"authMethodOrder": form_first, "federation": {"order": ["Gamma"]}}
    place = styled(running, {"categories": {"auth": auth}})
    _, page = opened(place)
    provide(running, place, names)
    _, page = opened(place)
    labels = [link.get_text(strip=True)[1:] for link in page.soup.select("a.idp")]
    assert labels == ["Continue with Gamma", "Continue with Alpha", "Continue with Beta"]
    assert page.body.index("signInFormUsername") < page.body.index("Continue with Gamma")


def test_a_client_without_the_pools_own_users_shows_buttons_alone(running: Running) -> None:
    place = site(running)
    provide(running, place, ["Alpha"], local=False)
    _, page = opened(place)
    assert not page.soup.select("form, .divider")
    assert [link.get_text(strip=True) for link in page.soup.select("a")] == ["AContinue with Alpha"]
