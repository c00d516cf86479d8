"""Rules of source texts, for all files in one test: collecting a test for each would take each worker seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "emulator" / "cognito_emulator"
OURS = sorted(PACKAGE.rglob("*.py"))


def wrong_files(find: Callable[[str], Sequence[object]], files: Iterable[Path] = OURS) -> dict[str, Sequence[object]]:
    """Map the files in which `find` finds something to that, by their path; the package's are looked through."""
    found = {str(path.relative_to(ROOT)): find(path.read_text("utf-8")) for path in files}
    return {name: wrong for name, wrong in found.items() if wrong}
