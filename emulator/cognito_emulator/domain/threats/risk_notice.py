"""Write threat protection's e-mails about a sign-in from the pool's templates.

[docs: cognito-user-pool-settings-message-customizations]
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.origin import device_name
from cognito_emulator.domain.messaging.message_text import Text
from cognito_emulator.domain.threats.known_risk import Place

VALID, INVALID = "Valid", "Invalid"
PATH = "/authEventFeedback"
# The names in the links, which AWS does not document [own wording].
PARAMETERS = ("user_pool_id", "user_name", "event_id", "feedback_token", "feedback_value")
_TOKEN = re.compile(r"\{([a-z-]+)\}")
# For a configuration without a template: AWS does not publish its own texts [own wording].
_LINKS = "If it was you: {one-click-link-valid}\nIf not, change your password: {one-click-link-invalid}"
_ABOUT = "by {username} at {login-time} from {ip-address} ({device-name})."
_DEFAULTS = {
    "BlockEmail": Text("Blocked sign-in attempt", f"We blocked a sign-in {_ABOUT}\n{_LINKS}"),
    "MfaEmail": Text("New sign-in attempt", f"We asked for a second factor at a sign-in {_ABOUT}\n{_LINKS}"),
    "NoActionEmail": Text("New sign-in attempt", f"We saw an unusual sign-in {_ABOUT}\n{_LINKS}"),
}
# The names of the same values for custom senders [observed: DefinitelyTyped/DefinitelyTyped#52111].
_TOLD = {
    "event-id": "EVENT_ID",
    "username": "USER_NAME",
    "ip-address": "IP_ADDRESS",
    "one-click-link-valid": "ONE_CLICK_LINK_VALID",
    "one-click-link-invalid": "ONE_CLICK_LINK_INVALID",
    "login-time": "LOGIN_TIME",
    "feedback-token": "FEEDBACK_TOKEN",
    "city": "CITY",
    "country": "COUNTRY",
    "device-name": "DEVICE_NAME",
}
UNKNOWN = "unknown"


class Notice(Struct, frozen=True, gc=False):
    """Hold a complete e-mail: its text and sender, and a custom sender's values."""

    text: Text
    sender: str
    reply_to: str | None
    told: Mapping[str, str]


def facts(attempt: Attempt, token: str, now: float, base: str | None, place: Place) -> dict[str, str]:
    """Return the values for the placeholders of a text.

    `base` is the URL of the pool's domain, without which there are no links: "you must already have a domain
    configured" [docs: cognito-user-pool-settings-message-customizations]. `place` is the place of the address.
    """
    found = {
        "username": attempt.who.username,
        "ip-address": attempt.how.origin.ip,
        "city": place.city or UNKNOWN,
        "country": place.country or UNKNOWN,
        "login-time": formatdate(now, usegmt=True),
        "device-name": device_name(attempt.how.origin.agent, attempt.how.origin.fingerprint),
        "event-id": attempt.event_id,
        "feedback-token": token,
    }
    if base is not None:
        known = (attempt.who.pool_id, attempt.who.username, attempt.event_id, token)
        for link, value in (("one-click-link-valid", VALID), ("one-click-link-invalid", INVALID)):
            found[link] = f"{base}{PATH}?{urlencode(list(zip(PARAMETERS, (*known, value), strict=True)))}"
    return found


def compose(notify: Mapping[str, Any], template: str, action: str, values: Mapping[str, str]) -> Notice:
    """Write the e-mail of NotifyConfiguration's `template`.

    The HTML body wins, as mail programs do with an e-mail that has both.
    """
    own = notify.get(template)
    if own is None:
        default = _DEFAULTS[template]
        text = Text(default.subject, _as_html(_filled(default.body, values)))
    else:
        body = own.get("HtmlBody")
        plain = _as_html(_filled(own.get("TextBody", ""), values))
        text = Text(_filled(own["Subject"], values), _filled(body, _escaped(values)) if body else plain)
    identity = str(notify.get("SourceArn", "")).rpartition(":identity/")[2]
    told = {_TOLD[place]: value for place, value in values.items() if value != UNKNOWN}
    return Notice(
        text, str(notify.get("From") or identity), notify.get("ReplyTo"), {**told, "ACCOUNT_TAKE_OVER_ACTION": action}
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Replace all placeholders at once, so that no value is read as one.

    A placeholder without a value stays.
    """
    return _TOKEN.sub(lambda found: values.get(found[1], found[0]), text)


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    """Escape the values for HTML: a user name may have any character."""
    return {place: html.escape(value) for place, value in values.items()}


def _as_html(text: str) -> str:
    """Return plain text as the body of an e-mail, which is HTML here."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>'
