"""The resources of a template, and what Ref and Fn::GetAtt answer for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.seed.importing import ids
from cognito_emulator.seed.importing.functions import Evaluator, Unresolved
from cognito_emulator.seed.problems import Place

COGNITO = "AWS::Cognito::"
POOL, CLIENT, DOMAIN = f"{COGNITO}UserPool", f"{COGNITO}UserPoolClient", f"{COGNITO}UserPoolDomain"
GROUP, USER, IDENTITY_POOL = f"{COGNITO}UserPoolGroup", f"{COGNITO}UserPoolUser", f"{COGNITO}IdentityPool"
RESOURCE_SERVER, PROVIDER = f"{COGNITO}UserPoolResourceServer", f"{COGNITO}UserPoolIdentityProvider"
# By the property whose value Ref answers.
_NAMED = {
    GROUP: "GroupName",
    USER: "Username",
    RESOURCE_SERVER: "Identifier",
    PROVIDER: "ProviderName",
    DOMAIN: "Domain",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::IAM::Role": "RoleName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::IAM::OIDCProvider": "Url",
    "AWS::IAM::SAMLProvider": "Name",
}
_ARNS = {
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "AWS::Serverless::Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "AWS::Lambda::Version": "arn:{partition}:lambda:{region}:{account}:function:{name}:1",
    "AWS::Lambda::Alias": "arn:{partition}:lambda:{region}:{account}:function:{name}:1",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{name}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{uuid}",
    "AWS::SES::EmailIdentity": "arn:{partition}:ses:{region}:{account}:identity/{name}",
    "AWS::CertificateManager::Certificate": "arn:{partition}:acm:us-east-1:{account}:certificate/{uuid}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
    "AWS::KinesisFirehose::DeliveryStream": "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    "AWS::IAM::OIDCProvider": "arn:{partition}:iam::{account}:oidc-provider/{name}",
    "AWS::IAM::SAMLProvider": "arn:{partition}:iam::{account}:saml-provider/{name}",
}
# Ref answers their ARN.
_REF_IS_ARN = ("AWS::CertificateManager::Certificate", "AWS::SNS::Topic", "AWS::Lambda::Version", "AWS::Lambda::Alias",
               "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider")  # fmt: skip


class Resource(Struct, frozen=True):
    """One resource of a template, its properties as they are written, and their lines."""

    name: str
    type: str
    place: Place
    properties: Mapping[str, Any]
    condition: str | None = None
    lines: Mapping[str, int] = {}


class Stack:
    """The resources by logical id.

    Cognito's get ids made of their logical ids. Others exist nowhere: their names and ARNs are made up in AWS's form.
    """

    def __init__(self, resources: Mapping[str, Resource], pseudo: Mapping[str, Any]) -> None:
        self.resources = resources
        self._pseudo = pseudo
        self._evaluator: Evaluator | None = None
        self._naming: set[str] = set()
        self.made_up: Callable[[str], None] = lambda _: None

    def bind(self, evaluator: Evaluator) -> None:
        """Take the evaluator for names that properties hold."""
        self._evaluator = evaluator

    @property
    def region(self) -> str:
        return str(self._pseudo["AWS::Region"])

    def pool_id(self, name: str) -> str:
        return ids.pool_id(self.region, name)

    def identity_pool_id(self, name: str) -> str:
        return ids.identity_pool_id(self.region, name)

    def ref(self, name: str) -> str | None:
        resource = self.resources.get(name)
        if resource is None:
            return None
        if resource.type == POOL:
            return self.pool_id(name)
        if resource.type == CLIENT:
            return ids.client_id(name)
        if resource.type == IDENTITY_POOL:
            return self.identity_pool_id(name)
        if resource.type in _REF_IS_ARN:
            return self._arn(resource)
        return self._name(resource)

    def attribute(self, name: str, attribute: str) -> str | None:
        resource = self.resources.get(name)
        if resource is None:
            return None
        if resource.type.startswith(COGNITO):
            found = self._cognito(resource, attribute)
            if found is None:
                raise Unresolved(f"{resource.type} has no attribute {attribute[:64]!r}")
            return found
        if attribute.endswith(("Arn", "ARN")) and resource.type in _ARNS:
            return self._arn(resource)
        self.made_up(f"the value of {name}.{attribute} is made up: {resource.type} is not read")
        return f"{name}.{attribute}"

    def _cognito(self, resource: Resource, attribute: str) -> str | None:
        name = resource.name
        if resource.type == POOL:
            pool_id = self.pool_id(name)
            host = f"cognito-idp.{self.region}.{self._pseudo['AWS::URLSuffix']}"
            account, partition = self._pseudo["AWS::AccountId"], self._pseudo["AWS::Partition"]
            return {
                "UserPoolId": pool_id,
                "Arn": f"arn:{partition}:cognito-idp:{self.region}:{account}:userpool/{pool_id}",
                "ProviderName": f"{host}/{pool_id}",
                "ProviderURL": f"https://{host}/{pool_id}",
            }.get(attribute)
        if resource.type == CLIENT:
            client_id = ids.client_id(name)
            return {
                "ClientId": client_id,
                "ClientSecret": ids.client_secret(client_id),
                "Name": str(resource.properties.get("ClientName", name)),
            }.get(attribute)
        if resource.type == IDENTITY_POOL:
            return {"Id": self.identity_pool_id(name), "Name": self._name(resource)}.get(attribute)
        return self._name(resource)

    def _name(self, resource: Resource) -> str:
        """Return the resource's name: its own property, or the logical id."""
        wanted = resource.properties.get(_NAMED.get(resource.type, ""))
        if wanted is None or self._evaluator is None or resource.name in self._naming:
            return resource.name
        self._naming.add(resource.name)
        try:
            found = self._evaluator.value(wanted)
        finally:
            self._naming.discard(resource.name)
        return found if isinstance(found, str) else resource.name

    def _arn(self, resource: Resource) -> str:
        values = {
            "region": self.region,
            "account": self._pseudo["AWS::AccountId"],
            "partition": self._pseudo["AWS::Partition"],
            "name": self._name(resource).removeprefix("https://"),
            "uuid": ids.uuid_of(resource.name),
        }
        return _ARNS[resource.type].format(**values)
