"""E-mails about risky sign-ins: when, in which words, from whom, to custom senders; and their links."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.helpers.build import DEVELOPER, Setup, give_totp, refused, user
from tests.helpers.functions import KEY, Functions, arn, raising
from tests.helpers.harness import Running
from tests.helpers.protected import (
    BLOCKED_TEXT,
    HOME,
    add_ons,
    events,
    fix,
    from_,
    locate,
    mfa,
    protected,
)
from tests.helpers.replica_pool import replicated
from tests.helpers.risk_notices import notices, notifying, scene

PLACES = (
    "{username} {ip-address} {city} {country} {login-time} {device-name} {event-id} {feedback-token}"
    " [{one-click-link-valid}] [{one-click-link-invalid}] {other}"
)
BLOCK, MFA, QUIET = "BlockEmail", "MfaEmail", "NoActionEmail"


def templates(body: str = PLACES, kind: str = "TextBody") -> dict[str, Any]:
    return {name: {"Subject": f"{name} of {{username}}", kind: body} for name in (BLOCK, MFA, QUIET)}


CASES = [
    ("NO_ACTION", False, QUIET),
    ("MFA_IF_CONFIGURED", False, QUIET),
    ("MFA_IF_CONFIGURED", True, MFA),
    ("MFA_REQUIRED", False, BLOCK),
    ("MFA_REQUIRED", True, MFA),
    ("BLOCK", False, BLOCK),
]


@pytest.mark.parametrize(("action", "factor", "template"), CASES)
def test_which_template(running: Running, idp: Any, action: str, factor: bool, template: str) -> None:
    at = scene(running, "NO_ACTION")
    mfa(running, at)
    if factor:
        give_totp(running, idp, at, prefer=False)
    notifying(running, at, action, **templates())
    running.world.outbox.clear()
    if template == BLOCK:
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            from_(idp, at)
    else:
        from_(idp, at)
    (mail,) = notices(running)
    assert (mail.subject, mail.to, mail.user, mail.code) == (f"{template} of ann", "ann@example.com", "ann", None)


@pytest.mark.parametrize("case", ["notify off", "no risk", "audit", "wrong password", "no address"])
def test_when_there_is_none(running: Running, idp: Any, case: str) -> None:
    at = protected(running, "AUDIT" if case == "audit" else "ENFORCED")
    address: dict[str, Any] = {} if case == "no address" else {"email": "ann@example.com"}
    user(running, at.pool, **address)
    notifying(running, at, "NO_ACTION", notify=case != "notify off", **templates())
    fix(running, "" if case == "no risk" else "High")
    if case == "wrong password":
        with refused("NotAuthorizedException", "Incorrect username or password."):
            from_(idp, at, password="Wrong-horse-7")
    else:
        assert "AuthenticationResult" in from_(idp, at)
    assert notices(running) == []


def test_one_sign_in_is_told_of_once(running: Running, idp: Any) -> None:
    at = scene(running, "MFA_IF_CONFIGURED", **templates())
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password="Temporary-1", Permanent=False)
    asked = from_(idp, at, password="Temporary-1")
    idp.admin_respond_to_auth_challenge(
        UserPoolId=at.pool,
        ClientId=at.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Correct-horse-8"},
    )
    assert len(notices(running)) == 1


def test_places_and_senders(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION", From="Guard <guard@example.com>", ReplyTo="help@example.com", **templates())
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="notices")
    running.world.clock.freeze(1_721_237_155)
    from_(idp, at)
    (mail,) = notices(running)
    event = events(idp, at)[0]["EventId"]
    assert (mail.sender, mail.reply_to) == ("Guard <guard@example.com>", "help@example.com")
    about = f"ann {HOME} unknown unknown Wed, 17 Jul 2024 17:25:55 GMT Linux, Firefox {event} "
    assert about in mail.body
    assert mail.body.endswith(" {other}</div>")  # what is no place stays
    links = re.findall(r"\[(.*?)\]", mail.body)
    assert [f"{running.url}/authEventFeedback" in link for link in links] == [True, True]


def test_where_it_came_from(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION", **templates("{city}, {country}"))
    locate(running, f"{HOME}/32", "Paris", "France")
    from_(idp, at)
    assert "Paris, France" in notices(running)[0].body


def test_without_a_sender_the_identity_is(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION", **templates())
    from_(idp, at)
    assert (notices(running)[0].sender, notices(running)[0].reply_to) == ("a@example.com", None)


def test_a_replica_has_a_sender_of_its_own(running: Running) -> None:
    one = replicated(running, "ACTIVE", EmailConfiguration=DEVELOPER, **add_ons())
    user(running, one.pool, email="ann@example.com")
    notifying(running, one.setup, "NO_ACTION", **templates())
    fix(running, "Low")
    settings = one.home.describe_risk_configuration(UserPoolId=one.pool)["RiskConfiguration"]
    blocks = {name: value for name, value in settings.items() if name.endswith("Configuration")}
    blocks["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"]["From"] = "away@example.com"
    one.away.set_risk_configuration(UserPoolId=one.pool, **blocks)
    from_(one.home, one.setup)
    from_(one.away, one.setup)
    assert [mail.sender for mail in notices(running)] == ["a@example.com", "away@example.com"]


def test_without_a_domain_there_are_no_links(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION", **templates())
    from_(idp, at)
    assert notices(running)[0].body.endswith("[{one-click-link-valid}] [{one-click-link-invalid}] {other}</div>")


def test_html_bodies_hold_no_html_of_users(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, "<b>ann</b>", email="ann@example.com")
    both = templates("<p>{username} {one-click-link-valid}</p>", "HtmlBody")
    both[QUIET]["TextBody"] = "plain {username}"
    notifying(running, at, "NO_ACTION", **both)
    fix(running, "Low")
    from_(idp, at, username="<b>ann</b>")
    assert notices(running)[0].body == "<p>&lt;b&gt;ann&lt;/b&gt; {one-click-link-valid}</p>"


def test_a_place_in_a_value_is_not_filled(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool, "{feedback-token}", email="ann@example.com")
    notifying(running, at, "NO_ACTION", **templates("Is it {username}?"))
    fix(running, "Low")
    from_(idp, at, username="{feedback-token}")
    assert "Is it {feedback-token}?" in notices(running)[0].body


@pytest.mark.parametrize(
    ("action", "subject"), [("BLOCK", "Blocked sign-in attempt"), ("NO_ACTION", "New sign-in attempt")]
)
def test_own_words_where_there_is_no_template(running: Running, idp: Any, action: str, subject: str) -> None:
    at = scene(running, action)
    if action == "BLOCK":
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            from_(idp, at)
    else:
        from_(idp, at)
    (mail,) = notices(running)
    assert mail.subject == subject
    assert "by ann at " in mail.body
    assert f"from {HOME} (Linux, Firefox)." in mail.body


# --- custom senders --------------------------------------------------------------------------------------------


def with_sender(running: Running, functions: Functions, at: Setup) -> None:
    sender = {"LambdaVersion": "V1_0", "LambdaArn": arn("CustomEmailSender")}
    config = {"CustomEmailSender": sender, "KMSKeyID": KEY}
    running.call(
        "UpdateUserPool", UserPoolId=at.pool, LambdaConfig=config, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    )


def test_a_custom_sender_is_told_the_same(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomEmailSender=None)
    at = scene(running, "BLOCK", **templates())
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="notices")
    with_sender(running, functions, at)
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        from_(idp, at)
    running.run(running.world.triggers.settled())
    told = functions.told("CustomEmailSender_AccountTakeOverNotification")["request"]["userAttributes"]
    assert (told["email"], told["USER_NAME"], told["IP_ADDRESS"]) == ("ann@example.com", "ann", HOME)
    assert (told["ACCOUNT_TAKE_OVER_ACTION"], told["DEVICE_NAME"]) == ("BLOCK", "Linux, Firefox")
    assert told["EVENT_ID"] == events(idp, at)[0]["EventId"]
    given = parse_qs(urlsplit(told["ONE_CLICK_LINK_VALID"]).query)
    assert (given["feedback_token"], given["feedback_value"]) == ([told["FEEDBACK_TOKEN"]], ["Valid"])
    assert "CITY" not in told
    assert told["LOGIN_TIME"].endswith("GMT")
    assert click(told["ONE_CLICK_LINK_INVALID"])[0] == 200
    (mail,) = notices(running)
    assert (mail.handed_to, mail.body) == ("CustomEmailSender", "")


def test_a_sender_that_cannot_be_called_stops_no_sign_in(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION", **templates())
    with_sender(running, Functions(running, CustomEmailSender=raising("down")), at)
    running.world.triggers.unbind(arn("CustomEmailSender"))
    assert "AuthenticationResult" in from_(idp, at)


# --- the links -------------------------------------------------------------------------------------------------


def click(link: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urlopen(Request(link, method=method)) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def linked(running: Running, idp: Any) -> tuple[Setup, str, str]:
    """A pool in which a sign-in was told of, and the two links."""
    at = scene(running, "NO_ACTION", **templates("[{one-click-link-valid}] [{one-click-link-invalid}]", "HtmlBody"))
    running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="notices")
    from_(idp, at)
    valid, invalid = (html.unescape(link) for link in re.findall(r"\[(.*?)\]", notices(running)[0].body))
    return at, valid, invalid


def feedback(idp: Any, at: Setup) -> tuple[str, str] | None:
    given = events(idp, at)[0].get("EventFeedback")
    return (given["FeedbackValue"], given["Provider"]) if given else None


def test_a_click_says_whose_it_was(running: Running, idp: Any) -> None:
    at, valid, invalid = linked(running, idp)
    assert click(valid, "HEAD") == (200, "")
    assert feedback(idp, at) is None
    code, page = click(valid)
    assert (code, "The sign-in was marked as yours." in page) == (200, True)
    assert feedback(idp, at) == ("Valid", "User")
    code, page = click(invalid)
    assert (code, "marked as not yours" in page) == (200, True)
    assert feedback(idp, at) == ("Invalid", "User")


def test_the_token_of_the_mail_is_good_for_the_operation(running: Running, idp: Any) -> None:
    at, valid, _ = linked(running, idp)
    told = {name: values[0] for name, values in parse_qs(urlsplit(valid).query).items()}
    idp.update_auth_event_feedback(
        UserPoolId=at.pool,
        Username="ann",
        EventId=told["event_id"],
        FeedbackToken=told["feedback_token"],
        FeedbackValue="Invalid",
    )
    assert feedback(idp, at) == ("Invalid", "User")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ((r"feedback_token=[^&]+", "feedback_token=x"), "Invalid feedback token."),
        ((r"feedback_value=Valid", "feedback_value=valid"), "Feedback is Valid or Invalid."),
        ((r"&feedback_value=Valid", ""), "Missing required parameter feedback_value"),
        ((r"event_id=[^&]+", "event_id=other"), "Auth event does not exist."),
        ((r"user_name=ann", "user_name=eve"), "User does not exist."),
        ((r"user_pool_id=[^&]+", "user_pool_id=%3Cb%3E"), "User pool &lt;b&gt; does not exist."),
    ],
)
def test_bad_links_record_nothing(running: Running, idp: Any, change: tuple[str, str], text: str) -> None:
    at, valid, _ = linked(running, idp)
    code, page = click(re.sub(*change, valid))
    assert (code, text in page) == (400, True), page
    assert feedback(idp, at) is None
