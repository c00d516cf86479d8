"""Managed login branding: one style for an app client, as it is stored and as it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors

MAX_STYLES = 20  # a pool; developer guide, "Quotas"
MAX_ASSETS = 40
_DEEPEST = 32
# Extensions that a category takes (developer guide, "The branding editor", Image assets). WEBP, which the model knows,
# is in none.
_PICTURES = frozenset({"PNG", "SVG", "JPEG"})
_EXTENSIONS = {
    "FAVICON_ICO": frozenset({"ICO"}),
    "FAVICON_SVG": frozenset({"SVG"}),
    "IDP_BUTTON_ICON": frozenset({"ICO", "SVG"}),
}


class Asset(Struct, frozen=True, gc=False):
    """An image: what it is for, in which colour mode, and its bytes or the id of a resource."""

    category: str
    color_mode: str
    extension: str
    content: bytes | None = None
    resource_id: str | None = None

    @property
    def place(self) -> tuple[str, str, str | None]:
        """Where it is shown: a second image for the same place replaces the first.

        Icons of identity providers name theirs by ResourceId.
        """
        return self.category, self.color_mode, self.resource_id if self.category == "IDP_BUTTON_ICON" else None


class Branding(Struct, frozen=True, gc=False):
    """The style of a client; its key is `id`. `provided`: wears Amazon's values. Dates are epoch seconds.

    `settings` is the document as it was sent, None where there is none.
    """

    id: str
    pool_id: str
    client_id: str
    provided: bool
    settings: Mapping[str, Any] | None
    assets: tuple[Asset, ...]
    created: float
    modified: float


def check_choice(provided: bool | None, settings: Any) -> None:
    """Amazon's values or one's own.

    Images may come with either: the API reference wants them left out beside Amazon's values, but acceptance
    tests that run on AWS send both.

    Raises:
        InvalidParameter: the text is recorded.
    """
    if bool(provided) == (settings is not None):
        raise errors.InvalidParameter("useCognitoProvidedValues or settings should be specified (but not both)")


def check_settings(settings: Any) -> None:
    """The document must be a JSON object.

    For anything else AWS fails with a 500 of its own (recorded). SDKs repeat those, and a caller's mistake is no
    failure of ours, so it is refused as one; the words are ours.

    Raises:
        InvalidParameter: no object, nested deeper than any style is, or a number that JSON cannot say back (1e999).
    """
    if settings is not None and not isinstance(settings, Mapping):
        raise errors.InvalidParameter("Settings must be a JSON object.")
    layer: list[Any] = [settings]
    for _ in range(_DEEPEST):
        if any(isinstance(value, float) and not isfinite(value) for value in layer):
            raise errors.InvalidParameter("Settings have a number that is out of range.")
        layer = [inner for value in layer for inner in _inside(value)]
    if layer:
        raise errors.InvalidParameter("Settings are nested too deeply.")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def assets_of(wire: Iterable[Mapping[str, Any]]) -> tuple[Asset, ...]:
    """AssetType entries as records; of two for one place the second counts, as in an update.

    Raises:
        InvalidParameter: an extension that does not suit; the words are ours.
    """
    made: dict[Any, Asset] = {}
    for entry in wire:
        asset = Asset(
            entry["Category"], entry["ColorMode"], entry["Extension"], entry.get("Bytes"), entry.get("ResourceId")
        )
        if asset.extension not in _EXTENSIONS.get(asset.category, _PICTURES):
            raise errors.InvalidParameter(f"Extension {asset.extension} is not allowed for {asset.category}.")
        made[asset.place] = asset
    return tuple(made.values())


def with_assets(own: tuple[Asset, ...], new: tuple[Asset, ...]) -> tuple[Asset, ...]:
    """`own` images with the `new` ones: the same place is replaced, another is added (acceptance tests on AWS).

    Raises:
        InvalidParameter: there would be more than 40; the words are ours.
    """
    merged = {asset.place: asset for asset in (*own, *new)}
    if len(merged) > MAX_ASSETS:
        raise errors.InvalidParameter(f"A branding style can have at most {MAX_ASSETS} assets.")
    return tuple(merged.values())


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, object by object; lists and values are taken whole."""
    result = dict(below)
    for name, over in above.items():
        value, under = over, result.get(name)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            value = merged(under, value)
        result[name] = value
    return result
