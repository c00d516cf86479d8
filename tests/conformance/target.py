"""The service under test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

_FAKE = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass(frozen=True)
class Target:
    """Where the calls go: an endpoint, or AWS where `endpoint` is None."""

    endpoint: str | None
    region: str = "us-east-1"
    profile: str | None = None

    @property
    def is_aws(self) -> bool:
        return self.endpoint is None

    def client(self, service: str) -> Any:
        """Make a boto3 client of `cognito-idp` or `cognito-identity`."""
        retries = {"mode": "standard", "total_max_attempts": 10 if self.is_aws else 1}
        config = Config(retries=retries, parameter_validation=False)
        if self.endpoint is None:
            return boto3.Session(profile_name=self.profile).client(service, region_name=self.region, config=config)
        return boto3.client(service, endpoint_url=self.endpoint, region_name=self.region, config=config, **_FAKE)

    @property
    def base(self) -> str:
        """The address under which issuers and discovery documents lie."""
        return self.endpoint or f"https://cognito-idp.{self.region}.amazonaws.com"

    def issuer(self, pool: str) -> str:
        """Return the address of a pool's discovery documents."""
        return f"{self.base}/{pool}"

    def hosted(self, domain: str) -> str:
        """Return the address of the OAuth endpoints of a domain's prefix."""
        return self.endpoint or f"https://{domain}.auth.{self.region}.amazoncognito.com"
