"""The certificate stores of a machine, to which the local authority is added.

The folders and the programs are handed in, so that a test changes no machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

NAME = "cognito-emulator local CA"
_FILE = "cognito-emulator.crt"
_SECONDS = 60
# Folder of further authorities, and what reads it again.
_LINUX = (
    ("Debian and Ubuntu", "usr/local/share/ca-certificates", ("update-ca-certificates",)),
    ("Fedora", "etc/pki/ca-trust/source/anchors", ("update-ca-trust", "extract")),
)
# Databases of Chromium and Firefox, as patterns below the home folder.
_NSS = (
    ".pki/nssdb",
    ".mozilla/firefox/*",
    "snap/firefox/common/.mozilla/firefox/*",
    "Library/Application Support/Firefox/Profiles/*",
)


class Failed(Exception):
    """A store did not take the authority; the text says why, and what to do."""


def run_program(command: Sequence[str]) -> str:
    """Run a program to its end, and return its output.

    Raises:
        Failed: it is not there, or failed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the stores' own programs
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{command[0]} cannot be run: {error}.") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"{command[0]} failed: {lines[-1] if lines else f'exit code {done.returncode}'}.")
    return done.stdout


class Machine(Struct, frozen=True):
    """The machine whose stores are changed.

    It has its system, its root and home folder, and its programs.
    """

    home: Path
    system: str = sys.platform
    root: Path = Path("/")
    run: Callable[[Sequence[str]], str] = run_program
    find: Callable[[str], str | None] = shutil.which


def install(machine: Machine, authority: Path) -> Iterator[tuple[bool, str]]:
    """Add the authority to the system's store and to those of browsers.

    Yields:
        For each store whether it took the authority, and a sentence.
    """
    yield _said(lambda: _system(machine, authority), authority)
    for database in _databases(machine):
        yield _said(lambda database=database: _nss(machine, authority, database), authority)  # type: ignore[misc]


def _said(add: Callable[[], str], authority: Path) -> tuple[bool, str]:
    try:
        return True, f"{add()} trusts it now."
    except PermissionError as error:
        command = f"sudo cognito-emulator ca --install --tls-dir {authority.parent}"
        return False, f"You may not write {error.filename}. With the rights of the administrator: {command}"
    except (Failed, OSError) as error:
        return False, str(error)


def _system(machine: Machine, authority: Path) -> str:
    """Add the authority to the system's store; return the store's name.

    Raises:
        PermissionError, Failed
    """
    if machine.system == "darwin":
        keychain = str(machine.root / "Library/Keychains/System.keychain")
        machine.run(("security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k", keychain, str(authority)))
        return "macOS"
    for name, folder, refresh in _LINUX if machine.system.startswith("linux") else ():
        place = machine.root / folder
        if place.is_dir() and machine.find(refresh[0]):
            (place / _FILE).write_text(authority.read_text())
            machine.run(refresh)
            return name
    raise Failed(
        "The store of this system is not known here: Debian's, Ubuntu's, Fedora's and macOS's are. "
        f"Add {authority} to it by hand."
    )


def _databases(machine: Machine) -> list[Path]:
    """Return the folders of NSS databases."""
    found = [path for pattern in _NSS for path in sorted(machine.home.glob(pattern))]
    return [path for path in found if (path / "cert9.db").is_file()]


def _nss(machine: Machine, authority: Path, database: Path) -> str:
    """Add the authority to a browser's database and return the database's name.

    It takes the place of an earlier one.

    Raises:
        Failed
    """
    if machine.find("certutil") is None:
        raise Failed(f"{database} is a browser's, which certutil changes: install libnss3-tools, nss-tools or nss.")
    named = ("certutil", "-d", f"sql:{database}", "-n", NAME)
    with suppress(Failed):  # it was not there
        machine.run((*named, "-D"))
    machine.run((*named, "-A", "-t", "C,,", "-i", str(authority)))
    return f"{database} (a browser's)"
