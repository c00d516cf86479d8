"""CloudFormation templates: as written, of SAM, of CDK, of Serverless.

CDK has synthesized them, or the Serverless Framework has compiled them.

[docs: AWS CloudFormation aws-resource-cognito-userpool, AWS CloudFormation aws-resource-cognito-identitypool]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cognito_emulator.seed.importing import blocks, ids
from cognito_emulator.seed.importing.blocks import Source, find_pool
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.functions import NO_VALUE, Evaluator, Unresolved
from cognito_emulator.seed.importing.shaping import scalar
from cognito_emulator.seed.importing.stack import CLIENT, COGNITO, IDENTITY_POOL, POOL, Resource, Stack
from cognito_emulator.seed.importing.values import (
    entries,
    entry,
    keys,
    mapping_of,
    mappings_of,
    plain,
    texts_of,
    word_of,
)
from cognito_emulator.seed.nodes import Node, Table
from cognito_emulator.seed.problems import Place
from cognito_emulator.wire.model import Shape

_FLAG = Shape("Flag", "boolean")
_SAM_FUNCTION = "AWS::Serverless::Function"
_OIDC, _SAML = "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"
# A pool's properties that SetUserPoolMfaConfig takes.
_OF_MFA = (
    "EnabledMfas", "EmailAuthenticationMessage", "EmailAuthenticationSubject", "WebAuthnRelyingPartyID",
    "WebAuthnUserVerification", "WebAuthnFactorConfiguration", "SmsAuthenticationMessage",
)  # fmt: skip
# Pools first; what names an app client needs nothing of it.
_FIRST = (POOL, CLIENT, IDENTITY_POOL)


def is_template(root: Node) -> bool:
    """Return whether this is a template: it has resources with types of AWS."""
    resources = entry(root, "Resources")
    return isinstance(resources, Table) and any("Type" in keys(one) for _, _, one in resources.entries)


class TemplateReader:
    """Reads the Cognito resources of one template."""

    def __init__(self, draft: Draft, name: str, root: Node, used: set[str]) -> None:
        self._draft = draft
        self._resources = {
            key: _resource(name, key, line, node) for key, line, node in entries(entry(root, "Resources"))
        }
        options, template = draft.options, plain(root)
        given = options.parameters
        pseudo = _pseudo(options.region, options.account, given)
        self._stack = Stack(self._resources, pseudo)
        self._evaluator = Evaluator(template, self._stack, given, pseudo)
        self._stack.bind(self._evaluator)
        self._used = used
        used |= {*pseudo, *keys(entry(root, "Parameters"))}

    def read(self) -> None:
        """Add what the template makes to the draft."""
        made = [one for one in self._resources.values() if self._is_made(one)]
        known = [one for one in made if one.type.startswith(COGNITO)]
        for resource in sorted(known, key=lambda one: _FIRST.index(one.type) if one.type in _FIRST else len(_FIRST)):
            self._each(resource, _READERS.get(resource.type))
        for resource in made:
            if resource.type in (_OIDC, _SAML):
                self._each(resource, _login_provider)
            elif resource.type == _SAM_FUNCTION:
                self._events(resource)
        self._used |= self._evaluator.used
        if not known:
            place = Place(next(iter(self._resources.values())).place.file)
            self._draft.notes.add(place, "the template has no resource of Amazon Cognito (AWS::Cognito::…)")

    def _is_made(self, resource: Resource) -> bool:
        try:
            return resource.condition is None or self._evaluator.is_true(resource.condition)
        except Unresolved as error:
            if resource.type.startswith(COGNITO):
                self._draft.notes.add(resource.place, str(error))
            return False

    def _each(self, resource: Resource, reader: Callable[[_Made], None] | None) -> None:
        if reader is None:
            self._draft.leave_out(resource.place, f"the emulator has nothing like {resource.type}")
            return
        reader(_Made(self._draft, self._stack, resource, self._values(resource)))

    def _values(self, resource: Resource) -> dict[str, Any]:
        """Return the properties with their functions evaluated.

        One without a value is a mistake.
        """
        place, values = resource.place, {}
        self._stack.made_up = lambda text: self._draft.remark(place, text)
        for name, value in resource.properties.items():
            try:
                found = self._evaluator.value(value)
            except Unresolved as error:
                self._draft.notes.add(place.key(name, resource.lines.get(name, place.line)), str(error))
                continue
            if found is not NO_VALUE:
                values[name] = found
        return values

    def _events(self, function: Resource) -> None:
        """Take the triggers that a function of SAM names itself."""
        for event in mappings_of(list(mapping_of(function.properties.get("Events")).values())):
            if event.get("Type") != "Cognito":
                continue
            about = mapping_of(event.get("Properties"))
            place = function.place.key("Events", function.place.line)
            try:
                pool_id = self._evaluator.value(about.get("UserPool"))
                arn, names = self._stack.attribute(function.name, "Arn"), self._evaluator.value(about.get("Trigger"))
            except Unresolved as error:
                self._draft.notes.add(place, str(error))
                continue
            pool = find_pool(self._draft, place, pool_id)
            if pool is not None:
                triggers = [names] if isinstance(names, str) else texts_of(names)
                pool.settle(pool.place, {"LambdaConfig": dict.fromkeys(triggers, arn)})


class _Made:
    """One resource with its values."""

    def __init__(self, draft: Draft, stack: Stack, resource: Resource, values: dict[str, Any]) -> None:
        self.draft = draft
        self.stack = stack
        self.name = resource.name
        self.type = resource.type
        self.source = Source(draft, resource.place, values)
        self.values = values


def _pool(made: _Made) -> None:
    values = dict(made.values)
    name = values.pop("UserPoolName", made.name)
    mfa = {key: values.pop(key) for key in _OF_MFA if key in values}
    for attribute in mappings_of(values.get("Schema")):
        if isinstance(attribute, dict) and "Name" in attribute:
            attribute["Name"] = word_of(attribute["Name"]).removeprefix("custom:")
    members = Source(made.draft, made.source.place, {"PoolName": name, **values}).members("CreateUserPool")
    pool = made.draft.pool(made.source.place, made.stack.pool_id(made.name))
    pool.settle(made.source.place, members)
    pool.set_mfa(_mfa(mfa, members))


def _mfa(values: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of SetUserPoolMfaConfig that a pool's properties say."""
    enabled = texts_of(values.get("EnabledMfas"))
    message = {
        "Message": values.get("EmailAuthenticationMessage"),
        "Subject": values.get("EmailAuthenticationSubject"),
    }
    passkeys = {
        "RelyingPartyId": values.get("WebAuthnRelyingPartyID"),
        "UserVerification": values.get("WebAuthnUserVerification"),
        "FactorConfiguration": values.get("WebAuthnFactorConfiguration"),
    }
    found: dict[str, Any] = {}
    if "SOFTWARE_TOKEN_MFA" in enabled:
        found["SoftwareTokenMfaConfiguration"] = {"Enabled": True}
    if "SMS_MFA" in enabled:
        text = values.get("SmsAuthenticationMessage")
        sms = {"SmsAuthenticationMessage": text, "SmsConfiguration": members.get("SmsConfiguration")}
        found["SmsMfaConfiguration"] = {name: value for name, value in sms.items() if value is not None}
    if "EMAIL_OTP" in enabled:
        found["EmailMfaConfiguration"] = {name: value for name, value in message.items() if value is not None}
    if any(passkeys.values()):
        found["WebAuthnConfiguration"] = {name: value for name, value in passkeys.items() if value is not None}
    return found


def _client(made: _Made) -> None:
    pool = find_pool(made.draft, made.source.place, made.values.get("UserPoolId"))
    if pool is not None:
        members = made.source.members("CreateUserPoolClient", "UserPoolId")
        pool.add_client(ids.client_id(made.name), {"ClientName": made.name, **members}, None)


def _provider(made: _Made) -> None:
    pool = find_pool(made.draft, made.source.place, made.values.get("UserPoolId"))
    if pool is not None:
        pool.add_provider(made.source.place, made.source.members("CreateIdentityProvider", "UserPoolId"))


def _part(kind: str, *without: str) -> Callable[[_Made], None]:
    def read(made: _Made) -> None:
        pool = find_pool(made.draft, made.source.place, made.values.get("UserPoolId"))
        if pool is not None:
            blocks.add_part(made.source, pool, kind, *without)

    return read


def _group(made: _Made) -> None:
    made.values.setdefault("GroupName", made.name)
    _part("group")(made)


def _resource_server(made: _Made) -> None:
    made.values.setdefault("Name", made.name)
    _part("resource_server")(made)


def _user(made: _Made) -> None:
    pool = find_pool(made.draft, made.source.place, made.values.get("UserPoolId"))
    if pool is not None:
        blocks.add_user(made.source, pool)


def _membership(made: _Made) -> None:
    pool = find_pool(made.draft, made.source.place, made.values.get("UserPoolId"))
    if pool is not None:
        pool.users.join(word_of(made.values.get("Username")), word_of(made.values.get("GroupName")))


def _identity_pool(made: _Made) -> None:
    made.values.setdefault("IdentityPoolName", made.name)
    blocks.add_identity_pool(made.source, made.stack.identity_pool_id(made.name))


def _roles(made: _Made) -> None:
    mappings = {}
    for name, mapping in mapping_of(made.values.get("RoleMappings")).items():
        rule = dict(mapping_of(mapping))
        mappings[str(rule.pop("IdentityProvider", name))] = rule
    blocks.set_roles(made.source, str(made.values.get("IdentityPoolId", "")), made.values.get("Roles"), mappings)


def _tags(made: _Made) -> None:
    pool_id = str(made.values.pop("IdentityPoolId", ""))
    if "UseDefaults" in made.values:
        made.values["UseDefaults"] = scalar(_FLAG, made.values["UseDefaults"])
    blocks.add_tag_map(made.source, pool_id)


def _login_provider(made: _Made) -> None:
    values = made.values
    if made.type == _SAML:
        document = values.get("SamlMetadataDocument")
        block = {"Name": values.get("Name", made.name), **({"SAMLMetadataDocument": document} if document else {})}
        made.draft.add_provider("SAMLProviders", block)
        return
    block = {"Url": values.get("Url", ""), "ClientIDList": values.get("ClientIdList", [])}
    made.draft.add_provider("OpenIDConnectProviders", block)


_READERS: Mapping[str, Callable[[_Made], None]] = {
    POOL: _pool,
    CLIENT: _client,
    f"{COGNITO}UserPoolDomain": _part("domain"),
    f"{COGNITO}UserPoolGroup": _group,
    f"{COGNITO}UserPoolUser": _user,
    f"{COGNITO}UserPoolUserToGroupAttachment": _membership,
    f"{COGNITO}UserPoolIdentityProvider": _provider,
    f"{COGNITO}UserPoolResourceServer": _resource_server,
    f"{COGNITO}UserPoolRiskConfigurationAttachment": _part("risk"),
    f"{COGNITO}UserPoolUICustomizationAttachment": _part("ui"),
    f"{COGNITO}ManagedLoginBranding": _part("branding", "ReturnMergedResources"),
    f"{COGNITO}LogDeliveryConfiguration": _part("logs"),
    f"{COGNITO}Terms": _part("terms"),
    IDENTITY_POOL: _identity_pool,
    f"{COGNITO}IdentityPoolRoleAttachment": _roles,
    f"{COGNITO}IdentityPoolPrincipalTag": _tags,
}


def _resource(file: str, name: str, line: int, node: Node) -> Resource:
    about = plain(node)
    about = about if isinstance(about, dict) else {}
    properties, condition = about.get("Properties"), about.get("Condition")
    return Resource(
        name,
        str(about.get("Type", "")),
        Place(file, line, f"Resources.{name}"),
        properties if isinstance(properties, dict) else {},
        condition if isinstance(condition, str) else None,
        {key: at for key, at, _ in entries(entry(node, "Properties"))},
    )


def _pseudo(region: str, account: str, given: Mapping[str, str]) -> dict[str, Any]:
    region, account = given.get("AWS::Region", region), given.get("AWS::AccountId", account)
    name = given.get("AWS::StackName", "stack")
    return {
        "AWS::Region": region,
        "AWS::AccountId": account,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": name,
        "AWS::StackId": f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{ids.uuid_of(name)}",
        "AWS::NotificationARNs": [],
    }
