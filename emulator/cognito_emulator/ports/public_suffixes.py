"""The public suffix list (publicsuffix.org), such as co.uk and github.io.

Others register names below them. The package publicsuffixlist (the extra `passkeys`) has the list. It is imported and
read at first use.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_public_suffix(name: str) -> bool:
    """Return whether the list has `name`.

    It is False for a name that the list does not cover, and without the package. The list is not read for names that
    are never registered [RFC 6761].
    """
    if name == "localhost" or name.endswith((".localhost", ".test")):
        return False
    suffixes = _read() if name else None
    return suffixes is not None and suffixes.publicsuffix(name) == name.lower()


@lru_cache(maxsize=1)
def _read() -> PublicSuffixList | None:
    if find_spec("publicsuffixlist") is None:
        return None
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)
