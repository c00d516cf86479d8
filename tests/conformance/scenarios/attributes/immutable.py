"""An immutable attribute is written once.

Sources: docs: user-pool-settings-attributes
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(Schema=[{"Name": "badge", "AttributeDataType": "String", "Mutable": False}])
    aws.create_user(pool, "ann", **{"custom:badge": "7"})
    with aws.refused("InvalidParameterException"):
        aws.idp.admin_update_user_attributes(
            UserPoolId=pool, Username="ann", UserAttributes=[{"Name": "custom:badge", "Value": "8"}]
        )
