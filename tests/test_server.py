"""`Emulator`: an emulator in plain Python."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.gate import Gate
from cognito_emulator.seed import SeedError
from cognito_emulator.settings import Settings
from cognito_emulator.sockets import CannotListen, PortTaken, listen
from tests.helpers.control_api import CLIENT, POOL, SEED, Control


@pytest.fixture
def emulator(shared_control: Control) -> Emulator:
    shared_control.emulator.reset()
    return shared_control.emulator


def test_without_arguments_it_is_empty_and_on_a_free_port() -> None:
    with Emulator() as one, Emulator() as two:
        assert one.port != two.port
        assert one.url == one.world.public_url == f"http://localhost:{one.port}"
        one.client().create_user_pool(PoolName="mine")
        assert len(one.client().list_user_pools(MaxResults=10)["UserPools"]) == 1
        assert two.client().list_user_pools(MaxResults=10)["UserPools"] == []


def test_settings_and_single_overrides() -> None:
    with Emulator(Settings(port=0, region="eu-north-1"), code="123456", issuer="aws") as one:
        assert [pool.id for pool in one.world.store.pools] == ["us-east-1_localpool"]  # the settings say: built-in seed
        assert (one.settings.region, one.settings.code, one.settings.issuer) == ("eu-north-1", "123456", "aws")
        assert one.client().meta.region_name == "eu-north-1"
    with pytest.raises(TypeError, match="prot"):
        Emulator(prot=1)


def test_a_seed_by_path_or_mapping(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("UserPools:\n  - {Id: us-east-1_file, PoolName: file}\n")
    for seed, expected in ((str(path), "us-east-1_file"), (path, "us-east-1_file"), (SEED, POOL)):
        with Emulator(seed=seed) as one:
            assert [pool.id for pool in one.world.store.pools] == [expected]
    with pytest.raises(SeedError, match="PoolNam"):
        Emulator(seed={"UserPools": [{"PoolNam": "x"}]}).start()


def test_it_can_be_started_again_and_tells_when_it_is_not_running() -> None:
    one = Emulator()
    with pytest.raises(RuntimeError, match="is not running"):
        _ = one.url
    one.stop()
    with one:
        one.client().create_user_pool(PoolName="mine")
        with pytest.raises(RuntimeError, match="running already"):
            one.start()
    with pytest.raises(RuntimeError, match="is not running"):
        one.messages()
    with one:
        assert one.client().list_user_pools(MaxResults=10)["UserPools"] == []


def test_a_taken_port_is_told() -> None:
    with Emulator() as one, pytest.raises(PortTaken, match=f"Port {one.port} on localhost is taken"):
        Emulator(port=one.port).start()


def test_a_port_taken_on_one_of_the_two_addresses_is_taken() -> None:
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        other.listen()
        with pytest.raises(PortTaken):
            listen("localhost", other.getsockname()[1])
    with pytest.raises(CannotListen, match="not known here"):
        listen("nowhere.invalid", 0)


def test_stopping_lets_waiting_calls_go() -> None:
    one = Emulator().start()
    found: list[Any] = []
    waiting = threading.Thread(target=lambda: found.append(one.messages(wait=60)))
    waiting.start()
    while one.world.outbox._arrival is None:
        time.sleep(0.001)
    one.stop()
    waiting.join(30)
    assert found == [[]]


def test_clients_are_kept_by_service_and_region(emulator: Emulator) -> None:
    assert emulator.client() is emulator.client("cognito-idp")
    assert emulator.client(region="eu-north-1") is not emulator.client()
    assert emulator.client("cognito-identity").meta.service_model.service_name == "cognito-identity"
    own = emulator.client(aws_access_key_id="123456789012")
    assert own is not emulator.client()
    arn = own.create_user_pool(PoolName="x")["UserPool"]["Arn"]
    assert ":123456789012:" in arn


def test_a_proxy_of_the_environment_is_not_used(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = emulator.client(region="eu-west-1")
    assert client.list_user_pools(MaxResults=1)["UserPools"] == []


@pytest.mark.parametrize("name", ["ann", "a0000000-0000-4000-8000-000000000001", "ann@example.com", "Ann@Example.com"])
def test_code_for_finds_the_newest_code_by_any_name(emulator: Emulator, name: str) -> None:
    for _ in range(2):
        emulator.client().forgot_password(ClientId=CLIENT, Username="ann")
    codes = [message.code for message in emulator.messages(user=name)]
    assert len(codes) == 2
    assert emulator.code_for(name) == codes[-1]


def test_code_for_waits(emulator: Emulator) -> None:
    codes: list[str] = []
    waiting = threading.Thread(target=lambda: codes.append(emulator.code_for("ann", wait=10)))
    waiting.start()
    emulator.client().forgot_password(ClientId=CLIENT, Username="ann")
    waiting.join(10)
    assert codes == [emulator.messages()[-1].code]


def test_code_for_says_who_got_messages(emulator: Emulator) -> None:
    with pytest.raises(LookupError, match=r"No code was sent to 'bob' within 0 s; there are messages for: no user\."):
        emulator.code_for("bob", wait=0)
    emulator.client().forgot_password(ClientId=CLIENT, Username="ann")
    with pytest.raises(LookupError, match=r"there are messages for: ann\."):
        emulator.code_for("bob", wait=0)


def test_the_clock(emulator: Emulator) -> None:
    assert emulator.clock.now() == pytest.approx(time.time(), abs=5)
    emulator.clock.freeze(1000)
    emulator.clock.advance(timedelta(minutes=1))
    emulator.clock.advance(5)
    assert emulator.clock.now() == 1065
    emulator.clock.set(datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert emulator.clock.now() == 1893553445
    emulator.clock.freeze("2030-01-02T03:04:06Z")
    assert emulator.clock.now() == 1893553446
    with pytest.raises(ValueError, match="soon"):
        emulator.clock.set("soon")
    emulator.clock.reset()
    assert emulator.clock.now() == pytest.approx(time.time(), abs=5)


def test_reset_goes_back_to_the_start_seed(emulator: Emulator) -> None:
    emulator.client().admin_delete_user(UserPoolId=POOL, Username="ann")
    emulator.clock.freeze()
    emulator.reset()
    assert emulator.client().admin_get_user(UserPoolId=POOL, Username="ann")["UserStatus"] == "CONFIRMED"
    assert not emulator.world.clock.is_frozen


def test_seed_adds_until_the_reset_or_for_good() -> None:
    with Emulator(seed=SEED) as one:
        more = {"UserPools": [{"Id": "us-east-1_more", "PoolName": "more"}]}
        one.seed(more)
        assert "us-east-1_more" in one.world.store.pools
        with pytest.raises(SeedError):
            one.seed(more)
        one.reset()
        assert "us-east-1_more" not in one.world.store.pools
        one.seed(more, baseline=True)
        one.reset()
        assert [pool.id for pool in one.world.store.pools] == [POOL, "us-east-1_more"]


def test_jwks_are_those_that_are_served(emulator: Emulator) -> None:
    import json

    with urllib.request.urlopen(f"http://127.0.0.1:{emulator.port}/{POOL}/.well-known/jwks.json") as answer:
        assert json.loads(answer.read()) == emulator.jwks(POOL)
    with pytest.raises(LookupError, match="There is no pool us-east-1_none"):
        emulator.jwks("us-east-1_none")


def test_its_own_thread_cannot_wait_for_itself(emulator: Emulator) -> None:
    def nested() -> None:
        emulator.on_loop(lambda: None)

    with pytest.raises(RuntimeError, match="cannot wait for itself"):
        emulator.on_loop(nested)


def test_an_ipv6_host_has_a_url_in_brackets() -> None:
    try:
        one = Emulator(host="::1").start()
    except CannotListen:
        pytest.skip("no IPv6 here")
    assert one.url == f"http://[::1]:{one.port}"
    one.client().list_user_pools(MaxResults=1)
    one.stop()


def test_kept_alive_requests_do_not_wait_for_delayed_acknowledgements() -> None:
    """Without TCP_NODELAY each waits 40 ms. uvloop sets it itself, asyncio by the protocol of the socket."""
    found: list[int] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def connect(opened: socket.socket) -> None:
        async with await asyncio.start_server(answer, sock=opened):
            reader, writer = await asyncio.open_connection("127.0.0.1", opened.getsockname()[1])
            assert await reader.read() == b""
            writer.close()

    [opened] = listen("127.0.0.1", 0)
    asyncio.run(connect(opened))
    assert found
    assert all(found)


def test_forwarded_headers_are_read_where_they_are_sent() -> None:
    seed = {"UserPools": [{"Id": "us-east-1_forwarded", "PoolName": "p"}]}
    with Emulator(seed=seed, public_url="request") as one:
        url = f"{one.url}/us-east-1_forwarded/.well-known/openid-configuration"
        for header, scheme in (("X-Forwarded-Proto", "https"), ("X-Forwarded", "http"), ("X-Other", "http")):
            with urllib.request.urlopen(urllib.request.Request(url, headers={header: "https"})) as answer:
                assert json.load(answer)["issuer"] == f"{scheme}://localhost:{one.port}/us-east-1_forwarded"


def test_the_gate_answers_probes_holds_the_rest_and_lets_it_go() -> None:
    async def ask(gate: Gate, path: str) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        await gate({"type": "http", "path": path, "method": "GET"}, receive, send)
        return sent

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(f"app {scope['path']}")

    async def scenario() -> None:
        gate, stopped = Gate(), Gate()
        assert (await ask(gate, "/_emulator/health"))[0]["status"] == 200
        assert (await ask(gate, "/health"))[0]["status"] == (await ask(gate, "/__admin/health"))[0]["status"] == 200
        assert (await ask(gate, "/_emulator/ready"))[0]["status"] == 503
        held = asyncio.create_task(ask(gate, "/"))
        await asyncio.sleep(0)
        assert not held.done()
        gate.open(app)
        assert await held == ["app /"]
        assert await ask(gate, "/_emulator/health") == ["app /_emulator/health"]
        held = asyncio.create_task(ask(stopped, "/"))
        await asyncio.sleep(0)
        stopped.close()
        assert (await held)[0]["status"] == 503

    asyncio.run(scenario())
