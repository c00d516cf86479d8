"""The examples of the guide's page about keeping state."""

from __future__ import annotations

import re
from pathlib import Path

import cognito_emulator
from cognito_emulator import Emulator

PAGE = (Path(cognito_emulator.__file__).parent / "guide" / "keeping.md").read_text("utf-8")


def test_the_python_examples_run(cognito: Emulator) -> None:
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block.replace("http://localhost:9229", cognito.url), names)
    assert names["worker"]
