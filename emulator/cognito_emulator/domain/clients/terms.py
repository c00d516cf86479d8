"""Terms documents of app clients, linked at sign-up in managed login.

They are links to terms of use and to a privacy policy.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cognito_emulator.domain import errors

TERMS_NAMES = ("terms-of-use", "privacy-policy")
MAX_TERMS = 40  # in a pool [docs: quotas]
_DEFAULT = "cognito:default"


class Terms(Struct, frozen=True, gc=False):
    """A terms document of a client; its key is `id`.

    `links` are addresses by language; dates are epoch seconds.
    """

    id: str
    pool_id: str
    client_id: str
    name: str
    source: str
    enforcement: str
    links: Mapping[str, str]
    created: float
    modified: float

    @property
    def place(self) -> tuple[str, str, str]:
        """The unique index: a client has one document of each name."""
        return self.pool_id, self.client_id, self.name


def check_links(links: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the links of a document; refuse none at all.

    The answer's model requires Links with an entry [model: TermsType; own wording].

    Raises:
        InvalidParameter
    """
    if not links:
        raise errors.InvalidParameter("Links must have at least one entry.").because(
            "hosted.terms-links", setting="Links"
        )
    return dict(links)


def link_for(links: Mapping[str, str], language: str) -> str | None:
    """Return the link for a language, else the default link.

    "fallback to default" [docs: CreateTerms]
    """
    return links.get(language) or links.get(_DEFAULT)


def check_free(holder: Terms | None, terms: Terms) -> None:
    """Refuse a second document of that name [own wording].

    `holder` is the document that has the name already.

    Raises:
        TermsExists
    """
    if holder is not None and holder.id != terms.id:
        raise errors.TermsExists(f"Terms {terms.name} already exist for client {terms.client_id}.")
