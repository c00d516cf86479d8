"""The pytest plugin: an emulator for the session, and fixtures.

    cognito_server    the running emulator, for fixtures of the session; no state is restored
    cognito           the same, for one test; its state is restored afterwards
    cognito_client    a boto3 client of cognito-idp
    cognito_pool      a ready user pool with an app client
    cognito_env       environment variables that lead every AWS SDK to it
    cognito_settings  override it to start the emulator with other settings

The server is imported only when one of the fixtures is used: every pytest run of the environment loads this module.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cognito_emulator.pool_handle import CognitoPool as CognitoPool
    from cognito_emulator.server import Emulator

SEED_MARKER = "cognito_seed(path, ...): seed files for this test, relative to its file or to the rootdir"
POOL_MARKER = (
    "cognito_pool(pool={...}, client={...}, mfa='ON'): members of CreateUserPool and CreateUserPoolClient for "
    "cognito_pool, and whether it asks for an authenticator app: ON, OPTIONAL or OFF"
)

REFUSED_TITLE = "cognito: refused calls of this test"
_SERVER = pytest.StashKey["Emulator"]()
_BEGAN = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "cognito_emulator_seed",
        "seed files that the fixtures' emulator starts with, relative to the ini-file",
        type="paths",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", SEED_MARKER)
    config.addinivalue_line("markers", POOL_MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_BEGAN] = time.perf_counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test why calls of the test were refused."""
    report = yield
    server, began = item.config.stash.get(_SERVER, None), item.stash.get(_BEGAN, None)
    if report.failed and server is not None and began is not None:
        item.stash[_BEGAN] = time.perf_counter()  # a failed teardown tells of its own calls
        refused = server.refused_since(began)
        if refused:
            report.sections.append((REFUSED_TITLE, refused))
    return report


def __getattr__(name: str) -> Any:
    """Import `CognitoPool`, for annotations, only when it is asked for."""
    if name == "CognitoPool":
        from cognito_emulator.pool_handle import CognitoPool

        return CognitoPool
    raise AttributeError(name)


@pytest.fixture(scope="session")
def cognito_settings() -> dict[str, Any]:
    """Return settings by name; override it, as in `{"code": "123456"}`."""
    return {}


@pytest.fixture(scope="session")
def cognito_server(pytestconfig: pytest.Config, cognito_settings: dict[str, Any]) -> Iterator[Emulator]:
    """Start the emulator of this session, on a free port; nothing is put back.

    Under xdist there is one for each worker."""
    seeds = tuple(str(path) for path in pytestconfig.getini("cognito_emulator_seed"))
    settings = {"port": 0, **({"seeds": seeds} if seeds else {}), **cognito_settings}
    from cognito_emulator.ports.collector import put_off_for_imports

    with put_off_for_imports():
        from cognito_emulator.server import Emulator

    with Emulator(**settings) as running:
        pytestconfig.stash[_SERVER] = running
        try:
            yield running
        finally:
            del pytestconfig.stash[_SERVER]


@pytest.fixture
def cognito(cognito_server: Emulator, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Return the emulator for one test.

    State, clock, messages, keys and functions are restored afterwards to what they were before it. What fixtures of the
    session or module have made stays.
    """
    with cognito_server.scope():
        for marker in reversed(list(request.node.iter_markers("cognito_seed"))):
            for path in marker.args:
                cognito_server.seed(_find_seed(request, str(path)))
        yield cognito_server


@pytest.fixture
def cognito_env(cognito: Emulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the variables by which AWS SDKs find the emulator, for one test.

    They are for code that makes its own client.
    """
    values = {
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": cognito.url,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY": cognito.url,
        "AWS_REGION": cognito.settings.region,
        "AWS_DEFAULT_REGION": cognito.settings.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "COGNITO_EMULATOR_URL": cognito.url,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    # What would lead an SDK elsewhere.
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        monkeypatch.delenv(name, raising=False)
    return values


def _find_seed(request: pytest.FixtureRequest, path: str) -> Path:
    """Relative to the test's file, else to the rootdir."""
    places = [request.path.parent / path, request.config.rootpath / path]
    for place in places:
        if place.is_file():
            return place
    looked = " or ".join(dict.fromkeys(str(place) for place in places))
    return pytest.fail(f"cognito_seed: no file {looked}", pytrace=False)


@pytest.fixture
def cognito_client(cognito: Emulator) -> Any:
    """Return a boto3 client of cognito-idp; `cognito.client()` has others."""
    return cognito.client("cognito-idp")


@pytest.fixture
def cognito_pool(cognito: Emulator, request: pytest.FixtureRequest) -> CognitoPool:
    """Make a user pool with an app client that allows every password flow.

    The marker `cognito_pool` changes both.
    """
    pool: dict[str, Any] = {}
    client: dict[str, Any] = {}
    mfa: str | None = None
    for marker in reversed(list(request.node.iter_markers("cognito_pool"))):
        unknown = [name for name in marker.kwargs if name not in ("pool", "client", "mfa")]
        if unknown or marker.args:
            wrong = (*unknown, *marker.args)[0]
            pytest.fail(f"cognito_pool takes pool=, client= and mfa=, not {wrong!r}", pytrace=False)
        pool |= marker.kwargs.get("pool", {})
        client |= marker.kwargs.get("client", {})
        mfa = marker.kwargs.get("mfa", mfa)
    return cognito.create_pool(pool=pool, client=client, mfa=mfa)
