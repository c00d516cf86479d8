"""Functions behind the Invoke operation of the Lambda API.

They are in SAM local, LocalStack, serverless-offline, or the runtime interface emulator (RIE) of Lambda's container
images.

Calls are signed with the credentials in the environment, which AWS Emulator checks, and its certificate is that of
AWS_CA_BUNDLE [docs: point-sdk-to-emulator].

[docs: Lambda Invoke] No failed call is tried again, whatever its status.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.ports.aws_environment import Credentials, credentials, tls_context
from cognito_emulator.ports.function_call import MAX_ANSWER, Call, FunctionFailed, FunctionUnreachable
from cognito_emulator.ports.web import Answer, HttpWeb, WebError

log = logging.getLogger("emulator.triggers")

_BY_STATUS = {
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    413: "RequestTooLargeException",
    429: "TooManyRequestsException",
}
_SECRET = "test"


class Name(Struct, frozen=True):
    """A function as its ARN names it.

    `qualifier` is a version or an alias, empty if none is named.
    """

    region: str
    account: str
    function: str
    qualifier: str = ""

    @classmethod
    def of(cls, arn: str) -> Name:
        """Parse `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`.

        Any other text is a name as a whole.
        """
        parts = arn.split(":")
        if len(parts) < 7 or parts[5] != "function":
            return cls("us-east-1", "000000000000", arn)
        return cls(parts[3], parts[4], parts[6], parts[7] if len(parts) > 7 else "")


class LambdaApi:
    """Calls functions at `url`.

    It is the address of the Lambda API, or the whole address of one function's invocations, such as the RIE's
    `http://localhost:9000/2015-03-31/functions/function/invocations`.
    """

    answers_at_once = True

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # The router refuses answers above half of it.
        self._web = HttpWeb(max_answer=2 * MAX_ANSWER, context=tls_context)

    async def __call__(self, call: Call) -> bytes:
        answer = await self._send(call)
        if answer.status == 501 and not call.synchronous:
            # Some versions of SAM local know no Event; the function has not been called yet.
            answer = await self._send(replace(call, synchronous=True))
        return payload(answer)

    def stop(self) -> None:
        """Do nothing: no connection is kept between calls."""

    async def _send(self, call: Call) -> Answer:
        address = self._address(call.arn)
        try:
            # The caller waits for the call's own limit. A second later there is no caller any more.
            return await self._web.request("POST", address, _headers(call, address), call.event, call.limit + 1)
        except WebError as error:
            log.warning("%s was not called: %s", call.arn, error)
            raise FunctionUnreachable("ServiceException") from error

    def _address(self, arn: str) -> str:
        if self.url.endswith("/invocations"):
            return self.url
        name = Name.of(arn)
        query = f"?Qualifier={quote(name.qualifier, safe='')}" if name.qualifier else ""
        return f"{self.url}/2015-03-31/functions/{quote(name.function, safe='')}/invocations{query}"


def payload(answer: Answer) -> bytes:
    """Return the function's answer.

    Raises:
        FunctionFailed, FunctionUnreachable
    """
    told = _object(answer.body)
    if answer.status not in (200, 202, 204):
        raise FunctionUnreachable(_code(answer, told))
    # The RIE does not send the header. No answer to a trigger looks like this: each has a `response`.
    looks_failed = {"errorMessage", "errorType"} <= told.keys() and "response" not in told
    if answer.headers.get("x-amz-function-error") or looks_failed:
        message = told.get("errorMessage")
        raise FunctionFailed(message if isinstance(message, str) else str(told.get("errorType", "Unhandled")))
    return answer.body


def _code(answer: Answer, told: Mapping[str, Any]) -> str:
    """Return the error's name from the header or the body, else by its status."""
    named = answer.headers.get("x-amzn-errortype") or told.get("__type") or told.get("code")
    if not isinstance(named, str) or not named:
        return _BY_STATUS.get(answer.status, "ServiceException")
    name = named.partition(":")[0].rpartition("#")[2]
    return name if name.endswith("Exception") else f"{name}Exception"  # SAM local says ResourceNotFound


def _headers(call: Call, address: str) -> dict[str, str]:
    parts = urlsplit(address)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    name = Name.of(call.arn)
    # The account as access key: LocalStack and moto distinguish accounts by it.
    keys = credentials() or Credentials(name.account, _SECRET)
    signed = {"host": parts.netloc, "x-amz-date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())}
    if keys.token:
        signed["x-amz-security-token"] = keys.token
    return {
        **signed,
        "authorization": _signature(name.region, keys, target, signed, call.event),
        "content-type": "application/json",
        "x-amz-invocation-type": "RequestResponse" if call.synchronous else "Event",
        "user-agent": "cognito-emulator",
    }


def _signature(region: str, keys: Credentials, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Sign a request with SigV4 [docs: IAM reference_sigv-create-signed-request]."""
    path, _, query = target.partition("?")
    signed = ";".join(headers)
    lines = "".join(f"{key}:{value}\n" for key, value in headers.items())
    request = f"POST\n{quote(path, safe='/')}\n{query}\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    at, scope = headers["x-amz-date"], f"{headers['x-amz-date'][:8]}/{region}/lambda/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + keys.secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={keys.key}/{scope}, SignedHeaders={signed}, Signature={proof}"


def _object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`; empty if there is none."""
    try:
        value = strict_json.decode(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
