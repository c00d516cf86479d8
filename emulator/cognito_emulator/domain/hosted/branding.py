"""Managed login branding: one style for an app client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors

MAX_STYLES = 20  # in a pool [docs: quotas]
MAX_ASSETS = 40
_DEEPEST = 32
# Extensions that a category takes [docs: managed-login-brandingeditor, "Image assets"]. WEBP, which is in the model, is
# in none.
_PICTURES = frozenset({"PNG", "SVG", "JPEG"})
_EXTENSIONS = {
    "FAVICON_ICO": frozenset({"ICO"}),
    "FAVICON_SVG": frozenset({"SVG"}),
    "IDP_BUTTON_ICON": frozenset({"ICO", "SVG"}),
}


class Asset(Struct, frozen=True, gc=False):
    """An image: its category, its colour mode, and its bytes or a resource's id."""

    category: str
    color_mode: str
    extension: str
    content: bytes | None = None
    resource_id: str | None = None

    @property
    def place(self) -> tuple[str, str, str | None]:
        """The unique place: a second image for it replaces the first.

        Icons of identity providers name theirs by ResourceId.
        """
        return self.category, self.color_mode, self.resource_id if self.category == "IDP_BUTTON_ICON" else None


class Branding(Struct, frozen=True, gc=False):
    """The style of a client; its key is `id`.

    With `provided` it has Amazon's values. Dates are epoch seconds. `settings` is the document as it was sent, None
    where there is none.
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
    """Refuse both or neither of Amazon's values and settings.

    Images may come with either. The documentation excludes them beside Amazon's values, but acceptance tests that run
    on AWS send both [docs: CreateManagedLoginBranding; observed: hashicorp/terraform-provider-aws].

    Raises:
        InvalidParameter: [observed: floci-io/floci#2869]
    """
    if bool(provided) == (settings is not None):
        raise errors.InvalidParameter(
            "useCognitoProvidedValues or settings should be specified (but not both)"
        ).because("hosted.branding-settings", setting="UseCognitoProvidedValues")


def check_settings(settings: Any) -> None:
    """Refuse a document that is no JSON object.

    AWS answers anything else with a 500 of its own [assumed]. SDKs send the request again after a 500, so that a
    caller's mistake gets an error of its own here [own wording].

    Raises:
        InvalidParameter: no object, nested deeper than any style is, or a number that JSON cannot show (1e999).
    """
    if settings is not None and not isinstance(settings, Mapping):
        raise errors.InvalidParameter("Settings must be a JSON object.").because(
            "hosted.branding-settings", setting="Settings"
        )
    layer: list[Any] = [settings]
    for _ in range(_DEEPEST):
        if any(isinstance(value, float) and not isfinite(value) for value in layer):
            raise errors.InvalidParameter("Settings have a number that is out of range.").because(
                "hosted.branding-settings", setting="Settings"
            )
        layer = [inner for value in layer for inner in _inside(value)]
    if layer:
        raise errors.InvalidParameter("Settings are nested too deeply.").because(
            "hosted.branding-settings", setting="Settings"
        )


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def assets_of(wire: Iterable[Mapping[str, Any]]) -> tuple[Asset, ...]:
    """Return AssetType entries as records.

    Of two for one place the second counts, as in an update.

    Raises:
        InvalidParameter: an extension that does not suit [own wording].
    """
    made: dict[Any, Asset] = {}
    for entry in wire:
        asset = Asset(
            entry["Category"], entry["ColorMode"], entry["Extension"], entry.get("Bytes"), entry.get("ResourceId")
        )
        if asset.extension not in _EXTENSIONS.get(asset.category, _PICTURES):
            raise errors.InvalidParameter(f"Extension {asset.extension} is not allowed for {asset.category}.").because(
                "hosted.branding-assets", setting="Assets", value=asset.category
            )
        made[asset.place] = asset
    return tuple(made.values())


def with_assets(own: tuple[Asset, ...], new: tuple[Asset, ...]) -> tuple[Asset, ...]:
    """Return the `own` images with the `new` ones.

    An image for the same place is replaced, another is added [observed: hashicorp/terraform-provider-aws].

    Raises:
        InvalidParameter: there would be more than 40 [own wording].
    """
    merged = {asset.place: asset for asset in (*own, *new)}
    if len(merged) > MAX_ASSETS:
        raise errors.InvalidParameter(f"A branding style can have at most {MAX_ASSETS} assets.").because(
            "hosted.branding-assets", setting="Assets"
        )
    return tuple(merged.values())


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `above` into `below`, object by object.

    Lists and values are replaced whole.
    """
    result = dict(below)
    for name, over in above.items():
        value, under = over, result.get(name)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            value = merged(under, value)
        result[name] = value
    return result
