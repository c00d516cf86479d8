"""Python packages of tests in an environment of their own: installed once from a list of fixed versions."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

from tests.helpers.npm import unavailable


def install(folder: Path) -> Path:
    """Install what the folder's requirements.txt names, unless it is there; return the Python that has it."""
    wanted = (folder / "requirements.txt").read_bytes()
    home = folder / ".venv"
    python, mark = home / "bin" / "python", home / ".installed-requirements.txt"
    home.mkdir(exist_ok=True)
    with (home / ".install.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if mark.exists() and mark.read_bytes() == wanted:
            return python
        try:
            # The pip of this environment installs there: another one takes seconds to be installed.
            venv = [sys.executable, "-m", "venv", "--without-pip", str(home)]
            subprocess.run(venv, capture_output=True, timeout=120, check=True)
            pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps"]
            wanted_file = ["-r", str(folder / "requirements.txt")]
            subprocess.run([*pip, *wanted_file], capture_output=True, text=True, timeout=300, check=True)
        except subprocess.SubprocessError as error:
            unavailable(f"the packages could not be installed: {getattr(error, 'stderr', '') or error}")
        mark.write_bytes(wanted)
    return python
