"""The branding of the classic hosted pages: a style sheet and a logo.

It is for a whole pool or for one app client.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from cognito_emulator.domain import errors

ALL = "ALL"  # the ClientId of the branding for every client
_MALFORMED = "CSS is not well formed."
_LARGEST = 135 * 1024
_SHOWN = 100  # characters of a selector in an error
_FORBIDDEN = ("@import", "@supports", "@page", "@media")
# The only classes, each with the suffixes that it may have [docs: hosted-ui-classic-branding].
_CLASSES = frozenset(
    f".{name}-customizable"
    for name in (
        "background", "banner", "errorMessage", "idpButton", "idpDescription", "inputField", "label", "legalText",
        "logo", "passwordCheck-valid", "passwordCheck-notValid", "redirect", "socialButton", "submitButton",
        "textDescription",
    )
) | {".idpButton-customizable:hover", ".inputField-customizable:focus", ".submitButton-customizable:hover"}  # fmt: skip
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class UiCustomization(Struct, frozen=True, gc=False):
    """The branding for a client, or for `ALL`.

    Its key is (pool_id, client_id). Dates are epoch seconds.
    """

    pool_id: str
    client_id: str
    css: str | None
    image: bytes | None
    created: float
    modified: float

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.client_id

    @property
    def version(self) -> str:
        """CSSVersion: the time of the last change, as a date."""
        return datetime.fromtimestamp(self.modified, UTC).strftime("%Y%m%d%H%M%S")


def check_size(css: str, image: bytes) -> None:
    """Refuse a style sheet and image that are too large together.

    The image counts in Base64 ("must not exceed 135 KB") [docs: hosted-ui-classic-branding]. The headers, which count
    there too, do not count here.

    Raises:
        InvalidParameter: in the words of that page.
    """
    if len(css.encode(errors="surrogatepass")) + (len(image) + 2) // 3 * 4 > _LARGEST:
        raise errors.InvalidParameter("request parameters too large").because("hosted.classic-size")


def check_css(css: str) -> None:
    """Refuse all but rules of the known classes.

    [docs: hosted-ui-classic-branding]

    Raises:
        InvalidParameter: [own wording]
    """
    text = _without_comments(css)
    for word in _FORBIDDEN:
        if word in text.lower():
            raise errors.InvalidParameter(f"CSS must not contain {word}.").because(
                "hosted.classic-css", setting="CSS", value=word
            )
    if "<" in text or "javascript:" in text.lower():
        raise errors.InvalidParameter("CSS must not contain markup or JavaScript.").because(
            "hosted.classic-css", setting="CSS"
        )
    *rules, rest = text.split("}")
    for rule in rules:
        selectors, opening, properties = rule.partition("{")
        if not opening or "{" in properties:
            raise errors.InvalidParameter(_MALFORMED).because("hosted.classic-css", setting="CSS")
        for selector in selectors.split(","):
            if selector.strip() not in _CLASSES:
                raise errors.InvalidParameter(f"CSS class is not customizable: {selector.strip()[:_SHOWN]}").because(
                    "hosted.classic-css", setting="CSS"
                )
    if rest.strip():
        raise errors.InvalidParameter(_MALFORMED).because("hosted.classic-css", setting="CSS")


def _without_comments(css: str) -> str:
    """Remove comments, in time proportional to the text.

    A pattern would take longer.
    """
    first, *others = css.split("/*")
    parts = [first]
    for other in _rejoined(others):
        _, closing, after = other.partition("*/")
        if not closing:
            raise errors.InvalidParameter(_MALFORMED).because("hosted.classic-css", setting="CSS")
        parts.append(after)
    return " ".join(parts)


def _rejoined(pieces: list[str]) -> Iterator[str]:
    """List the text after each `/*` that opens a comment.

    One inside a comment opens none.
    """
    open_ones: list[str] = []
    for piece in pieces:
        open_ones.append(piece)
        if "*/" in piece:
            yield "/*".join(open_ones)
            open_ones = []
    if open_ones:
        yield "/*".join(open_ones)


def image_type(image: bytes) -> str:
    """Return the media type of a logo by its first bytes.

    Raises:
        InvalidParameter: neither PNG nor JPEG [docs: hosted-ui-classic-branding; own wording].
    """
    for start, name in _IMAGES.items():
        if image.startswith(start):
            return name
    raise errors.InvalidParameter("ImageFile must be a PNG or JPEG image.").because(
        "hosted.classic-image", setting="ImageFile"
    )
