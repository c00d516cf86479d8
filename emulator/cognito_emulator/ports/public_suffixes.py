"""The public suffix list (publicsuffix.org): names under which others are registered, as co.uk and github.io.

It comes with the package publicsuffixlist (the extra `passkeys`), which is imported, and its list read, at first use.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_public_suffix(name: str) -> bool:
    """Whether the list has `name`; of a name that the list knows nothing about, and without the package, False."""
    suffixes = _read() if name else None
    return suffixes is not None and suffixes.publicsuffix(name) == name.lower()


@lru_cache(maxsize=1)
def _read() -> PublicSuffixList | None:
    if find_spec("publicsuffixlist") is None:
        return None
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)
