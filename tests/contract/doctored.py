"""botocore with another service model, for programs that a test starts."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore


def doctored_botocore(folder: Path, doctor: Callable[[dict[str, Any]], None]) -> None:
    """Make a folder in which Python finds botocore, all of it as installed but the model of user pools."""
    real = Path(botocore.__file__).parent
    package = folder / "botocore"
    service = max(path for path in (real / "data" / "cognito-idp").iterdir() if path.is_dir())
    _link(real, package, without="data")
    _link(real / "data", package / "data", without="cognito-idp")
    _link(service, package / "data" / "cognito-idp" / service.name, without="service-2.json.gz")
    model = json.loads(gzip.decompress((service / "service-2.json.gz").read_bytes()))
    doctor(model)
    written = gzip.compress(json.dumps(model).encode())
    (package / "data" / "cognito-idp" / service.name / "service-2.json.gz").write_bytes(written)


def _link(real: Path, copy: Path, without: str) -> None:
    copy.mkdir(parents=True)
    for path in real.iterdir():
        if path.name not in (without, "__pycache__"):
            (copy / path.name).symlink_to(path)


def environment(*folders: Path) -> dict[str, str]:
    """This environment without what belongs to the test run; Python looks into these folders first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_XDIST"))}
    path = os.pathsep.join(map(str, folders))
    return {**kept, "PYTHONPATH": path, "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"}
