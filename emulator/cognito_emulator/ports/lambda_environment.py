"""The environment of a handler's process.

It is the emulator's own, with Lambda's variables, and sends every AWS call to this machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

# A function that may read these could reach a real account.
_WITHHELD = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
             "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
             "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")  # fmt: skip


def environment(
    name: str, region: str, folder: str, endpoint: str, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables for the function `name`, whose file is in `folder`.

    AWS calls go to `endpoint`, the emulator. Calls to services other than Cognito and KMS go to AWS_ENDPOINT_URL, if
    the emulator was started with one.
    """
    base = dict(os.environ if given is None else given)
    for withheld in _WITHHELD:
        base.pop(withheld, None)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        **base,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": endpoint,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY": endpoint,
        "AWS_ENDPOINT_URL_KMS": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "LAMBDA_TASK_ROOT": folder,
        "PYTHONUNBUFFERED": "1",
    }
