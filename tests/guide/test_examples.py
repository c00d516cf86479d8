"""README and guide claim only what is shown here: their examples run, page by page, against one emulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cognito_emulator import Emulator
from cognito_emulator.seed import SeedError
from cognito_emulator.settings import Settings
from tests.guide.walking import Walk, is_test, run_curl
from tests.helpers.readme import Page, pages

pytest_plugins = "pytester"
ACTION = ".github/actions/cognito-emulator"
# What an example may set, so that it is put back.
VARIABLES = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN")


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as emulator:
        yield emulator


# Pages whose examples need files or servers of their own, with the test that runs them.
ELSEWHERE = {"import.md": "tests/test_import_guide.py"}


@pytest.mark.parametrize(
    "document", [page for page in pages()[1:] if page.name not in ELSEWHERE], ids=lambda document: document.name
)
def test_examples_run_from_top_to_bottom(
    server: Emulator, document: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the README run in `tests/test_readme.py`."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if "baseline=1" in document.text:
        with Emulator(Settings(port=0)) as own:
            Walk(document, own, monkeypatch).all()
        return
    try:
        Walk(document, server, monkeypatch).all()
    finally:
        server.reset()


@pytest.mark.processes
def test_pytest_examples_pass(pytester: pytest.Pytester) -> None:
    """All in one run; a name that two pages have is a file of its page."""
    expected = 0
    for document in pages():
        for block in filter(is_test, document.blocks("python")):
            name = block.splitlines()[0].removeprefix("# ")
            (pytester.path / f"{name.removesuffix('.py')}_{document.path.stem.replace('-', '_')}.py").write_text(block)
            expected += block.count("\ndef test_")
    assert expected >= 7
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    result.assert_outcomes(passed=expected)


@pytest.mark.parametrize(
    ("language", "block", "error"),
    [
        ("python", "assert 1 == 2", AssertionError),
        ("sh", "rm -r /", AssertionError),
        ("sh", "curl http://localhost:9229/_emulator/nowhere", AssertionError),
        ("sh", "cognito-emulator --no-such-flag", SystemExit),
        ("sh", "cognito-emulator ca --no-such-flag", SystemExit),
        ("sh", "cognito-emulator check nowhere.yaml", AssertionError),
        ("yaml", "UserPools: [{PoolNam: x}]", SeedError),
        ("yaml", "# seed.yaml\nUserPools: [{PoolNam: x}]", SeedError),
        ("yaml", "services: {cognito: {environment: {COGNITO_EMULATOR_SEEED: x}}}", KeyError),
        ("yaml", "jobs: {test: {steps: [{run: rm -r /}]}}", AssertionError),
        ("yaml", f"jobs: {{test: {{steps: [{{uses: o/r/{ACTION}@main, with: {{prot: 1}}}}]}}}}", AssertionError),
        ("yaml", "apiVersion: v1\nitems: [{kind: ConfigMap, data: {a: 'UserPools: [{PoolNam: x}]'}}]", SeedError),
    ],
)
def test_an_example_that_does_not_work_is_seen(
    server: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, block: str, error: type
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(f"# T\n\n```{language}\n{block}\n```\n")
    with pytest.raises(error):
        Walk(Page(tmp_path / "page.md"), server, monkeypatch).all()


def test_a_refused_line_would_be_seen(server: Emulator) -> None:
    assert run_curl(f"curl -X DELETE {server.url}/_emulator/clock -H 'Content-Type: application/json'") == 405
    assert run_curl(f"curl {server.url}/oauth2/token -d grant_type=password -d client_id=x") == 400
