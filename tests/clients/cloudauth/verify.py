"""fastapi-cloudauth and django-cognito-jwt, with AWS's issuer and host names built in.

A program of its own environment: it reads its setting from standard input, and prints a line of JSON for each step.
"""

import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")  # of old packages, about themselves

given = json.load(sys.stdin)
REGION, POOL, CLIENT = given["region"], given["poolId"], given["clientId"]


def step(name: str, value: Any) -> None:
    sys.stdout.write(json.dumps({"step": name, "value": value}) + "\n")


def fastapi() -> None:
    """Ask an application whose routes want an access token, a group, and an ID token."""
    from fastapi import Depends, FastAPI
    from fastapi.testclient import TestClient
    from fastapi_cloudauth.cognito import Cognito, CognitoClaims, CognitoCurrentUser

    named = {"region": REGION, "userPoolId": POOL, "client_id": CLIENT}
    app, auth, current = FastAPI(), Cognito(**named), CognitoCurrentUser(**named)

    def welcome() -> str:
        return "welcome"

    def me(user: CognitoClaims = Depends(current)) -> dict[str, str]:  # noqa: B008
        return {"username": user.username}

    app.add_api_route("/admins", welcome, dependencies=[Depends(auth.scope("admins"))])
    app.add_api_route("/owners", welcome, dependencies=[Depends(auth.scope("owners"))])
    app.add_api_route("/me", me)
    client = TestClient(app)
    for asked in ("/admins access", "/owners access", "/me id", "/me access", "/me foreign"):
        path, token = asked.split()
        answer = client.get(path, headers={"authorization": f"Bearer {given[token]}"})
        step(f"fastapi {asked}", [answer.status_code, answer.json()])


def django() -> None:
    """Check tokens as the authentication of Django REST framework does."""
    from django.conf import settings

    settings.configure(COGNITO_AWS_REGION=REGION, COGNITO_USER_POOL=POOL, COGNITO_AUDIENCE=CLIENT)
    from django_cognito_jwt.backend import JSONWebTokenAuthentication
    from django_cognito_jwt.validator import TokenError

    validator = JSONWebTokenAuthentication().get_token_validator(None)
    step("django id", validator.validate(given["id"].encode())["cognito:username"])
    try:
        validator.validate(given["foreign"].encode())
    except TokenError as error:
        step("django foreign", str(error))


fastapi()
django()
