"""Tell whether an emulator is ready: `health`, the health check of containers."""

from __future__ import annotations

import http.client
from contextlib import suppress
from urllib.parse import urlsplit

from cognito_emulator.files import Refused
from cognito_emulator.ready_file import url_in
from cognito_emulator.settings import Settings

_TIMEOUT = 2.0  # seconds


def check(settings: Settings) -> str:
    """Return the URL of the emulator with these settings.

    It is that of the ready file, if there is one: the emulator may have been started with other flags.

    Raises:
        Refused: it does not answer, or is not ready.
    """
    url = _url(settings)
    parts = urlsplit(url)
    # No urllib: it would ask the proxy of the HTTP_PROXY variable, which Docker hands to containers.
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    try:
        connection.request("GET", "/_emulator/ready")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"No emulator answers at {url}: {error}.") from None
    finally:
        connection.close()
    if status != 200:
        raise Refused(f"The emulator at {url} is not ready (HTTP {status}).")
    return url


def _url(settings: Settings) -> str:
    """Return the URL in the ready file, else that of the host and port."""
    if settings.ready_file is not None:
        with suppress(OSError, ValueError):
            return url_in(settings.ready_file)
    host = "localhost" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
