"""The look of an app client's pages.

Classic pages have a style sheet and a logo, managed login has a style.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from msgspec import Struct, field

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.branding import Asset, Branding
from cognito_emulator.domain.hosted.ui_customization import ALL, UiCustomization
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.oauth.pages import render, theme
from cognito_emulator.world import World

MEDIA_TYPES = {
    "ICO": "image/x-icon", "JPEG": "image/jpeg", "PNG": "image/png", "SVG": "image/svg+xml", "WEBP": "image/webp",
}  # fmt: skip
_GRAPHICS = {
    "email": "EMAIL_GRAPHIC", "sms": "SMS_GRAPHIC", "app": "AUTH_APP_GRAPHIC", "password": "PASSWORD_GRAPHIC",
    "passkey": "PASSKEY_GRAPHIC",
}  # fmt: skip
_SIDES = {"START": "left", "END": "right"}
_HEIGHTS = {"START": "top", "END": "bottom"}


class Images(Struct, frozen=True):
    """Addresses of a picture; `dark` is set where dark mode has another one."""

    url: str
    dark: str | None = None


class Logo(Struct, frozen=True):
    images: Images
    place: str
    below: bool = False


class Band(Struct, frozen=True):
    """The page's header or footer."""

    place: str
    logo: Images | None


class Icon(Struct, frozen=True):
    url: str
    type: str


def style_of(world: World, client: Client) -> Branding | None:
    """Return the managed login style of a client."""
    return world.store.brandings.find("client", (client.pool_id, client.id))


def classic_of(world: World, pool: Pool, client: Client) -> UiCustomization | None:
    """Return the classic look; a client's own replaces the pool's."""
    return world.store.looks.get((pool.id, client.id)) or world.store.looks.get((pool.id, ALL))


class Look(Struct, frozen=True, dict=True):
    """The values for appearance in the templates. `language` is the page's."""

    name: str
    client_id: str
    classic: bool
    language: str
    branding: Branding | None = None
    customization: UiCustomization | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def static(self, name: str) -> str:
        return f"/_pages/{name}?v={render.version(name)}"

    @cached_property
    def images(self) -> dict[tuple[str, str], str]:
        """The addresses of the style's images by category and colour mode.

        Icons of providers are not among them.
        """
        assets = self.branding.assets if self.branding else ()
        return {
            (asset.category, asset.color_mode): self._address(number, asset)
            for number, asset in enumerate(assets)
            if asset.content and asset.category != "IDP_BUTTON_ICON"
        }

    def _address(self, number: int, asset: Asset) -> str:
        assert self.branding is not None  # noqa: S101 - only called for its assets
        digest = sha256(asset.content or b"").hexdigest()[:12]
        return f"/_pages/image/{self.branding.id}/{number}?v={digest}"

    @property
    def theme(self) -> str:
        kind = "classic" if self.classic else "theme"
        return f"/_pages/{kind}/{self.client_id}.css?v={sha256(self.sheet.encode()).hexdigest()[:12]}"

    @cached_property
    def sheet(self) -> str:
        """The style sheet of `theme`.

        It is a managed login style, or a pool's own rules for the classic pages.
        """
        if self.classic:
            return (self.customization.css if self.customization else None) or ""
        return theme.sheet(self.settings, self.images)

    @property
    def body_class(self) -> str:
        """The class for the picture behind the page.

        The picture is the style's, or one drawn here where the style has none.
        """
        shown = theme.find(self.settings, "components.pageBackground.image.enabled") is True
        if self.classic or not shown:
            return ""
        return " pictured" if any(category == "PAGE_BACKGROUND" for category, _ in self.images) else " drawn"

    @property
    def form_place(self) -> str:
        side = theme.find(self.settings, "categories.form.location.horizontal")
        height = theme.find(self.settings, "categories.form.location.vertical")
        return " ".join(filter(None, (_SIDES.get(str(side)), _HEIGHTS.get(str(height)))))

    @property
    def graphics(self) -> bool:
        return not self.classic and theme.find(self.settings, "categories.form.displayGraphics") is True

    @property
    def idp_icons(self) -> bool:
        return self.classic or theme.find(self.settings, "componentClasses.idpButtons.icons.enabled") is True

    @property
    def logo(self) -> Logo | None:
        if self.classic:
            look = self.customization
            if look is None or look.image is None:
                return None
            return Logo(Images(f"/{look.pool_id}/{look.client_id}/{look.version}/assets/images/image.jpg"), "center")
        images = self._pictures("FORM_LOGO")
        if images is None or theme.find(self.settings, "components.form.logo.enabled") is not True:
            return None
        below = theme.find(self.settings, "components.form.logo.position") == "BOTTOM"
        return Logo(images, theme.place(self.settings, "components.form.logo.location"), below)

    @property
    def header(self) -> Band | None:
        return self._band("pageHeader", "PAGE_HEADER_LOGO")

    @property
    def footer(self) -> Band | None:
        return self._band("pageFooter", "PAGE_FOOTER_LOGO")

    def _band(self, name: str, category: str) -> Band | None:
        if self.classic or theme.find(self.settings, f"categories.global.{name}.enabled") is not True:
            return None
        shown = theme.find(self.settings, f"components.{name}.logo.enabled") is True
        place = theme.place(self.settings, f"components.{name}.logo.location")
        return Band(place, self._pictures(category) if shown else None)

    def graphic(self, name: str) -> Images | None:
        return self._pictures(_GRAPHICS.get(name, ""))

    def _pictures(self, category: str) -> Images | None:
        return self._by_mode({mode: url for (kind, mode), url in self.images.items() if kind == category})

    def provider_icon(self, provider: str) -> Images | None:
        """Return the icon of an identity provider's button.

        The icon names the provider by its ResourceId.
        """
        found = {
            asset.color_mode: self._address(number, asset)
            for number, asset in enumerate(self.branding.assets if self.branding else ())
            if asset.category == "IDP_BUTTON_ICON" and asset.resource_id == provider and asset.content
        }
        return self._by_mode(found)

    def _by_mode(self, found: Mapping[str, str]) -> Images | None:
        if not found:
            return None
        light = found.get("LIGHT") or found.get("DYNAMIC") or found["DARK"]
        dark = found.get("DARK") or found.get("DYNAMIC") or light
        mode = theme.mode_of(self.settings)
        if mode == "DARK":
            return Images(dark)
        return Images(light, dark if mode == "DYNAMIC" and dark != light else None)

    @property
    def favicons(self) -> list[Icon]:
        """The style's favicons among the enabled types."""
        enabled = theme.find(self.settings, "components.favicon.enabledTypes")
        found = []
        for kind in ("ICO", "SVG"):
            images = self._pictures(f"FAVICON_{kind}")
            if images and isinstance(enabled, list) and kind in enabled:
                found.append(Icon(images.url, MEDIA_TYPES[kind]))
        return found


def look_of(world: World, pool: Pool, client: Client, *, classic: bool, language: str) -> Look:
    """Return the present look of a client's pages."""
    branding = None if classic else style_of(world, client)
    settings = {} if classic else theme.settings_of(branding)
    customization = classic_of(world, pool, client) if classic else None
    return Look(client.name, client.id, classic, language, branding, customization, settings)
