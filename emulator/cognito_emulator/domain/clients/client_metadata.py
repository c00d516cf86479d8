"""Read client ID metadata documents (CIMD): a client is named by a document's URL.

Of Cognito's page only the beginning is known; where it ends, the draft and RFC 7591 hold [docs:
cognito-user-pools-client-id-metadata, draft-ietf-oauth-client-id-metadata-document].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from cognito_emulator.domain import errors, strict_json
from cognito_emulator.domain.clients import client_oauth

LARGEST = 5 * 1024  # bytes of a document, as the draft recommends
DEFAULT_CACHE = 86_400  # seconds [docs: CreateCIMDPolicy]
_LONGEST_CACHE = 31_556_952
_LONGEST_URL = 256  # MetadataURLType
_URL = re.compile(r"[!-~]+")
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?([0-9]{1,12})"?\s*(?=,|$)', re.IGNORECASE)
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE | re.ASCII)
_LISTS = ("redirect_uris", "grant_types", "response_types")
# Schemes that a browser would run or open itself.
_NO_APP = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})


class BadDocument(Exception):
    """A URL or a document that cannot describe a client; the text says why.

    The texts are [own wording].
    """


class ClientMetadata(Struct, frozen=True, gc=False):
    """What a document says of its client.

    `grants` are its grant types by their names of RFC 7591.
    """

    url: str
    redirect_uris: tuple[str, ...]
    grants: frozenset[str]


def is_url(client_id: str) -> bool:
    """Tell whether a client id is the URL of a document.

    The id of an app client cannot be one [model: ClientIdType].
    """
    return client_id.startswith(("https://", "http://"))


def check_url(url: str) -> None:
    """Check a client identifier URL.

    It has a path, and no fragment, user or dot segments [docs:
    draft-ietf-oauth-client-id-metadata-document, "§3"].

    Raises:
        BadDocument
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadDocument("client_id cannot be read as a URL.") from None
    if len(url) > _LONGEST_URL or _URL.fullmatch(url) is None or "\\" in url:
        raise BadDocument(f"client_id must be a URL of at most {_LONGEST_URL} ASCII characters.")
    if not parts.hostname or "@" in parts.netloc or port == 0 or parts.netloc.endswith(":"):
        raise BadDocument("client_id must have a host, and no user.")
    if not parts.path or "#" in url:
        raise BadDocument("client_id must have a path, and no fragment.")
    segments = parts.path.lower().replace("%2e", ".").split("/")
    if "." in segments or ".." in segments:
        raise BadDocument("client_id must have no segments . and .. in its path.")


def check_answer(status: int, content_type: str) -> None:
    """Check the head of an answer: 200 and JSON; a redirect is not followed.

    [docs: draft-ietf-oauth-client-id-metadata-document, "§4"]

    Raises:
        BadDocument
    """
    if status != 200:
        raise BadDocument(f"The server of the client metadata document answers with status {status}.")
    if _JSON.fullmatch(content_type.partition(";")[0].strip()) is None:
        raise BadDocument("The client metadata document must have the content type application/json.")


def read(url: str, content: bytes) -> ClientMetadata:
    """Read the document that was found at `url`.

    Raises:
        BadDocument
    """
    try:
        document = strict_json.decode(content)
    except ValueError:
        raise BadDocument("The client metadata document is not valid JSON.") from None
    if not isinstance(document, Mapping):
        raise BadDocument("The client metadata document must be a JSON object.")
    if document.get("client_id") != url:
        # "simple string comparison" [docs: draft-ietf-oauth-client-id-metadata-document, "§4.1"].
        raise BadDocument("client_id in the client metadata document must equal its URL.")
    for name in _LISTS:
        listed = document.get(name)
        if listed is not None and not (isinstance(listed, list) and all(isinstance(one, str) for one in listed)):
            raise BadDocument(f"{name} in the client metadata document must be a list of strings.")
    if document.get("token_endpoint_auth_method") != "none":
        # What is left out means client_secret_basic [RFC 7591 §2].
        raise BadDocument("token_endpoint_auth_method in the client metadata document must be none.")
    if "client_secret" in document or "client_secret_expires_at" in document:
        raise BadDocument("The client metadata document must hold no client_secret.")
    return ClientMetadata(url, _redirect_uris(document), _grants(document))


def _redirect_uris(document: Mapping[str, Any]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(document.get("redirect_uris") or ()))
    if not found:
        raise BadDocument("redirect_uris is missing in the client metadata document.")
    for uri in found:
        try:
            client_oauth.check_url(uri)
        except errors.InvalidParameter as error:
            raise BadDocument(f"redirect_uris in the client metadata document: {error.message}") from None
        if urlsplit(uri).scheme in _NO_APP or _URL.fullmatch(uri) is None:
            raise BadDocument(f"redirect_uris in the client metadata document: {uri} is not a valid URL.")
    return found


def _grants(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the grant types [RFC 7591 §2].

    Without a list it is authorization_code, by the response type `code`.
    """
    grants = set(document.get("grant_types") or ("authorization_code",))
    types = document.get("response_types") or ("code",)
    if "code" not in types:
        grants.discard("authorization_code")
    if "token" not in types:
        grants.discard("implicit")
    # "CIMD doesn't support the client_credentials grant" [docs: cognito-user-pools-client-id-metadata].
    return frozenset(grants - {"client_credentials"})


def lifetime(cache_control: str, cache_duration: int) -> int:
    """Return the seconds for which a document is kept.

    A max-age between one day and one year takes precedence over the policy's duration
    [docs: CreateCIMDPolicy].
    """
    found = _MAX_AGE.search(cache_control)
    age = int(found[1]) if found else 0
    return age if DEFAULT_CACHE <= age <= _LONGEST_CACHE else cache_duration
