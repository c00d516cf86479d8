"""The theme of the pages: a managed login style as variables of the style sheet.

The style sheet is `static/pages.css`. Values that are neither a colour nor a length are skipped, so that no value of
a style can leave its place in the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cognito_emulator.domain.hosted.branding import Branding, merged
from cognito_emulator.domain.hosted.branding_defaults import DEFAULT_SETTINGS

_COLOUR = re.compile(r"#?(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_LONGEST = 100.0  # pixels of a rounded corner
_PLACES = {"START": "start", "CENTER": "center", "END": "end"}
# Variable -> where the colour is; `*` stands for lightMode or darkMode.
COLOURS = {
    "page-bg": "components.pageBackground.*.color",
    "form-bg": "components.form.*.backgroundColor",
    "form-border": "components.form.*.borderColor",
    "heading": "components.pageText.*.headingColor",
    "body": "components.pageText.*.bodyColor",
    "description": "components.pageText.*.descriptionColor",
    "header-bg": "components.pageHeader.*.background.color",
    "header-border": "components.pageHeader.*.borderColor",
    "footer-bg": "components.pageFooter.*.background.color",
    "footer-border": "components.pageFooter.*.borderColor",
    "alert-bg": "components.alert.*.error.backgroundColor",
    "alert-border": "components.alert.*.error.borderColor",
    "error-sign": "componentClasses.statusIndicator.*.error.indicatorColor",
    "success-bg": "componentClasses.statusIndicator.*.success.backgroundColor",
    "success-border": "componentClasses.statusIndicator.*.success.borderColor",
    "success-sign": "componentClasses.statusIndicator.*.success.indicatorColor",
    "warning-bg": "componentClasses.statusIndicator.*.warning.backgroundColor",
    "warning-border": "componentClasses.statusIndicator.*.warning.borderColor",
    "warning-sign": "componentClasses.statusIndicator.*.warning.indicatorColor",
    "divider": "componentClasses.divider.*.borderColor",
    "focus": "componentClasses.focusState.*.borderColor",
    "input-bg": "componentClasses.input.*.defaults.backgroundColor",
    "input-border": "componentClasses.input.*.defaults.borderColor",
    "placeholder": "componentClasses.input.*.placeholderColor",
    "input-description": "componentClasses.inputDescription.*.textColor",
    "label": "componentClasses.inputLabel.*.textColor",
    "link": "componentClasses.link.*.defaults.textColor",
    "link-hover": "componentClasses.link.*.hover.textColor",
    "option-bg": "componentClasses.optionControls.*.defaults.backgroundColor",
    "option-border": "componentClasses.optionControls.*.defaults.borderColor",
    "option-on": "componentClasses.optionControls.*.selected.backgroundColor",
    "option-on-text": "componentClasses.optionControls.*.selected.foregroundColor",
    "primary-disabled-bg": "components.primaryButton.*.disabled.backgroundColor",
    "primary-disabled-border": "components.primaryButton.*.disabled.borderColor",
}
_STATES = {"": "defaults", "-hover": "hover", "-active": "active"}
_PARTS = {"bg": "backgroundColor", "text": "textColor", "border": "borderColor"}
for _name, _path in {"primary": "primaryButton", "secondary": "secondaryButton", "idp": "idpButton.standard"}.items():
    for _suffix, _state in _STATES.items():
        for _part, _member in _PARTS.items():
            if (_name, _part) != ("primary", "border"):
                COLOURS[f"{_name}{_suffix}-{_part}"] = f"components.{_path}.*.{_state}.{_member}"
_RADII = {
    "button-radius": "componentClasses.buttons.borderRadius",
    "input-radius": "componentClasses.input.borderRadius",
    "alert-radius": "components.alert.borderRadius",
    "form-radius": "components.form.borderRadius",
}
_SPACE = {"COMPACT": ("1rem", "1.5rem", "1.5rem"), "REGULAR": ("1.5rem", "2.25rem", "2.5rem")}


def settings_of(branding: Branding | None) -> Mapping[str, Any]:
    """Return a style over Amazon's values.

    Without a style they are Amazon's values in the browser's colour scheme.
    """
    if branding is None:
        return merged(DEFAULT_SETTINGS, {"categories": {"global": {"colorSchemeMode": "DYNAMIC"}}})
    return merged(DEFAULT_SETTINGS, branding.settings or {})


def find(settings: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path.

    Returns None where the document has something else there.
    """
    value: Any = settings
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def place(settings: Mapping[str, Any], path: str) -> str:
    """Return the sheet's class for a START, CENTER or END of the document."""
    return _PLACES.get(str(find(settings, path)), "center")


def mode_of(settings: Mapping[str, Any]) -> str:
    """Return the style's mode: LIGHT, DARK or DYNAMIC."""
    mode = find(settings, "categories.global.colorSchemeMode")
    return mode if mode in ("DARK", "DYNAMIC") else "LIGHT"


def _colour(settings: Mapping[str, Any], path: str, mode: str) -> str:
    for document in (settings, DEFAULT_SETTINGS):
        value = find(document, path.replace("*", mode))
        if isinstance(value, str) and _COLOUR.fullmatch(value):
            return "#" + value.removeprefix("#").lower()
    return "transparent"


def _radius(settings: Mapping[str, Any], path: str) -> str:
    value = find(settings, path)
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LONGEST
    return f"{float(value):g}px" if known else f"{find(DEFAULT_SETTINGS, path):g}px"


def _variables(settings: Mapping[str, Any], mode: str, images: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for name, path in COLOURS.items():
        yield f"--{name}:{_colour(settings, path, mode)}"
    dark = mode == "darkMode"
    link = _colour(settings, COLOURS["link"], mode)
    for name, strength in {"tint": 10, "halo": 22, "glow-1": 15 if dark else 13, "glow-2": 11 if dark else 9}.items():
        yield f"--{name}:color-mix(in srgb, {link} {strength}%, transparent)"
    yield f"color-scheme:{'dark' if dark else 'light'}"
    for name, category in _PICTURES.items():
        url = images.get((category, "DARK" if dark else "LIGHT")) or images.get((category, "DYNAMIC"))
        yield f'--{name}:url("{url}")' if url else f"--{name}:none"


_PICTURES = {
    "page-image": "PAGE_BACKGROUND",
    "form-image": "FORM_BACKGROUND",
    "header-image": "PAGE_HEADER_BACKGROUND",
    "footer-image": "PAGE_FOOTER_BACKGROUND",
}
_SHOWN_IF = {
    "PAGE_BACKGROUND": "components.pageBackground.image.enabled",
    "FORM_BACKGROUND": "components.form.backgroundImage.enabled",
    "PAGE_HEADER_BACKGROUND": "components.pageHeader.backgroundImage.enabled",
    "PAGE_FOOTER_BACKGROUND": "components.pageFooter.backgroundImage.enabled",
}


def sheet(settings: Mapping[str, Any], images: Mapping[tuple[str, str], str]) -> str:
    """Return the theme as a style sheet; `images` are by (category, colour mode)."""
    shown = {
        place: url
        for place, url in images.items()
        if place[0] in _SHOWN_IF and find(settings, _SHOWN_IF[place[0]]) is True
    }
    light = ";".join(_variables(settings, "lightMode", shown))
    dark = ";".join(_variables(settings, "darkMode", shown))
    space, card, page = _SPACE.get(str(find(settings, "categories.global.spacingDensity")), _SPACE["REGULAR"])
    fixed = [f"--{name}:{_radius(settings, path)}" for name, path in _RADII.items()]
    fixed += [f"--space:{space}", f"--card-space:{card}", f"--page-space:{page} 1rem"]
    mode = mode_of(settings)
    rules = [f":root{{{';'.join(fixed)};{dark if mode == 'DARK' else light}}}"]
    if mode == "DYNAMIC":
        rules.append(f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}")
    return "\n".join(rules) + "\n"
