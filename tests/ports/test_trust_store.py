"""The authority is added to the stores of a machine that is made of folders."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cognito_emulator.ca_command import run
from cognito_emulator.ports.trust_store import NAME, Failed, Machine, install, run_program
from cognito_emulator.settings import Settings

DEBIAN, FEDORA = "usr/local/share/ca-certificates", "etc/pki/ca-trust/source/anchors"
FIREFOX = ".mozilla/firefox/abc.default"


class Programs:
    """The programs of a machine: what was run, and which of them fail."""

    def __init__(self, *known: str, failing: str = "") -> None:
        self.known = known
        self.failing = failing
        self.run_with: list[tuple[str, ...]] = []

    def find(self, name: str) -> str | None:
        return name if name in self.known else None

    def run(self, command: Sequence[str]) -> str:
        self.run_with.append(tuple(command))
        if self.failing and self.failing in command:
            raise Failed(f"{command[0]} failed: no.")
        return ""


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "tls" / "ca.pem"
    path.parent.mkdir()
    path.write_text("PEM")
    return path


def machine(tmp_path: Path, programs: Programs, *folders: str, system: str = "linux") -> Machine:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    return Machine(tmp_path / "home", system, tmp_path, programs.run, programs.find)


LINUX = [
    (DEBIAN, ("update-ca-certificates",), "Debian and Ubuntu trusts it now."),
    (FEDORA, ("update-ca-trust", "extract"), "Fedora trusts it now."),
]


@pytest.mark.parametrize(("folder", "refresh", "text"), LINUX)
def test_the_systems_of_linux(
    tmp_path: Path, authority: Path, folder: str, refresh: tuple[str, ...], text: str
) -> None:
    programs = Programs(refresh[0])
    assert list(install(machine(tmp_path, programs, folder), authority)) == [(True, text)]
    assert (tmp_path / folder / "cognito-emulator.crt").read_text() == "PEM"
    assert programs.run_with == [refresh]


def test_macos(tmp_path: Path, authority: Path) -> None:
    programs = Programs()
    assert list(install(machine(tmp_path, programs, system="darwin"), authority)) == [(True, "macOS trusts it now.")]
    ((program, *options),) = programs.run_with
    assert (program, options[:4]) == ("security", ["add-trusted-cert", "-d", "-r", "trustRoot"])
    assert options[4:] == ["-k", str(tmp_path / "Library/Keychains/System.keychain"), str(authority)]


@pytest.mark.parametrize("system", ["win32", "linux", "freebsd14"])
def test_a_system_that_is_not_known(tmp_path: Path, authority: Path, system: str) -> None:
    ((is_done, text),) = install(machine(tmp_path, Programs(), system=system), authority)
    assert not is_done
    assert text.endswith(f"Add {authority} to it by hand.")


def test_rights_that_are_missing(tmp_path: Path, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, text: str) -> int:
        raise PermissionError(13, "Permission denied", str(self))

    made = machine(tmp_path, Programs("update-ca-certificates"), DEBIAN)
    monkeypatch.setattr(Path, "write_text", refuse)
    ((is_done, text),) = install(made, authority)
    assert not is_done
    assert text.startswith(f"You may not write {tmp_path / DEBIAN}/cognito-emulator.crt. With the rights of the admin")
    assert text.endswith(f"sudo cognito-emulator ca --install --tls-dir {authority.parent}")


def test_a_program_of_the_store_that_fails(tmp_path: Path, authority: Path) -> None:
    programs = Programs("update-ca-certificates", failing="update-ca-certificates")
    found = list(install(machine(tmp_path, programs, DEBIAN), authority))
    assert found == [(False, "update-ca-certificates failed: no.")]


def browsers(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "home" / folder for folder in (".pki/nssdb", FIREFOX)]
    for folder in found:
        folder.mkdir(parents=True)
        (folder / "cert9.db").touch()
    (tmp_path / "home/.mozilla/firefox/Crash Reports").mkdir()
    return found


def test_browsers(tmp_path: Path, authority: Path) -> None:
    programs = Programs("update-ca-certificates", "certutil", failing="-D")  # none is there before
    databases = browsers(tmp_path)
    found = list(install(machine(tmp_path, programs, DEBIAN), authority))
    assert found[1:] == [(True, f"{database} (a browser's) trusts it now.") for database in databases]
    assert programs.run_with[1:] == [
        ("certutil", "-d", f"sql:{database}", "-n", NAME, *more)
        for database in databases
        for more in (("-D",), ("-A", "-t", "C,,", "-i", str(authority)))
    ]


def test_browsers_without_their_tool(tmp_path: Path, authority: Path) -> None:
    browsers(tmp_path)
    found = list(install(machine(tmp_path, Programs("update-ca-certificates"), DEBIAN), authority))
    assert [is_done for is_done, _ in found] == [True, False, False]
    assert "install libnss3-tools" in found[1][1]


def test_the_command_tells_what_was_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(tls_dir=str(tmp_path / "tls"))
    good = machine(tmp_path, Programs("update-ca-certificates"), DEBIAN)
    assert run(settings, is_install=True, machine=good) == 0
    assert capsys.readouterr().out == "Debian and Ubuntu trusts it now.\n"
    assert (tmp_path / DEBIAN / "cognito-emulator.crt").read_text() == (tmp_path / "tls/ca.pem").read_text()
    browsers(tmp_path)
    assert run(settings, is_install=True, machine=good) == 1
    assert "libnss3-tools" in capsys.readouterr().err


def test_without_install_it_tells_what_programs_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Settings(tls_dir=str(tmp_path)), is_install=False) == 0
    printed = capsys.readouterr()
    path = tmp_path / "ca.pem"
    assert printed.out == path.read_text()
    for part in (f"emulators: {path}\n", f"NODE_EXTRA_CA_CERTS={path}", f"SSL_CERT_FILE={path}", "keytool -importcert"):
        assert part in printed.err


@pytest.mark.processes
def test_programs_that_are_run() -> None:
    assert run_program((sys.executable, "-c", "print('x')")).strip() == "x"
    with pytest.raises(Failed, match=r"failed: what it says\.$"):
        run_program((sys.executable, "-c", "import sys; sys.exit('what it says')"))
    with pytest.raises(Failed, match=r"failed: exit code 3\.$"):
        run_program((sys.executable, "-c", "import sys; sys.exit(3)"))
    with pytest.raises(Failed, match=r"^/no/such cannot be run"):
        run_program(("/no/such",))
