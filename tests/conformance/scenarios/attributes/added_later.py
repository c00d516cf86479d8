"""An attribute is added to a pool, and neither changed nor removed.

Sources: model: AddCustomAttributes
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    attribute = {"Name": "level", "AttributeDataType": "Number", "Mutable": True}
    aws.idp.add_custom_attributes(UserPoolId=pool, CustomAttributes=[attribute])
    schema = aws.idp.describe_user_pool(UserPoolId=pool)["UserPool"]["SchemaAttributes"]
    [found] = [each for each in schema if each["Name"] == "custom:level"]
    assert found["AttributeDataType"] == "Number"
    assert found["Required"] is False
    with aws.refused("InvalidParameterException"):
        aws.idp.add_custom_attributes(UserPoolId=pool, CustomAttributes=[attribute])
