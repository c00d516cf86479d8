"""The pytest plugin as projects see it: each test runs a small project in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

pytest_plugins = "pytester"

SEED = """
UserPools:
  - Id: us-east-1_seededone
    PoolName: {name}
    Clients:
      - {{ClientId: seededclient00000000000001, ClientName: web}}
"""
CONFTEST = """
import pytest

@pytest.fixture
def pools(cognito_client):
    return lambda: sorted(pool["Name"] for pool in cognito_client.list_user_pools(MaxResults=60)["UserPools"])
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error")
    pytester.makeconftest(CONFTEST)
    return pytester


def seed_file(project: pytest.Pytester, path: str, name: str) -> None:
    file = project.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SEED.format(name=name))


def passes(project: pytest.Pytester, passed: int, *arguments: str) -> pytest.RunResult:
    result = project.runpytest_subprocess(*arguments)
    result.assert_outcomes(passed=passed)
    return result


# --- costs nothing until it is used -----------------------------------------------------------------------


def test_loading_the_plugin_imports_nothing_but_itself() -> None:
    script = (
        "import sys, pytest, _pytest.pytester; before = set(sys.modules); import cognito_emulator.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cognito_emulator", "cognito_emulator.pytest_plugin"]


def test_a_run_without_our_fixtures_imports_nothing_of_ours(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import sys

        def test_it(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("cognito-emulator")
            for name in ("cognito_emulator.server", "starlette", "uvicorn", "botocore", "boto3"):
                assert name not in sys.modules, name
    """)
    passes(project, 1, "-p", "no:anyio")


@pytest.mark.parametrize("arguments", [(), ("-p", "no:cognito-emulator")])
def test_a_project_with_a_folder_named_emulator_runs(project: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    project.mkpydir("emulator").joinpath("cpu.py").write_text("REGISTERS = 16\n")
    project.makepyfile("""
        from emulator.cpu import REGISTERS

        def test_it():
            assert REGISTERS == 16
    """)
    project.makeconftest("import emulator.cpu")
    passes(project, 1, *arguments)


def test_the_fixtures_work_in_a_project_with_a_folder_named_emulator(project: pytest.Pytester) -> None:
    project.mkpydir("emulator").joinpath("cpu.py").write_text("REGISTERS = 16\n")
    project.makeconftest("import emulator.cpu")
    project.makepyfile("""
        from cognito_emulator import Emulator
        from emulator.cpu import REGISTERS

        def test_it(cognito, cognito_pool):
            assert isinstance(cognito, Emulator)
            assert REGISTERS == 16
    """)
    passes(project, 1)


# --- the fixtures -----------------------------------------------------------------------------------------


def test_a_ready_pool_signs_up_and_in(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        def test_life(cognito, cognito_client, cognito_pool):
            assert cognito_pool.client_secret is None
            cognito_client.sign_up(
                ClientId=cognito_pool.client_id, Username="ann", Password="Password-1",
                UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
            )
            code = cognito.code_for("ann")
            cognito_client.confirm_sign_up(ClientId=cognito_pool.client_id, Username="ann", ConfirmationCode=code)
            token = cognito_pool.sign_in("ann")["AccessToken"]
            assert cognito_client.get_user(AccessToken=token)["Username"] == "ann"
            cognito.clock.advance(3601)
            with pytest.raises(cognito_client.exceptions.NotAuthorizedException, match="expired"):
                cognito_client.get_user(AccessToken=token)

        def test_helpers(cognito_client, cognito_pool):
            sub = cognito_pool.add_user("bob", email="bob@example.com")
            user = cognito_client.get_user(AccessToken=cognito_pool.sign_in("bob")["AccessToken"])
            attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
            assert attributes == {"sub": sub, "email": "bob@example.com", "email_verified": "true"}
            with pytest.raises(cognito_client.exceptions.NotAuthorizedException):
                cognito_pool.sign_in("bob", "Password-2")

        @pytest.mark.cognito_pool(
            pool={"UsernameAttributes": ["email"], "MfaConfiguration": "OFF"}, client={"GenerateSecret": True}
        )
        def test_marker(cognito_client, cognito_pool):
            assert len(cognito_pool.client_secret) > 40
            sub = cognito_pool.add_user("cy@example.com")
            token = cognito_pool.sign_in("cy@example.com")["AccessToken"]
            assert cognito_client.get_user(AccessToken=token)["Username"] == sub

        def test_challenge(cognito_client, cognito_pool):
            cognito_client.admin_create_user(UserPoolId=cognito_pool.id, Username="di", TemporaryPassword="Password-1")
            with pytest.raises(LookupError, match="NEW_PASSWORD_REQUIRED"):
                cognito_pool.sign_in("di")
    """)
    passes(project, 4)


LEAVES_NOTHING = """
    import pytest, time

    @pytest.mark.parametrize("turn", range(4))
    def test_turn(turn, pools, cognito, cognito_client, cognito_pool):
        assert pools() == ["tests"]
        assert cognito.messages() == []
        assert abs(cognito.clock.now() - time.time()) < 60
        cognito_client.sign_up(
            ClientId=cognito_pool.client_id, Username="ann", Password="Password-1",
            UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
        )
        assert len(cognito.messages(user="ann")) == 1
        cognito.clock.freeze(1_000_000_000)
        with open("ports.txt", "a") as file:
            print(cognito.port, file=file)
"""


def ports(project: pytest.Pytester) -> set[str]:
    return set((project.path / "ports.txt").read_text().split())


def test_each_test_starts_afresh_on_one_server(project: pytest.Pytester) -> None:
    project.makepyfile(LEAVES_NOTHING)
    passes(project, 4)
    assert len(ports(project)) == 1


def test_each_worker_of_xdist_has_its_server(project: pytest.Pytester) -> None:
    project.makepyfile(LEAVES_NOTHING)
    passes(project, 4, "-n", "2")
    assert len(ports(project)) == 2


def test_a_failed_test_is_put_back_too(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_fails(cognito_pool):
            raise ValueError

        def test_next(pools):
            assert pools() == []
    """)
    project.runpytest_subprocess().assert_outcomes(passed=1, failed=1)


def test_settings_can_be_overridden(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import pytest

        @pytest.fixture(scope="session")
        def cognito_settings():
            return {"region": "eu-west-1", "code": "123456"}
    """)
    project.makepyfile("""
        def test_it(cognito, cognito_client, cognito_pool):
            assert cognito_pool.id.startswith("eu-west-1_")
            cognito_client.sign_up(
                ClientId=cognito_pool.client_id, Username="ann", Password="Password-1",
                UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
            )
            assert cognito.code_for("ann") == "123456"
    """)
    passes(project, 1)


def test_what_fixtures_of_the_session_and_module_have_made_stays(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.fixture(scope="session")
        def shared(cognito_server):
            pool = cognito_server.create_pool(mfa="OPTIONAL")
            pool.add_user("ann", email="ann@example.com")
            return pool

        @pytest.fixture(scope="module")
        def token(shared):
            return shared.sign_in("ann")["AccessToken"]

        @pytest.mark.parametrize("turn", range(3))
        def test_turn(turn, cognito, cognito_pool, shared, token):
            assert shared.idp.get_user(AccessToken=token)["Username"] == "ann"
            assert [user["Username"] for user in shared.idp.list_users(UserPoolId=shared.id)["Users"]] == ["ann"]
            shared.add_user("bob")
            shared.idp.admin_user_global_sign_out(UserPoolId=shared.id, Username="ann")
            if turn == 1:
                cognito.reset()
                assert cognito.client().list_user_pools(MaxResults=60)["UserPools"] == []
            assert cognito.requests("AdminUserGlobalSignOut")
            assert len(cognito.requests("CreateUserPool")) == 1, "the one of this test"
    """)
    passes(project, 3)


def test_code_that_makes_its_own_client_finds_the_emulator(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    project.makepyfile("""
        import os

        def test_program(cognito_env, cognito, cognito_pool):
            import boto3

            assert boto3.client("cognito-idp").list_users(UserPoolId=cognito_pool.id)["Users"] == []
            assert boto3.client("cognito-identity").list_identity_pools(MaxResults=5)["IdentityPools"] == []
            assert os.environ["COGNITO_EMULATOR_URL"] == cognito.url == cognito_env["COGNITO_EMULATOR_URL"]

        def test_next():
            assert "COGNITO_EMULATOR_URL" not in os.environ
            assert os.environ["AWS_PROFILE"] == "nowhere"
    """)
    passes(project, 2)


def test_the_marker_takes_mfa_and_knows_its_members(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        from cognito_emulator.pytest_plugin import CognitoPool

        @pytest.mark.cognito_pool(mfa="ON")
        def test_mfa(cognito_pool):
            assert isinstance(cognito_pool, CognitoPool)
            cognito_pool.add_user("ann", totp=True)
            assert cognito_pool.sign_in("ann")["AccessToken"]
            assert cognito_pool.idp.get_user_pool_mfa_config(UserPoolId=cognito_pool.id)["MfaConfiguration"] == "ON"

        @pytest.mark.cognito_pool(mfaa="ON")
        def test_typo(cognito_pool): pass
    """)
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["cognito_pool takes pool=, client= and mfa=, not 'mfaa'"])


# --- seeds ------------------------------------------------------------------------------------------------


def test_seed_of_the_ini_file_is_there_in_every_test(project: pytest.Pytester) -> None:
    seed_file(project, "seeds/all.yaml", "from the ini-file")
    project.makeini("[pytest]\ncognito_emulator_seed = seeds/all.yaml\n")
    folder = project.mkdir("tests")
    (folder / "test_it.py").write_text("""
import pytest

@pytest.mark.parametrize("turn", range(2))
def test_turn(turn, pools, cognito_client):
    assert pools() == ["from the ini-file"]
    cognito_client.delete_user_pool(UserPoolId="us-east-1_seededone")
""")
    passes(project, 2)


def test_seed_marker_is_for_its_tests_only(project: pytest.Pytester) -> None:
    seed_file(project, "tests/near.yaml", "beside the test")
    seed_file(project, "seeds/far.yaml", "below the rootdir")
    (project.path / "tests" / "test_it.py").write_text("""
import pytest

@pytest.mark.cognito_seed("near.yaml")
def test_near(pools):
    assert pools() == ["beside the test"]

@pytest.mark.cognito_seed("seeds/far.yaml")
def test_far(pools):
    assert pools() == ["below the rootdir"]

def test_none(pools):
    assert pools() == []
""")
    passes(project, 3)


def test_a_seed_marker_without_its_file_says_where_it_looked(project: pytest.Pytester) -> None:
    file = project.makepyfile("""
        import pytest

        @pytest.mark.cognito_seed("missing.yaml")
        def test_it(cognito): pass
    """)
    result = project.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"cognito_seed: no file {file.parent / 'missing.yaml'}"])


def test_a_refused_seed_marker_leaves_nothing(project: pytest.Pytester) -> None:
    (project.path / "bad.yaml").write_text(SEED.format(name="bad").replace("PoolName", "PoolNme"))
    project.makepyfile("""
        import pytest

        @pytest.mark.cognito_seed("bad.yaml")
        def test_it(cognito): pass

        def test_next(pools):
            assert pools() == []
    """)
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*bad.yaml*PoolNme*"])


def test_functions_of_a_test_are_forgotten_after_it(project: pytest.Pytester) -> None:
    seed_file(project, "seed.yaml", "shared")
    project.makeini(
        "[pytest]\ncognito_emulator_seed = seed.yaml\naddopts = -p no:cacheprovider\nfilterwarnings = error"
    )
    project.makepyfile("""
        import pytest

        ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
        POOL = "us-east-1_seededone"

        @pytest.fixture(scope="session", autouse=True)
        def always(cognito_server):
            cognito_server.on_lambda(ARN, lambda event, context: "always")

        def called(cognito):
            return cognito._await(cognito.world.triggers.invoke(ARN, {}))

        def test_one(cognito):
            cognito.on_lambda(ARN, lambda event, context: "one")
            cognito.trigger("PreAuthentication", lambda event, context: event, pool=POOL)
            assert called(cognito) == "one"
            assert cognito.client().describe_user_pool(UserPoolId=POOL)["UserPool"]["LambdaConfig"]

        def test_two(cognito):
            assert called(cognito) == "always"
            assert not cognito.client().describe_user_pool(UserPoolId=POOL)["UserPool"]["LambdaConfig"]
            assert list(cognito.world.triggers.bindings()) == [ARN]
    """)
    passes(project, 2)
