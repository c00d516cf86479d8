"""The settings that Amazon provides for managed login.

A style's own settings are merged into them. Names and values are those of the example of an untouched style
[docs: UpdateManagedLoginBranding]. Colours are RGBA in hexadecimal.
"""

from __future__ import annotations

from typing import Any

_Document = dict[str, Any]


def _modes(light: _Document, dark: _Document) -> _Document:
    return {"darkMode": dark, "lightMode": light}


def _one(name: str, light: str, dark: str) -> _Document:
    """Return one colour in both modes."""
    return _modes({name: light}, {name: dark})


def _button(background: str, border: str) -> _Document:
    """Return a button whose border and text have the same colour."""
    return {"backgroundColor": background, "borderColor": border, "textColor": border}


def _outlined(light: str, dark: str) -> _Document:
    """Return a button of one colour on the page's background.

    It has further colours for `hover` and `active`.
    """
    return _modes(
        {
            "active": _button("d3e7f9ff", "033160ff"),
            "defaults": _button("ffffffff", light),
            "hover": _button("f2f8fdff", "033160ff"),
        },
        {
            "active": _button("354150ff", "89bdeeff"),
            "defaults": _button("0f1b2aff", dark),
            "hover": _button("192534ff", "89bdeeff"),
        },
    )


def _filled(active: str, defaults: str, hover: str, text: str) -> _Document:
    return {
        "active": {"backgroundColor": active, "textColor": text},
        "defaults": {"backgroundColor": defaults, "textColor": text},
        "disabled": {"backgroundColor": "ffffffff", "borderColor": "ffffffff"},
        "hover": {"backgroundColor": hover, "textColor": text},
    }


def _status(error: _Document, success: tuple[str, str], warning: tuple[str, str]) -> _Document:
    def sign(background: str, border: str) -> _Document:
        return {"backgroundColor": background, "borderColor": border, "indicatorColor": border}

    return {
        "error": {**error, "indicatorColor": error["borderColor"]},
        "pending": {"indicatorColor": "AAAAAAAA"},
        "success": sign(*success),
        "warning": sign(*warning),
    }


def _items(defaults: str, hover: tuple[str, str, str], match: tuple[str, str]) -> _Document:
    """Return the entries of a drop-down list."""
    return {
        "defaults": {"itemBackgroundColor": defaults},
        "hover": dict(zip(("itemBackgroundColor", "itemBorderColor", "itemTextColor"), hover, strict=True)),
        "match": dict(zip(("itemBackgroundColor", "itemTextColor"), match, strict=True)),
    }


def _input(background: str, border: str, placeholder: str) -> _Document:
    return {"defaults": {"backgroundColor": background, "borderColor": border}, "placeholderColor": placeholder}


def _options(background: str, selected: str, foreground: str) -> _Document:
    return {
        "defaults": {"backgroundColor": background, "borderColor": "7d8998ff"},
        "selected": {"backgroundColor": selected, "foregroundColor": foreground},
    }


def _link(defaults: str, hover: str) -> _Document:
    return {"defaults": {"textColor": defaults}, "hover": {"textColor": hover}}


def _band() -> _Document:
    """Return the page's header, or its footer."""
    return {
        "backgroundImage": {"enabled": False},
        **_modes(
            {"background": {"color": "fafafaff"}, "borderColor": "d5dbdbff"},
            {"background": {"color": "0f141aff"}, "borderColor": "424650ff"},
        ),
        "logo": {"enabled": False, "location": "START"},
    }


def _text(body: str, heading: str) -> _Document:
    return {"bodyColor": body, "descriptionColor": body, "headingColor": heading}


_ERROR_LIGHT = {"backgroundColor": "fff7f7ff", "borderColor": "d91515ff"}
_ERROR_DARK = {"backgroundColor": "1a0000ff", "borderColor": "eb6f6fff"}
_METHODS = [[{"display": "BUTTON", "type": "FEDERATED"}, {"display": "INPUT", "type": "USERNAME_PASSWORD"}]]

_CATEGORIES: _Document = {
    "auth": {"authMethodOrder": _METHODS, "federation": {"interfaceStyle": "BUTTON_LIST", "order": []}},
    "form": {
        "displayGraphics": True,
        "instructions": {"enabled": False},
        "languageSelector": {"enabled": False},
        "location": {"horizontal": "CENTER", "vertical": "CENTER"},
        "sessionTimerDisplay": "NONE",
    },
    "global": {
        "colorSchemeMode": "LIGHT",
        "pageFooter": {"enabled": False},
        "pageHeader": {"enabled": False},
        "spacingDensity": "REGULAR",
    },
    "signUp": {"acceptanceElements": [{"enforcement": "NONE", "textKey": "en"}]},
}

_COMPONENT_CLASSES: _Document = {
    "buttons": {"borderRadius": 8.0},
    "divider": _one("borderColor", "ebebf0ff", "232b37ff"),
    "dropDown": {
        "borderRadius": 8.0,
        **_modes(
            _items("ffffffff", ("f4f4f4ff", "7d8998ff", "000716ff"), ("414d5cff", "0972d3ff")),
            _items("192534ff", ("081120ff", "5f6b7aff", "e9ebedff"), ("d1d5dbff", "89bdeeff")),
        ),
    },
    "focusState": _one("borderColor", "0972d3ff", "539fe5ff"),
    "idpButtons": {"icons": {"enabled": True}},
    "input": {
        "borderRadius": 8.0,
        **_modes(_input("ffffffff", "7d8998ff", "5f6b7aff"), _input("0f1b2aff", "5f6b7aff", "8d99a8ff")),
    },
    "inputDescription": _one("textColor", "5f6b7aff", "8d99a8ff"),
    "inputLabel": _one("textColor", "000716ff", "d1d5dbff"),
    "link": _modes(_link("0972d3ff", "033160ff"), _link("539fe5ff", "89bdeeff")),
    "optionControls": _modes(
        _options("ffffffff", "0972d3ff", "ffffffff"), _options("0f1b2aff", "539fe5ff", "000716ff")
    ),
    "statusIndicator": _modes(
        _status(_ERROR_LIGHT, ("f2fcf3ff", "037f0cff"), ("fffce9ff", "8d6605ff")),
        _status(_ERROR_DARK, ("001a02ff", "29ad32ff"), ("1d1906ff", "e0ca57ff")),
    ),
}

_COMPONENTS: _Document = {
    "alert": {"borderRadius": 12.0, **_modes({"error": _ERROR_LIGHT}, {"error": _ERROR_DARK})},
    "favicon": {"enabledTypes": ["ICO", "SVG"]},
    "form": {
        "backgroundImage": {"enabled": False},
        "borderRadius": 8.0,
        **_modes(
            {"backgroundColor": "ffffffff", "borderColor": "c6c6cdff"},
            {"backgroundColor": "0f1b2aff", "borderColor": "424650ff"},
        ),
        "logo": {"enabled": False, "formInclusion": "IN", "location": "CENTER", "position": "TOP"},
    },
    "idpButton": {"custom": {}, "standard": _outlined("424650ff", "c6c6cdff")},
    "pageBackground": {"image": {"enabled": True}, **_one("color", "ffffffff", "0f1b2aff")},
    "pageFooter": _band(),
    "pageHeader": _band(),
    "pageText": _modes(_text("414d5cff", "000716ff"), _text("b6bec9ff", "d1d5dbff")),
    "phoneNumberSelector": {"displayType": "TEXT"},
    "primaryButton": _modes(
        _filled("033160ff", "0972d3ff", "033160ff", "ffffffff"),
        _filled("539fe5ff", "539fe5ff", "89bdeeff", "000716ff"),
    ),
    "secondaryButton": _outlined("0972d3ff", "539fe5ff"),
}

DEFAULT_SETTINGS: _Document = {
    "categories": _CATEGORIES,
    "componentClasses": _COMPONENT_CLASSES,
    "components": _COMPONENTS,
}
