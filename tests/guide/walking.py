"""Run the examples of a page in their order: Python, shell lines, seeds, files."""

from __future__ import annotations

import base64
import http.client
import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from cognito_emulator import Emulator, cli
from cognito_emulator.options import OPTIONS
from cognito_emulator.seed import parse_text
from tests.helpers.readme import ROOT, URL, Page, between

# What is not run here: commands of other programs, and those that another test runs.
ELSEWHERE = ("docker", "aws", "npm", "npx", "pip", "make")
_NAMED = re.compile(r"# ([\w.-]+\.ya?ml)\n")
_SEED = ("UserPools:", "IdentityPools:", "OpenIDConnectProviders:", "SAMLProviders:", "LoginProviders:")
_TAKES_A_VALUE = ("-X", "-H", "-d", "--data-binary", "-u")
_RUN = {"check", "config", "export", "guide", "operations", "snapshot"}


def is_test(block: str) -> bool:
    """Whether a block of Python is a file for pytest."""
    return block.startswith("# test_")


@dataclass
class Walk:
    """One page, in a folder of its own, against an emulator with the built-in seed."""

    page: Page
    emulator: Emulator
    patch: pytest.MonkeyPatch
    names: dict[str, Any] = field(default_factory=dict)
    run: int = 0

    def all(self) -> int:
        """Run everything; the number of examples."""
        os.symlink(ROOT / "fixtures", "fixtures")
        self.patch.setenv("COGNITO_EMULATOR_URL", self.emulator.url)
        for language, block in self.page.fences:
            text = block.replace(URL, self.emulator.url)
            if language == "python" and not is_test(block):
                exec(compile(text, self.page.name, "exec"), self.names)
                self.run += 1
            elif language == "sh":
                for line in filter(None, text.splitlines()):
                    self.shell(line)
            elif language == "yaml":
                self.yaml(text)
        return self.run

    def shell(self, line: str) -> None:
        if line in (between("start").strip("`sh\n"), between("test").strip("`sh\n")):
            return  # `.ci/run` runs them
        program = line.split()[0]
        if program in ELSEWHERE:
            return
        self.run += 1
        if program == "curl":
            assert run_curl(line) < 400, line
        elif program == "cognito-emulator":
            run_command(line)
        elif program == "export":
            for pair in shlex.split(line, comments=True)[1:]:
                self.patch.setenv(*pair.split("=", 1))
        else:
            raise AssertionError(f"no test runs this line: {line}")

    def yaml(self, text: str) -> None:
        named = _NAMED.match(text)
        if named:
            Path(named[1]).write_text(text)
        content = text[named.end() :] if named else text
        if content.startswith(_SEED):
            parse_text(content, self.page.name)
        elif content.startswith("services:"):
            self.settings(yaml.safe_load(content)["services"])
        elif content.startswith("apiVersion:"):
            self.cluster(yaml.safe_load(content)["items"])
        elif content.startswith("jobs:"):
            for job in yaml.safe_load(content)["jobs"].values():
                check_action(job["steps"])
                self.settings(job.get("services", {}))
                for step in job["steps"]:
                    if "run" in step:
                        self.shell(step["run"].replace(URL, self.emulator.url))
        self.run += 1

    def cluster(self, items: list[dict[str, Any]]) -> None:
        """Seeds of a Kubernetes list are seeds, and its containers are given settings that exist."""
        for item in items:
            for text in item.get("data", {}).values():
                parse_text(text, self.page.name)
            pod = item["spec"]["template"]["spec"] if item["kind"] == "Deployment" else {}
            for container in pod.get("containers", []):
                given = {pair["name"]: pair["value"] for pair in container.get("env", [])}
                self.settings({container["name"]: {"environment": given}})
                for probe in (container["readinessProbe"], container["livenessProbe"]):
                    assert run_curl(f"curl {self.emulator.url}{probe['httpGet']['path']}") == 200

    def settings(self, services: dict[str, Any]) -> None:
        """Containers are given settings that exist, with values that are taken."""
        known = {option.variable: option for option in OPTIONS}
        for service in services.values():
            for name, value in {**service.get("environment", {}), **service.get("env", {})}.items():
                if name.startswith("COGNITO_EMULATOR_"):
                    known[name].read(value)


def check_action(steps: list[dict[str, Any]]) -> None:
    """Steps by our action give it inputs that it has."""
    known = yaml.safe_load((ROOT / ".github/actions/cognito-emulator/action.yml").read_text())["inputs"]
    for step in steps:
        if "/.github/actions/cognito-emulator@" in step.get("uses", ""):
            assert step["with"].keys() <= known.keys(), step


def run_command(line: str) -> None:
    """Run a command line, or read the flags of one that serves."""
    arguments = shlex.split(line)[1:]
    assert arguments
    command = arguments[0]
    if command in ("exec", "serve"):
        end = arguments.index("--") if "--" in arguments else len(arguments)
        arguments = ["config", *arguments[1:end]]
    elif command not in cli.COMMANDS:
        arguments = ["config", *arguments]
    elif command not in _RUN:
        cli._parser().parse_args(arguments)  # a test of the page's subject runs it
        return
    assert cli.main(arguments) == 0, line


def run_curl(line: str) -> int:
    """Do what the curl line does, where there is no curl; the status."""
    arguments = iter(shlex.split(line)[1:])
    method, headers, body, url = "", {}, "", ""
    for argument in arguments:
        value = next(arguments) if argument in _TAKES_A_VALUE else ""
        if argument == "-X":
            method = value
        elif argument == "-H":
            name, _, content = value.partition(": ")
            headers[name] = content
        elif argument == "-u":
            headers["Authorization"] = f"Basic {base64.b64encode(value.encode()).decode()}"
        elif argument in ("-d", "--data-binary"):
            body += ("&" if body else "") + (Path(value[1:]).read_text() if value.startswith("@") else value)
        elif not argument.startswith("-"):
            url = argument
    if body and "Content-Type" not in headers:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method or ("POST" if body else "GET"), f"{parts.path}?{parts.query}", body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
