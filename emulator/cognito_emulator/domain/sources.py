"""Turn the source of a rule into the address at which it can be read."""

from __future__ import annotations

import re

# Sources that have no page: what the model says is in botocore, and the rest is our own.
WITHOUT_PAGE = frozenset({"service model", "our own reading"})
_GUIDE = "https://docs.aws.amazon.com/cognito/latest/developerguide"
_USER_POOLS = "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference"
_IDENTITY_POOLS = "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference"
# Operations and types of identity pools that rules name; all others are those of user pools.
_OF_IDENTITY_POOLS = frozenset({"CreateIdentityPool", "GetCredentialsForIdentity", "RoleMapping"})
_DOCS = re.compile(r"docs: (?:(?P<page>[a-z0-9]+(?:-[a-z0-9]+)*)|(?P<name>[A-Z][A-Za-z0-9]+))")
_RFC = re.compile(r"RFC (?P<number>\d{3,5})(?: §(?P<section>\d+(?:\.\d+)*))?")
_GITHUB = re.compile(r"observed: (?P<repository>[\w.-]+/[\w.-]+)(?:#(?P<number>\d+))?")


def url_of(source: str) -> str | None:
    """Return the address of a rule's source; None for one that has no page."""
    if found := _DOCS.fullmatch(source):
        return f"{_GUIDE}/{found['page']}.html" if found["page"] else _reference(found["name"])
    if found := _RFC.fullmatch(source):
        section = f"#section-{found['section']}" if found["section"] else ""
        return f"https://www.rfc-editor.org/rfc/rfc{found['number']}{section}"
    if found := _GITHUB.fullmatch(source):
        # GitHub leads on from here, where the number is that of a pull request.
        number = f"/issues/{found['number']}" if found["number"] else ""
        return f"https://github.com/{found['repository']}{number}"
    return None


def _reference(name: str) -> str:
    """Return the page of an operation or a type, in the reference of its API."""
    if name == "CommonErrors":
        return f"{_USER_POOLS}/CommonErrors.html"
    return f"{_IDENTITY_POOLS if name in _OF_IDENTITY_POOLS else _USER_POOLS}/API_{name}.html"
