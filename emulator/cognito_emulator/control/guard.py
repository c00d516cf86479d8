"""Who may use the control API: programs on the developer's side, never a web page.

The API itself (`POST /`) is open to browsers, as on AWS. Here codes can be read and state can be changed, so:

- no answer carries CORS headers, and `OPTIONS` is not answered with any: a page of another origin cannot read;
- a write (POST, PUT, PATCH, DELETE) must have a JSON or YAML content type (415), which a page can't send to another
  origin without a preflight request. Its Origin, if any, must be the emulator's own (403);
- the console's pages have forms. Those must tell by Origin or Sec-Fetch-Site that they come from here (403), and have
  the page's token (`console.endpoint`);
- the Host must be one that can't be registered (403): `localhost` and its subdomains, an IP address, a name without
  dots such as a container's, a name in a reserved or private domain, or the host of --public-url, --host or --tls-name.
  Otherwise a page could resolve its own name to 127.0.0.1 and be of the same origin (DNS rebinding).

Probes (`/health`, `/ready`) reveal nothing and accept any Host.

A request of an emulator to itself is refused (403). It could come from a provider's URL, which the API sets, and its
answer could become a user's attribute. It has no Origin and no foreign Host.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cognito_emulator.ports.web import SENT_BY_EMULATOR
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CONTENT_TYPES = frozenset(
    {"application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/gzip"}
)  # fmt: skip
_FORM = "application/x-www-form-urlencoded"
_PROBES = ("/_emulator/health", "/_emulator/ready")
_HEADERS = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]


class Guard:
    """An ASGI app that passes only allowed requests to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] == "http":
            refusal = refuse(scope, scope["app"].state.world)
        if refusal is not None:
            status, text = refusal
            return await JSONResponse({"message": text}, status, _HEADERS)(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_RAW_HEADERS]
            await send(message)

        return await self.app(scope, receive, sending)


def refuse(scope: Scope, world: World) -> tuple[int, str] | None:
    """Return status and text of the refusal, or None."""
    headers = {name: value.decode("latin-1") for name, value in by_name(scope["headers"]).items()}
    host = headers.get(b"host", "")
    if SENT_BY_EMULATOR.encode() in headers:
        return 403, "The control API does not answer what an emulator sends itself."
    if scope["path"] not in _PROBES and not world.has_host(host):
        text = f"The control API does not answer to the host {host!r}. If it is yours, start with --public-url."
        return 403, text
    if scope["method"] not in WRITES:
        return None
    origin = headers.get(b"origin")
    own = {f"{scope['scheme']}://{host}".lower(), _origin(world.public_url)}
    if origin is not None and origin.lower() not in own:
        return 403, f"The control API refuses writes from web pages of another origin ({origin})."
    if headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "The control API refuses writes from web pages of another origin."
    content_type = headers.get(b"content-type", "").split(";")[0].strip().lower()
    if content_type == _FORM and takes_forms(scope["path"]):
        if origin is None and headers.get(b"sec-fetch-site") != "same-origin":
            return 403, "The console takes forms from its own pages only: Origin or Sec-Fetch-Site must say so."
        return None
    if content_type not in CONTENT_TYPES:
        return (
            415,
            "Writes need the header Content-Type: application/json (or application/yaml), with or without a body.",
        )
    return None


def takes_forms(path: str) -> bool:
    """Return whether a path is one of the console's pages."""
    return path == "/_emulator/" or path.startswith("/_emulator/console/")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
