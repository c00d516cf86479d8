"""Tags are set, listed and removed.

Sources: model: TagResource
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    made = aws.idp.create_user_pool(PoolName=aws.name(), UserPoolTags={"team": "blue"})["UserPool"]
    aws.idp.tag_resource(ResourceArn=made["Arn"], Tags={"stage": "test"})
    assert aws.idp.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"team": "blue", "stage": "test"}
    aws.idp.untag_resource(ResourceArn=made["Arn"], TagKeys=["team"])
    assert aws.idp.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"stage": "test"}
