"""Verification by link: the e-mail, and what a click on its link does."""

from __future__ import annotations

import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.helpers.build import DEVELOPER, PASSWORD, Setup, refused, setup
from tests.helpers.functions import Functions, answering
from tests.helpers.harness import Running

LINK = {"DefaultEmailOption": "CONFIRM_WITH_LINK"}
EMAIL = [{"Name": "email", "Value": "ann@example.com"}]


def linking(running: Running, template: dict[str, str] | None = None, **pool: Any) -> Setup:
    """A pool that verifies by link, with the domain that this needs."""
    made = setup(
        running, AutoVerifiedAttributes=["email"], VerificationMessageTemplate={**LINK, **(template or {})}, **pool
    )
    running.call("CreateUserPoolDomain", UserPoolId=made.pool, Domain="links")
    return made


def sign_up(idp: Any, made: Setup, username: str = "ann") -> None:
    idp.sign_up(ClientId=made.client, Username=username, Password=PASSWORD, UserAttributes=EMAIL)


def click(link: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urlopen(Request(link, method=method)) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def status(idp: Any, made: Setup) -> str:
    return str(idp.admin_get_user(UserPoolId=made.pool, Username="ann")["UserStatus"])


def test_a_click_confirms_and_verifies(running: Running, idp: Any) -> None:
    made = linking(running)
    sign_up(idp, made)
    (mail,) = running.world.outbox.all()
    assert mail.subject == "Your verification link"
    assert mail.link == (
        f"{running.url}/confirmUser/?client_id={made.client}&user_name=ann&confirmation_code={mail.code}"
    )
    words = "Please click the link below to verify your email address. "
    assert mail.body == f'{words}<a href="{mail.link}" target="_blank">Verify Email</a> '
    code, page = click(mail.link)
    assert code == 200
    assert "Your registration has been confirmed!" in page
    user = idp.admin_get_user(UserPoolId=made.pool, Username="ann")
    assert user["UserStatus"] == "CONFIRMED"
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


def test_a_second_click_says_why_it_fails(running: Running, idp: Any) -> None:
    made = linking(running)
    sign_up(idp, made)
    link = running.world.outbox.all()[0].link or ""
    click(link)
    code, page = click(link)
    assert code == 400
    assert "Your registration could not be confirmed." in page
    assert "User cannot be confirmed. Current status is CONFIRMED" in page


def test_a_wrong_code_and_half_a_link_confirm_nobody(running: Running, idp: Any) -> None:
    made = linking(running)
    sign_up(idp, made)
    link = running.world.outbox.all()[0].link or ""
    code, page = click(re.sub(r"code=\d+", "code=000000x", link))
    assert (code, "Invalid verification code provided, please try again." in page) == (400, True)
    code, page = click(link.partition("&confirmation_code")[0])
    assert (code, "Missing required parameter confirmation_code" in page) == (400, True)
    code, page = click(link.replace(made.client, "<b>"))
    assert (code, "User pool client &lt;b&gt; does not exist." in page) == (400, True)
    assert status(idp, made) == "UNCONFIRMED"


def test_looking_at_a_link_is_no_click(running: Running, idp: Any) -> None:
    made = linking(running)
    sign_up(idp, made)
    assert click(running.world.outbox.all()[0].link or "", "HEAD") == (200, "")
    assert status(idp, made) == "UNCONFIRMED"


def test_own_words_and_resent_links(running: Running, idp: Any) -> None:
    own = {"EmailMessageByLink": "go {##here##}", "EmailSubjectByLink": "link", "EmailMessage": "code {####}"}
    made = linking(running, own)
    sign_up(idp, made)
    idp.resend_confirmation_code(ClientId=made.client, Username="ann")
    _, mail = running.world.outbox.all()
    assert (mail.subject, mail.purpose) == ("link", "resend")
    assert mail.body == f'go <a href="{mail.link}" target="_blank">here</a>'
    assert click(mail.link or "")[0] == 200


def test_everything_else_goes_by_code(running: Running, idp: Any) -> None:
    made = linking(running)
    sign_up(idp, made)
    click(running.world.outbox.all()[0].link or "")
    idp.forgot_password(ClientId=made.client, Username="ann")
    mail = running.world.outbox.all()[-1]
    assert (mail.link, mail.body) == (None, f"Your verification code is {mail.code}. ")


def test_a_link_needs_a_domain(running: Running, idp: Any) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=LINK)
    with refused("InvalidParameterException", "User pool needs a domain to send verification links."):
        sign_up(idp, made)
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []


def test_a_function_words_the_mail_with_the_link(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=answering(emailMessage="press {##Click Here##}"))
    made = linking(running, LambdaConfig=functions.config, EmailConfiguration=DEVELOPER)
    sign_up(idp, made)
    told = functions.told("CustomMessage_SignUp")
    assert told["request"]["linkParameter"] == "{##Click Here##}"
    mail = running.world.outbox.all()[0]
    assert mail.body == f'press <a href="{mail.link}" target="_blank">Click Here</a>'


@pytest.mark.parametrize("place", ["", "redirect_uri"])
def test_nobody_is_sent_elsewhere(running: Running, idp: Any, place: str) -> None:
    made = linking(running)
    sign_up(idp, made)
    link = running.world.outbox.all()[0].link or ""
    code, page = click(f"{link}&{place}=http://127.0.0.1:9/")
    assert (code, "confirmed!" in page) == (200, True)
