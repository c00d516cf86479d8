"""What a scenario is given: the service, with every call recorded, and things of its own that are deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from botocore.exceptions import ClientError

from tests.conformance import guards
from tests.conformance.normalise import Normaliser
from tests.conformance.recording import Recording, Step
from tests.conformance.target import Target

PREFIX = "conformance-kit-"
PASSWORD = "Correct-horse-7"
PASSWORD_FLOWS = ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
# What emulators answer for an operation that they do not have.
_NOT_OFFERED = {
    "InternalFailure", "InvalidAction", "MethodNotAllowed", "NotImplemented", "NotImplementedException",
    "NotYetImplemented", "UnknownOperation", "UnknownOperationException", "Unsupported", "UnsupportedOperation",
    "UnsupportedOperationException",
}  # fmt: skip
_SHOWN_HEADERS = ("Allow", "Cache-Control", "Content-Type", "Location", "WWW-Authenticate")


class OtherTextError(AssertionError):
    """The call was refused with the right error, whose text is another."""


def is_not_offered(error: ClientError) -> bool:
    """Tell whether an error says that the service does not have the operation."""
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode")
    return code in _NOT_OFFERED or (status in (404, 405, 501) and not code.endswith("Exception"))


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP; `body` is decoded where it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Service:
    """The service under test, as one scenario uses it."""

    def __init__(self, target: Target, scenario: str, run_id: str) -> None:
        """Make the handle of one scenario; `run_id` is part of the names of all that it makes."""
        self.target = target
        self.recording = Recording(scenario)
        self.normalise = Normaliser({target.base: "<endpoint>"})
        self.made: set[str] = set()
        self.idp = Api(self, target.client("cognito-idp"))
        self.identity = Api(self, target.client("cognito-identity"))
        self._name = PREFIX + run_id
        self._count = 0
        self._domains: list[tuple[str, str]] = []
        self._http = urllib3.PoolManager(retries=False)

    def name(self) -> str:
        """Return a name that nothing else has: it begins with the kit's prefix."""
        self._count += 1
        return f"{self._name}-{self._count}"

    def create_pool(self, **members: Any) -> str:
        """Create a user pool that is deleted after the scenario; return its id."""
        made = self.idp.create_user_pool(**{"PoolName": self.name(), **members})
        return str(made["UserPool"]["Id"])

    def create_client(self, pool: str, **members: Any) -> str:
        """Create an app client, with the password flows unless `members` say otherwise; return its id."""
        given = {"ClientName": "app", "ExplicitAuthFlows": list(PASSWORD_FLOWS), **members}
        return str(self.idp.create_user_pool_client(UserPoolId=pool, **given)["UserPoolClient"]["ClientId"])

    def create_user(self, pool: str, username: str, /, *, password: str = PASSWORD, **attributes: str) -> str:
        """Create a confirmed user to whom nothing is sent; return the sub."""
        listed = [{"Name": key, "Value": value} for key, value in attributes.items()]
        made = self.idp.admin_create_user(
            UserPoolId=pool, Username=username, UserAttributes=listed, MessageAction="SUPPRESS"
        )
        self.idp.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
        return str(attributes_of(made["User"]["Attributes"])["sub"])

    def sign_in(self, client: str, name: str, password: str = PASSWORD) -> Any:
        """Sign in by password; return the AuthenticationResult, or the challenge where there is one."""
        parameters = {"USERNAME": name, "PASSWORD": password}
        answer = self.idp.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        return answer.get("AuthenticationResult", answer)

    def create_domain(self, pool: str, **members: Any) -> str:
        """Give the pool a domain's prefix; return the address of its endpoints."""
        domain = self.name()
        self.idp.create_user_pool_domain(UserPoolId=pool, Domain=domain, **members)
        self._domains.append((pool, domain))
        self.normalise.hosts[self.target.hosted(domain)] = "<endpoint>"
        return self.target.hosted(domain)

    def create_identity_pool(self, **members: Any) -> str:
        """Create an identity pool that is deleted after the scenario; return its id."""
        given = {"IdentityPoolName": self.name(), "AllowUnauthenticatedIdentities": True, **members}
        return str(self.identity.create_identity_pool(**given)["IdentityPoolId"])

    def http(self, method: str, url: str, *, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a request without following redirects; `form` is its body. Underscores in header names are dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(form) if form is not None else None
        if form is not None:
            named.setdefault("Content-Type", "application/x-www-form-urlencoded")
        found = self._http.request(method, url, body=body, headers=named, redirect=False)
        text = found.data.decode()
        answered: Any = text
        if "json" in found.headers.get("Content-Type", ""):
            with suppress(ValueError):
                answered = json.loads(text)
        shown = {name: found.headers[name] for name in _SHOWN_HEADERS if name in found.headers}
        kept = answered if isinstance(answered, (dict, list)) else f"<{len(text) and 'text'}>"
        answer = {"status": found.status, "headers": shown, "body": kept}
        self.record(f"{method} {url.split('?')[0]}", {"query": url.partition("?")[2], "form": form}, answer)
        return Answer(found.status, found.headers, answered)

    @contextmanager
    def refused(self, code: str, text: str | None = None) -> Iterator[None]:
        """Expect the call inside to be refused with this error, and with this text where one is given."""
        try:
            yield
        except ClientError as error:
            if is_not_offered(error):
                raise
            found = error.response["Error"]
            assert found["Code"] == code, f"expected {code}, got {found['Code']}: {found.get('Message')}"
            if text is not None and found.get("Message") != text:
                raise OtherTextError(f"expected {text!r}, got {found.get('Message')!r}") from error
        else:
            raise AssertionError(f"expected {code}, but the call was answered")

    @contextmanager
    def either(self) -> Iterator[None]:
        """Let the call inside be answered or refused: its answer is recorded, and nothing is expected of it."""
        with suppress(ClientError):
            yield

    def record(self, call: str, members: Any, answer: Any = None, error: Any = None) -> None:
        """Keep a call, with all that is random replaced."""
        values = [self.normalise.value(value) for value in (call, members, answer, error)]
        self.recording.steps.append(Step(*values))

    def close(self) -> None:
        """Delete all that the scenario made; what is gone already is no fault."""
        for pool, domain in self._domains:
            with suppress(ClientError):
                self.idp.client.delete_user_pool_domain(UserPoolId=pool, Domain=domain)
        for made in self.made:
            with suppress(ClientError):
                if ":" in made:
                    self.identity.client.delete_identity_pool(IdentityPoolId=made)
                else:
                    delete_pool(self.idp.client, made)


class Api:
    """A boto3 client whose calls are checked by `guards` and recorded."""

    def __init__(self, service: Service, client: Any) -> None:
        self.client = client
        self._service = service
        self._operations = client.meta.method_to_api_mapping

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method not in self._operations:
            raise AttributeError(method)

        def call(**members: Any) -> Any:
            return self._call(self._operations[method], getattr(self.client, method), members)

        return call

    def _call(self, operation: str, method: Any, members: Mapping[str, Any]) -> Any:
        guards.check(operation, members, self._service.made)
        try:
            answer = method(**members)
        except ClientError as error:
            found = {"code": error.response["Error"]["Code"], "message": error.response["Error"].get("Message")}
            status = error.response["ResponseMetadata"].get("HTTPStatusCode")
            self._service.record(operation, members, error=found | {"status": status})
            raise
        answer.pop("ResponseMetadata", None)
        if operation == "CreateUserPool":
            self._service.made.add(answer["UserPool"]["Id"])
        elif operation == "CreateIdentityPool":
            self._service.made.add(answer["IdentityPoolId"])
        self._service.record(operation, members, answer)
        return answer


def delete_pool(client: Any, pool: str) -> None:
    """Delete a pool with its domain, also where it is protected."""
    found = client.describe_user_pool(UserPoolId=pool)["UserPool"]
    for member in ("Domain", "CustomDomain"):
        if found.get(member):
            client.delete_user_pool_domain(UserPoolId=pool, Domain=found[member])
    if found.get("DeletionProtection") == "ACTIVE":
        client.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    client.delete_user_pool(UserPoolId=pool)


def attributes_of(listed: Any) -> dict[str, str]:
    """Map the names of a list of attributes to their values."""
    return {item["Name"]: item["Value"] for item in listed}
