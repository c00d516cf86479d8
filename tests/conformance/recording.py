"""What a scenario's calls were answered, as a file that two runs can be compared by."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).resolve().parents[2] / "fixtures" / "recorded"


@dataclass(frozen=True)
class Step:
    """One call: its normalised input, and the answer or the refusal ({code, message, status})."""

    call: str
    input: Any
    answer: Any = None
    error: Any = None


@dataclass
class Recording:
    """The calls of one scenario; `made` says when, where and with which botocore."""

    scenario: str
    made: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write it below `folder`, as `<area>/<file>.json`."""
        path = folder / f"{self.scenario}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path


def read(path: Path) -> Recording:
    """Read a recording."""
    found = json.loads(path.read_text("utf-8"))
    return Recording(found["scenario"], found["made"], [Step(**step) for step in found["steps"]])


def recorded(folder: Path = RECORDED) -> list[Path]:
    """List the files of recordings below `folder`."""
    return sorted(folder.glob("*/*.json"))
