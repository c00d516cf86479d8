"""The Dockerfile, without Docker: its own commands are run here, in a folder that stands for the image."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parent.parent
BASE_IMAGE_MB = 45  # as the Dockerfile's arithmetic has it
LIMIT_MB = 150


@dataclass(frozen=True)
class Instruction:
    name: str
    value: str

    @property
    def exec_form(self) -> list[str]:
        """The arguments of a JSON form."""
        parsed = json.loads(self.value)
        assert isinstance(parsed, list)
        return parsed


def instructions() -> list[Instruction]:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def stages() -> list[list[Instruction]]:
    found: list[list[Instruction]] = []
    for instruction in instructions():
        if instruction.name == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def one(name: str) -> Instruction:
    """The instruction of that name in the last stage: the image itself."""
    (found,) = [instruction for instruction in stages()[-1] if instruction.name == name]
    return found


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(one("ENV").value))


def ignored(path: Path) -> bool:
    """What `.dockerignore` says of a path relative to the context; the last line that matches decides."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        anywhere = "**/" in line
        names = path.parts if anywhere else path.parts[:1]
        if any(fnmatch(name, pattern) for name in names):
            verdict = not line.startswith("!")
    return verdict


@dataclass(frozen=True)
class Image:
    """A folder that stands for the root of the image."""

    root: Path

    def here(self, text: str) -> str:
        """Paths of the image become paths below the folder."""
        return re.sub(r"(?<![\w.])/(?=(opt|src|data|etc|dev)\b)", f"{self.root}/", text)

    def build(self) -> None:
        for folder in ("data", "etc", "dev/shm"):
            (self.root / folder).mkdir(parents=True)
        workdir = self.root
        for instruction in stages()[0]:
            if instruction.name == "WORKDIR":
                workdir = Path(self.here(instruction.value))
                workdir.mkdir(parents=True)
            elif instruction.name == "COPY":
                *sources, target = instruction.value.split()
                self.copy(sources, workdir / target)
            elif instruction.name == "RUN":
                path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
                command = ["sh", "-ec", self.here(instruction.value)]
                subprocess.run(command, cwd=workdir, env={**os.environ, "PATH": path}, check=True)

    @staticmethod
    def copy(sources: list[str], target: Path) -> None:
        def left_out(folder: str, names: list[str]) -> list[str]:
            return [name for name in names if ignored((Path(folder) / name).relative_to(ROOT))]

        for source in sources:
            assert not ignored(Path(source)), f".dockerignore keeps {source} from the image"
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=left_out)
            else:
                shutil.copy(ROOT / source, target / source if target.is_dir() else target)

    def environment(self, **more: str) -> dict[str, str]:
        """The image's, as a container sees it: nothing of ours but what libraries need.

        The image's user has no home but `/`, in which it cannot write: here it is a place in which even root cannot.
        """
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
        ours = {name: self.here(value).replace("$PATH", os.defpath) for name, value in environment().items()}
        return {**kept, "HOME": os.devnull, **ours, **more}

    def own(self, port: int) -> dict[str, str]:
        """What one container has of its own: its port, and its /dev/shm."""
        shared = self.here(environment()["COGNITO_EMULATOR_READY_FILE"])
        return {"COGNITO_EMULATOR_PORT": str(port), "COGNITO_EMULATOR_READY_FILE": f"{shared}.{port}"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    image = Image(tmp_path_factory.mktemp("image"))
    image.build()
    return image


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@contextmanager
def started(image: Image, port: int, *flags: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """ENTRYPOINT and flags, listening on loopback alone; it has said that it is ready."""
    env = image.environment(COGNITO_EMULATOR_HOST="127.0.0.1", **image.own(port), **settings)
    command, *arguments = one("ENTRYPOINT").exec_form
    program = shutil.which(command, path=env["PATH"])
    assert program is not None
    assert program.startswith(str(image.root))
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([program, *arguments, *flags], env=env, cwd=image.root, text=True, **both) as process:  # type: ignore[call-overload]
        try:
            assert "Ready.\n" in iter(process.stdout.readline, ""), "it ended before it was ready"
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def container(image: Image, port: int) -> Iterator[subprocess.Popen[str]]:
    with started(image, port) as process:
        yield process


def healthcheck(image: Image, port: int, **more: str) -> int:
    kind, arguments = re.fullmatch(r"(?:--\S+ )+(CMD) (\[.*\])", one("HEALTHCHECK").value).groups()  # type: ignore[union-attr]
    assert kind == "CMD"
    env = image.environment(**image.own(port), **more)
    command, *rest = json.loads(arguments)
    program = shutil.which(command, path=env["PATH"])
    assert program is not None
    return subprocess.run([program, *rest], env=env, capture_output=True, timeout=10).returncode


# --- what the file says -----------------------------------------------------------------------------------


def test_image_runs_without_root_and_listens_for_others() -> None:
    user, _, group = one("USER").value.partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert environment()["COGNITO_EMULATOR_HOST"] == "0.0.0.0"
    assert one("EXPOSE").value == "9229 9230"
    assert [stage[0].value for stage in stages()] == ["python:3.12-slim AS build", "python:3.12-slim"]


def test_a_volume_at_data_can_be_written_by_the_image_s_user() -> None:
    user, _, group = one("USER").value.partition(":")
    made = f"install -d -o {user} -g {group} -m 1777 /data"
    assert made in [each.value for each in stages()[-1] if each.name == "RUN"]
    assert one("VOLUME").value == "/data"
    assert environment()["COGNITO_EMULATOR_TLS_DIR"].startswith("/data/")


def test_context_holds_only_what_the_image_is_made_of() -> None:
    for path in (
        "tests/helpers/harness.py",
        ".git/config",
        "emulator/cognito_emulator/domain/__pycache__/x.pyc",
        "node_modules/a",
        ".venv/x",
    ):
        assert ignored(Path(path)), path
    for path in (
        "emulator/cognito_emulator/app.py",
        "emulator/cognito_emulator/seed/default.yaml",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ):
        assert not ignored(Path(path)), path


def test_healthcheck_is_frequent_while_starting() -> None:
    options = dict(re.findall(r"--(\S+?)=(\S+)", one("HEALTHCHECK").value))
    expected = {"interval": "5s", "timeout": "3s", "start-period": "3s", "start-interval": "500ms", "retries": "3"}
    assert options == expected


# --- what its commands do ---------------------------------------------------------------------------------


def test_size_is_below_the_limit(image: Image) -> None:
    venv = image.root / "opt" / "cognito-emulator"
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=6) as tar:
        tar.add(venv, "opt/cognito-emulator")
    megabytes = len(packed.getvalue()) / 1_000_000
    assert BASE_IMAGE_MB + megabytes < LIMIT_MB
    said = re.search(r"# +/opt/cognito-emulator +(\d+) MB", (ROOT / "Dockerfile").read_text())
    assert said is not None
    assert megabytes == pytest.approx(int(said[1]), rel=0.35), f"the Dockerfile says {said[1]} MB"


def test_only_the_models_in_use_are_left(image: Image) -> None:
    (data,) = image.root.glob("opt/cognito-emulator/lib/python3*/site-packages/botocore/data")
    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == ["cognito-identity", "cognito-idp"]


def test_image_has_neither_installers_nor_test_tools(image: Image) -> None:
    (packages,) = image.root.glob("opt/cognito-emulator/lib/python3*/site-packages")
    names = {path.name.lower() for path in packages.iterdir()}
    assert not names & {"pip", "setuptools", "boto3", "pytest", "_pytest"}
    assert "cognito_emulator" in names  # a part of the distribution, and inert without pytest
    compiled = list(packages.glob("cognito_emulator/__pycache__/app.*.pyc"))
    assert compiled, "a user who cannot write would compile at every start"


@pytest.mark.usefixtures("container")
def test_container_serves_the_built_in_seed(port: int) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    idp: Any = boto3.client("cognito-idp", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", **keys)
    signed_in = idp.initiate_auth(
        ClientId="localweb000000000000000001",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
    )
    assert idp.get_user(AccessToken=signed_in["AuthenticationResult"]["AccessToken"])["Username"] == "alice"


@pytest.mark.usefixtures("container")
def test_container_shows_the_guide_as_pages(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/_emulator/guide/seeds")
        page = connection.getresponse().read().decode()
    assert '<h2 id="what-a-seed-may-hold">' in page


def test_healthcheck_follows_the_container(image: Image, port: int, container: subprocess.Popen[str]) -> None:
    assert container.poll() is None
    assert healthcheck(image, port) == 0
    assert healthcheck(image, port, http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1") == 0
    assert healthcheck(image, free_port()) != 0


def test_tls_data_seeds_and_another_port_work_by_the_image_s_folders(image: Image) -> None:
    folder = image.root / "etc" / "cognito-emulator" / "seeds.d"
    folder.mkdir(parents=True)
    (folder / "1-mine.yaml").write_text(seed_of("mounted"))
    (folder / ".hidden.yaml").write_text("no seed")
    (folder / "README.md").write_text("no seed")
    port, told, tls_port = free_port(), free_port(), free_port()
    flags = ["--port", str(port), "--tls", "--tls-port", str(tls_port), "--data", str(image.root / "data")]
    with started(image, told, *flags):
        assert healthcheck(image, told) == 0, "the ready file says the port of the flag"
        trusted = ssl.create_default_context(cafile=str(image.root / "data" / "tls" / "ca.pem"))
        with closing(http.client.HTTPSConnection("localhost", tls_port, timeout=20, context=trusted)) as connection:
            connection.request("GET", "/_emulator/info", headers={"host": f"localhost:{port}"})
            info = json.load(connection.getresponse())
    shutil.rmtree(folder)
    assert [pool["name"] for pool in info["pools"]] == ["mounted"]
    assert (image.root / "data" / "cognito-emulator.sqlite").exists()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_process_1_would_hear_its_signals(container: subprocess.Popen[str]) -> None:
    """The kernel drops signals of process 1 that have no handler of its own."""
    status = Path(f"/proc/{container.pid}/status").read_text()
    (caught,) = re.findall(r"^SigCgt:\s+(\w+)$", status, re.MULTILINE)
    for number in (signal.SIGTERM, signal.SIGINT):
        assert int(caught, 16) >> (number - 1) & 1, number.name


def seed_of(name: str) -> str:
    return json.dumps({"UserPools": [{"Id": "us-east-1_mountedxx", "PoolName": name}]})


@pytest.mark.parametrize("way", ["file", "variable", "flag"])
def test_seed_by_mounted_file_or_variable_and_stop(image: Image, way: str, tmp_path: Path) -> None:
    mounted = tmp_path / "seed.yaml"
    mounted.write_text(seed_of(way))
    settings = {"file": str(mounted), "variable": seed_of(way)}
    flags = ["--seed", str(mounted)] if way == "flag" else []
    given = {"COGNITO_EMULATOR_SEED": settings[way]} if way in settings else {}
    port = free_port()
    with started(image, port, *flags, **given) as process:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/_emulator/info")
            info = json.load(connection.getresponse())
        assert [pool["name"] for pool in info["pools"]] == [way]
        process.terminate()
        assert process.wait(10) == 0  # Docker kills after ten seconds
