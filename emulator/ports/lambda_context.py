"""The second argument of a Python handler, as Lambda's Python runtime gives it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any


class Context:
    """Lambda developer guide, "Using the Lambda context object to retrieve Python function information"."""

    client_context = None

    def __init__(self, arn: str, request_id: str, limit: float) -> None:
        """`limit`: seconds until the call times out."""
        name = arn.split(":")[6] if arn.count(":") >= 6 else arn
        self.function_name = name
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = "128"
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{name}"
        self.log_stream_name = "local"
        self.identity: Any = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self._deadline = time.monotonic() + limit

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))
