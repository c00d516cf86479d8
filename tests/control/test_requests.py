"""`/_emulator/requests`: the journal."""

from __future__ import annotations

import threading
import time
from typing import Any

import botocore.exceptions
import pytest

from cognito_emulator.server import Emulator
from tests.helpers.control_api import CLIENT, POOL, SEED, Control

PASSWORD = "Ann-12345"


def sign_in(control: Control, password: str = PASSWORD) -> Any:
    return control.emulator.client().initiate_auth(
        ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": password}
    )


def listed(control: Control, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control("GET", f"/_emulator/requests?{query}").json["requests"]
    return found


def shown(control: Control, request_id: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = control("GET", f"/_emulator/requests/{request_id}?{query}").json
    return found


@pytest.fixture(autouse=True)
def _empty(control: Control) -> None:
    control("DELETE", "/_emulator/requests")


def test_a_call_is_found_by_the_id_of_its_answer(control: Control) -> None:
    answer = sign_in(control)
    entry = shown(control, answer["ResponseMetadata"]["RequestId"])
    assert (entry["kind"], entry["operation"], entry["method"], entry["path"]) == ("api", "InitiateAuth", "POST", "/")
    assert (entry["pool"], entry["client"], entry["user"]) == (POOL, CLIENT, "ann")
    assert (entry["status"], entry["error"], entry["message"]) == (200, None, None)
    assert entry["ms"] > 0
    assert entry["users"] == ["ann", "a0000000-0000-4000-8000-000000000001"]


def test_secrets_are_masked_unless_they_are_asked_for(control: Control) -> None:
    answer = sign_in(control)
    request_id = answer["ResponseMetadata"]["RequestId"]
    entry = shown(control, request_id)
    assert entry["input"]["AuthParameters"] == {"USERNAME": "ann", "PASSWORD": "***"}
    tokens = entry["answer"]["AuthenticationResult"]
    assert (tokens["AccessToken"], tokens["IdToken"], tokens["RefreshToken"]) == ("***", "***", "***")
    assert tokens["ExpiresIn"] == 3600
    text = str(entry)
    assert PASSWORD not in text
    assert answer["AuthenticationResult"]["RefreshToken"] not in text
    bare = shown(control, request_id, "masked=0")
    assert bare["input"]["AuthParameters"]["PASSWORD"] == PASSWORD
    assert bare["answer"]["AuthenticationResult"]["AccessToken"] == answer["AuthenticationResult"]["AccessToken"]


def test_a_refusal_names_its_entry_in_a_header(control: Control) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        sign_in(control, "wrong")
    metadata = refused.value.response["ResponseMetadata"]
    url = metadata["HTTPHeaders"]["x-emulator-why"]
    assert url == f"{control.emulator.world.public_url}/_emulator/requests/{metadata['RequestId']}"
    entry = control("GET", url[url.index("/_emulator") :]).json
    assert (entry["status"], entry["error"]) == (400, "NotAuthorizedException")
    assert entry["message"] == "Incorrect username or password."
    assert "x-emulator-why" not in sign_in(control)["ResponseMetadata"]["HTTPHeaders"]


def test_what_a_call_changed(control: Control) -> None:
    idp = control.emulator.client()
    made = idp.admin_create_user(
        UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS", TemporaryPassword="Bob-12345"
    )
    entry = shown(control, made["ResponseMetadata"]["RequestId"])
    (change,) = [change for change in entry["changes"] if change["table"] == "users"]
    assert change["before"] is None
    assert change["after"]["username"] == "bob"
    assert change["after"]["password"] == "***"
    updated = idp.admin_disable_user(UserPoolId=POOL, Username="bob")
    entry = shown(control, updated["ResponseMetadata"]["RequestId"])
    (change,) = [change for change in entry["changes"] if change["table"] == "users"]
    assert (change["before"]["enabled"], change["after"]["enabled"]) == (True, False)


def test_messages_and_triggers_stand_with_their_request(control: Control) -> None:
    def custom_message(event: Any, _: Any) -> Any:
        return event

    control.emulator.trigger("CustomMessage", custom_message, pool=POOL)
    answer = control.emulator.client().forgot_password(ClientId=CLIENT, Username="ann")
    entry = shown(control, answer["ResponseMetadata"]["RequestId"])
    (message,) = control("GET", "/_emulator/messages?user=ann").json["messages"]
    assert entry["messages"] == [message["id"]]
    (call,) = entry["triggers"]
    assert call["trigger"] == "CustomMessage_ForgotPassword"
    assert call["answer"]["userName"] == "ann"
    assert (call["error"], call["synchronous"]) == (None, True)
    assert call["ms"] > 0


def test_a_trigger_that_fails_says_so(control: Control) -> None:
    def fail(_: Any, __: Any) -> Any:
        raise ValueError("no")

    control.emulator.trigger("PreAuthentication", fail, pool=POOL)
    with pytest.raises(botocore.exceptions.ClientError):
        sign_in(control)
    (entry,) = listed(control, "operation=InitiateAuth")
    (call,) = shown(control, entry["id"])["triggers"]
    assert call["error"].startswith("FunctionFailed")
    assert call["answer"] is None


def test_filters(control: Control) -> None:
    sign_in(control)
    with pytest.raises(botocore.exceptions.ClientError):
        sign_in(control, "wrong")
    control.emulator.client().list_users(UserPoolId=POOL)
    operations = [entry["operation"] for entry in listed(control)]
    assert operations == ["DELETE /_emulator/requests", "InitiateAuth", "InitiateAuth", "ListUsers"]
    for query, count in {
        "operation=InitiateAuth": 2,
        "operation=InitiateAuth,ListUsers": 3,
        "operation=GetUser": 0,
        "kind=api": 3,
        "kind=control": 1,
        "kind=page": 0,
        "path=/_emulator": 1,
        f"pool={POOL}": 3,
        "pool=us-east-1_other": 0,
        f"client={CLIENT}": 2,
        "user=ann": 2,
        "user=ANN": 2,
        "user=a0000000-0000-4000-8000-000000000001": 2,
        "user=bob": 0,
        "status=400": 1,
        "status=4xx": 1,
        "status=2xx": 3,
        "status=500": 0,
        "error=NotAuthorizedException": 1,
        "error=Other": 0,
        "rule=auth.password-wrong": 1,
        "rule=auth.user-hidden,auth.password-wrong": 1,
        "rule=auth.user-hidden": 0,
        "limit=1": 1,
    }.items():
        assert len(listed(control, query)) == count, query
    assert listed(control, "limit=1")[0]["operation"] == "ListUsers", "the newest"
    assert [entry["rule"] for entry in listed(control, "kind=api")] == [None, "auth.password-wrong", None]
    assert [one.rule for one in control.emulator.requests("InitiateAuth")] == ["", "auth.password-wrong"]
    assert control("GET", "/_emulator/requests?limit=1").json["total"] == 4
    body = {"operation": "InitiateAuth", "status": 200}
    assert control("POST", "/_emulator/requests/count", body).json == {"count": 1}


def test_since_is_a_time_or_an_entry(control: Control) -> None:
    first = sign_in(control)["ResponseMetadata"]["RequestId"]
    second = sign_in(control)["ResponseMetadata"]["RequestId"]
    assert [entry["id"] for entry in listed(control, f"since={first}")] == [second]
    assert listed(control, "since=2999-01-01") == []
    assert len(listed(control, "since=2020-01-01&kind=api")) == 2
    assert len(listed(control, f"since={time.time() - 3600}&kind=api")) == 2


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("operatoin=x", "Unknown query parameter 'operatoin'; known here: operation, path, kind,"),
        ("operation=ListUser", "There is no operation 'ListUser'. Did you mean 'ListUsers'?"),
        ("operation=InitiateAuth,Zzzz", "There is no operation 'Zzzz'."),
        ("status=4", "Query parameter 'status' must be a status such as 400, or a kind such as 4xx."),
        ("kind=other", "Query parameter 'kind' must be one of: api, page, token, control."),
        ("since=yesterday", "'since' must be epoch seconds or an ISO 8601 time, not 'yesterday'."),
        ("since=nan", "'since' must be epoch seconds or an ISO 8601 time"),
        ("rule=auth.password-wrog", "There is no rule 'auth.password-wrog'. Did you mean 'auth.password-wrong'?"),
        ("rule=", "There is no rule ''. An entry names its own in 'why'."),
        ("limit=0", "Query parameter 'limit' must be a whole number from 1 to 1000."),
        ("limit=1001", "Query parameter 'limit' must be a whole number from 1 to 1000."),
        ("wait=x", "Query parameter 'wait' must be a number of seconds."),
        ("masked=2", "Query parameter 'masked' must be 1 or 0."),
    ],
)
def test_bad_queries_are_refused(control: Control, query: str, says: str) -> None:
    answer = control("GET", f"/_emulator/requests?{query}")
    assert answer.status == 400
    assert answer.json["message"].startswith(says)


def test_bad_counts_are_refused(control: Control) -> None:
    for body, says in (({"limit": 1}, "Unknown member 'limit'"), ({"user": ["ann"]}, "'user' must be a text.")):
        answer = control("POST", "/_emulator/requests/count", body)
        assert answer.status == 400
        assert answer.json["message"].startswith(says)


def test_a_long_poll_wakes_when_the_request_comes(control: Control) -> None:
    answers: list[Any] = []
    poll = threading.Thread(target=lambda: answers.append(listed(control, "operation=ListUsers&wait=30")))
    poll.start()
    control.emulator.client().list_users(UserPoolId=POOL)
    poll.join(20)
    assert [entry["operation"] for entry in answers[0]] == ["ListUsers"]
    assert listed(control, "operation=GetUser&wait=0.01") == []


def test_pages_and_tokens_are_entries_too(control: Control) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    body = "grant_type=authorization_code&client_id=x&code=secret-code&redirect_uri=y"
    answer = control("POST", "/oauth2/token", body, form)
    assert answer.status == 400
    entry = shown(control, answer.headers["x-amz-cognito-request-id"])
    assert (entry["kind"], entry["operation"], entry["client"]) == ("token", "POST /oauth2/token", "x")
    assert entry["input"]["code"] == "***"
    assert entry["input"]["grant_type"] == "authorization_code"
    assert entry["error"] == answer.json["error"]
    assert answer.headers["x-emulator-why"].endswith(entry["id"])


def test_looking_leaves_no_trace(control: Control) -> None:
    for path in ("/_emulator/info", "/_emulator/health", "/_emulator/messages", "/_emulator/requests"):
        assert control("GET", path).status == 200
    assert [entry["operation"] for entry in listed(control)] == ["DELETE /_emulator/requests"]


def test_a_body_that_is_no_json_is_shown(control: Control) -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.SignUp"}
    answer = control("POST", "/", "{not json", headers)
    assert answer.status == 400
    entry = shown(control, answer.headers["x-amzn-requestid"])
    assert entry["error"] == "SerializationException"
    assert entry["input"] == {"body": "{not json"}


@pytest.mark.parametrize("number", ["1e999", "[1e999]"])
def test_a_body_with_a_number_that_is_too_large_is_masked(control: Control, number: str) -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.SignUp"}
    answer = control("POST", "/", f'{{"Username":"ann","Password":"s3cret-of-ann","Odd":{number}}}', headers)
    assert answer.status == 400
    answer = control("GET", f"/_emulator/requests/{answer.headers['x-amzn-requestid']}")
    assert answer.status == 200
    assert (answer.json["user"], answer.json["input"]["Password"]) == ("ann", "***")


def test_a_seed_in_yaml_is_not_shown_unless_it_is_asked_for(control: Control) -> None:
    seed = "UserPools: [{PoolName: p, Clients: [{ClientName: c, ClientSecret: s3cret-of-a-client}]}]"
    control("POST", "/_emulator/seed?upsert=1", seed, {"content-type": "application/yaml"})
    request_id = listed(control)[-1]["id"]
    assert shown(control, request_id)["input"] == {"upsert": "1", "body": f"*** ({len(seed)} bytes of YAML)"}
    assert "s3cret-of-a-client" not in str(listed(control))
    assert shown(control, request_id, "masked=0")["input"]["body"] == seed


def test_forgetting_some(control: Control) -> None:
    sign_in(control)
    control.emulator.client().list_users(UserPoolId=POOL)
    assert control("DELETE", "/_emulator/requests?operation=ListUsers").json == {"forgotten": 1}
    assert listed(control, "operation=ListUsers") == []
    assert len(listed(control, "operation=InitiateAuth")) == 1


def test_an_unknown_request(control: Control) -> None:
    for method, path in (("GET", ""), ("POST", "/rewind")):
        answer = control(method, f"/_emulator/requests/none{path}")
        assert (answer.status, answer.json["message"]) == (404, "No such request is remembered.")


# --- going back ----------------------------------------------------------------------------------------------


def test_rewind_takes_back_a_request_and_what_came_after(control: Control) -> None:
    idp = control.emulator.client()
    idp.admin_create_user(UserPoolId=POOL, Username="kept", MessageAction="SUPPRESS")
    made = idp.admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")
    idp.admin_disable_user(UserPoolId=POOL, Username="ann")
    request_id = made["ResponseMetadata"]["RequestId"]
    answer = control("POST", f"/_emulator/requests/{request_id}/rewind")
    assert answer.status == 200
    assert answer.json == {"id": request_id, "commits": 2}
    users = {user["Username"]: user["Enabled"] for user in idp.list_users(UserPoolId=POOL)["Users"]}
    assert users == {"ann": True, "kept": True}
    idp.admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")


def test_a_rewind_can_be_rewound(control: Control) -> None:
    idp = control.emulator.client()
    made = idp.admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")
    control("POST", f"/_emulator/requests/{made['ResponseMetadata']['RequestId']}/rewind")
    (back,) = listed(control, "path=/_emulator/requests/&kind=control")
    control("POST", f"/_emulator/requests/{back['id']}/rewind")
    assert idp.admin_get_user(UserPoolId=POOL, Username="bob")["Username"] == "bob"


def test_a_request_without_changes_goes_back_to_its_moment(control: Control) -> None:
    idp = control.emulator.client()
    looked = idp.list_users(UserPoolId=POOL)
    idp.admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")
    answer = control("POST", f"/_emulator/requests/{looked['ResponseMetadata']['RequestId']}/rewind")
    assert answer.json["commits"] == 1
    assert [user["Username"] for user in idp.list_users(UserPoolId=POOL)["Users"]] == ["ann"]


def test_a_rewind_takes_no_members(control: Control) -> None:
    made = control.emulator.client().list_users(UserPoolId=POOL)
    answer = control("POST", f"/_emulator/requests/{made['ResponseMetadata']['RequestId']}/rewind", {"to": 1})
    assert (answer.status, answer.json["message"]) == (400, "A rewind takes no members.")


def test_what_is_no_longer_remembered_is_not_guessed() -> None:
    with Emulator(seed=SEED, history=2) as emulator:
        control = Control(emulator)
        idp = emulator.client()
        idp.admin_create_user(UserPoolId=POOL, Username="one", MessageAction="SUPPRESS")
        looked = idp.list_users(UserPoolId=POOL)["ResponseMetadata"]["RequestId"]
        emulator.seed({"UserPools": [{"PoolName": f"p{number}"} for number in range(4)]})
        answer = control("POST", f"/_emulator/requests/{looked}/rewind")
        assert answer.status == 409
        assert answer.json["message"].startswith("The changes since that request are not remembered any more")
        assert shown(control, looked)["changes"] is None
        assert [user["Username"] for user in idp.list_users(UserPoolId=POOL)["Users"]] == ["ann", "one"]


def test_only_so_many_are_remembered_or_none() -> None:
    with Emulator(seed=SEED, history=3) as emulator:
        for _ in range(5):
            emulator.client().list_users(UserPoolId=POOL)
        assert len(listed(Control(emulator))) == 3
    with Emulator(seed=SEED, history=0) as emulator:
        answer = emulator.client().list_users(UserPoolId=POOL)
        control = Control(emulator)
        assert listed(control) == []
        found = control("GET", f"/_emulator/requests/{answer['ResponseMetadata']['RequestId']}")
        assert (found.status, found.json["message"]) == (404, "No requests are remembered: --history is 0.")
