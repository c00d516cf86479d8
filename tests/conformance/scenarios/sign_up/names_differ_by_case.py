"""Names that differ in case alone are one name, unless the pool is case-sensitive.

Sources: docs: user-pool-case-sensitivity
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    for sensitive in (False, True):
        pool = aws.create_pool(UsernameConfiguration={"CaseSensitive": sensitive})
        client = aws.create_client(pool)
        aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)
        if sensitive:
            aws.idp.sign_up(ClientId=client, Username="Ann", Password=PASSWORD)
        else:
            with aws.refused("UsernameExistsException"):
                aws.idp.sign_up(ClientId=client, Username="Ann", Password=PASSWORD)
