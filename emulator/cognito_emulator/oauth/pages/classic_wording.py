"""The texts of the classic hosted UI that differ from those of managed login.

Classic pages are in English only [docs: cognito-user-pools-managed-login]. Their errors are the API's own texts.
"""

from __future__ import annotations

from collections.abc import Mapping

CLASSIC: Mapping[str, str] = {
    # [assumed], from copies of the page in public repositories
    "login.social": "Sign In with your social account",
    "login.corporate_id": "Sign in with your corporate ID",
    "login.no_posts": "We won't post to any of your accounts without asking first",
    "login.new": "Need an account?",
    "login.create": "Sign up",
    "name.email": "Email",
    "attribute.email": "Email",
    "placeholder.username": "Username",
    "placeholder.password": "Password",
    "placeholder.email": "name@host.com",
    "placeholder.phone_number": "",
    # [docs: cognito-user-pools-hosted-ui-user-sign-up]
    "signup.title": "Sign up with a new account",
    # [assumed], from copies of the page's script in public repositories (checkPasswordHelper)
    "password.lower": "Password must contain a lower case letter",
    "password.upper": "Password must contain an upper case letter",
    "password.digit": "Password must contain a number",
    "password.symbol": "Password must contain a special character",
    "password.length": "Password must contain at least {count} characters",
    # [own wording]: the page has no selector of countries
    "phone.hint": "Enter the number with + and the country code.",
    # [assumed]
    "signup.lead": "",
    "signup.have": "Already have an account?",
    "password.again": "Enter New Password Again",
    "password.new": "New Password",
    "password.change": "Change Password",
    "confirm.submit": "Confirm Account",
    "code.label": "Verification Code",
    "code.resend": "Resend it",
    "forgot.lead": "Enter your {name} below and we will send a message to reset your password",
    "reset.email": "We have sent a password reset code by email to {to}. Enter it below to reset your password.",
    "reset.phone_number": "We have sent a password reset code by SMS to {to}. Enter it below to reset your password.",
}
