"""An access token lives for five minutes at least and a day at most.

Sources: model: AccessTokenValidityType; docs: user-pool-settings-client-apps
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    for number, unit in ((4, "minutes"), (25, "hours")):
        with aws.refused("InvalidParameterException"):
            aws.idp.create_user_pool_client(
                UserPoolId=pool, ClientName="app", AccessTokenValidity=number, TokenValidityUnits={"AccessToken": unit}
            )
