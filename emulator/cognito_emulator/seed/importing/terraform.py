"""Terraform and OpenTofu: the resources aws_cognito_… of a plan or state.

[docs: Terraform Registry cognito_user_pool]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.seed.importing import blocks, ids
from cognito_emulator.seed.importing.blocks import Source
from cognito_emulator.seed.importing.draft import Draft
from cognito_emulator.seed.importing.pool_draft import PoolDraft
from cognito_emulator.seed.importing.shaping import Spelling, is_empty
from cognito_emulator.seed.importing.terraform_plan import TerraformResource, region_of, resources_of
from cognito_emulator.seed.importing.values import mapping_of, mappings_of, texts_of, word_of
from cognito_emulator.seed.nodes import Node
from cognito_emulator.seed.problems import Place

PREFIX = "aws_cognito_"
# What the provider adds for itself.
_OWN = ("id", "arn", "tags_all", "region", "creation_date", "last_modified_date", "timeouts")
_ALIASES = {"recoverymechanism": "RecoveryMechanisms", "scope": "Scopes", "asset": "Assets"}
_SPELLING = Spelling(is_exact=False, aliases=_ALIASES)
_VALIDITY = ("access_token_validity", "id_token_validity", "refresh_token_validity", "auth_session_validity")
_MFA = {
    "software_token_mfa_configuration": "SoftwareTokenMfaConfiguration",
    "email_mfa_configuration": "EmailMfaConfiguration",
    "web_authn_configuration": "WebAuthnConfiguration",
}
_COMPUTED_OF_POOL = ("domain", "custom_domain", "endpoint", "estimated_number_of_users")


class TerraformReader:
    """Reads the Cognito resources of one plan or state."""

    def __init__(self, draft: Draft, name: str, root: Node) -> None:
        self._draft = draft
        self._name = name
        self._region = region_of(root) or draft.options.region
        self._resources = [
            one for one in resources_of(name, root) if one.type.startswith(PREFIX) or one.type in _IAM_TYPES
        ]
        self._ids = {one.address: self._id_of(one) for one in self._resources if one.type in _WITH_IDS}

    def read(self) -> None:
        """Add what the resources make to the draft."""
        if not any(one.type.startswith(PREFIX) for one in self._resources):
            self._draft.notes.add(Place(self._name), "there is no resource of Amazon Cognito (aws_cognito_…) in it")
            return
        order = list(_READERS)
        for resource in sorted(self._resources, key=lambda one: order.index(one.type) if one.type in order else 99):
            reader = _READERS.get(resource.type)
            if reader is None:
                self._draft.leave_out(resource.place, f"the emulator has nothing like {resource.type}")
            else:
                reader(self, resource)

    def _id_of(self, resource: TerraformResource) -> str:
        known, region = resource.values.get("id"), word_of(resource.values.get("region")) or self._region
        if isinstance(known, str) and known:
            return known
        if resource.type == "aws_cognito_user_pool":
            return ids.pool_id(region, resource.name)
        if resource.type == "aws_cognito_identity_pool":
            return ids.identity_pool_id(region, resource.name)
        return ids.client_id(resource.name.replace(".", "_"))

    def id_of(self, resource: TerraformResource, argument: str, *kinds: str) -> str:
        """Return the id that an argument holds, or will hold."""
        value = resource.values.get(argument)
        if isinstance(value, str) and value:
            return value
        referred = self._referred(resource, argument)
        if referred:
            return referred
        only = [self._ids[one.address] for one in self._resources if one.type in kinds]
        return only[0] if len(only) == 1 else ""

    def _referred(self, resource: TerraformResource, argument: str) -> str:
        """Return the id of the resource that an argument refers to."""
        for reference in resource.references.get(argument, ()):
            for address, known in self._ids.items():
                bare = address.split("[")[0]
                if reference.split("[")[0] == bare or reference.startswith(f"{bare}."):
                    return known
        return ""

    def source(self, resource: TerraformResource, **more: Any) -> Source:
        """Return the values without those that the provider adds."""
        values = {**resource.values, **more}
        kept = {name: value for name, value in values.items() if name not in _OWN and not is_empty(value)}
        return Source(self._draft, resource.place, kept, _SPELLING)

    def pool_of(self, resource: TerraformResource) -> PoolDraft | None:
        pool_id = self.id_of(resource, "user_pool_id", "aws_cognito_user_pool")
        return blocks.find_pool(self._draft, resource.place, pool_id)

    # --- resources ---------------------------------------------------------------------------------------

    def pool(self, resource: TerraformResource) -> None:
        values = {name: value for name, value in resource.values.items() if name not in _COMPUTED_OF_POOL}
        policies = {"PasswordPolicy": values.pop("password_policy", None)}
        policies["SignInPolicy"] = values.pop("sign_in_policy", None)
        mfa = {member: values.pop(name, None) for name, member in _MFA.items()}
        given = {
            **{name: value for name, value in values.items() if name not in ("name", "tags")},
            "pool_name": values.get("name"),
            "user_pool_tags": values.get("tags"),
            "policies": {name: value for name, value in policies.items() if not is_empty(value)},
        }
        source = Source(
            self._draft,
            resource.place,
            {name: value for name, value in given.items() if name not in _OWN and not is_empty(value)},
            _SPELLING,
        )
        members = source.members("CreateUserPool")
        for attribute in members.get("Schema", ()):
            attribute["Name"] = word_of(attribute.get("Name")).removeprefix("custom:")
            _without_zeros(attribute)
        pool = self._draft.pool(resource.place, self._ids[resource.address])
        pool.settle(resource.place, members)
        factors = Source(self._draft, resource.place, {k: v for k, v in mfa.items() if not is_empty(v)}, _SPELLING)
        found = factors.members("SetUserPoolMfaConfig")
        if members.get("SmsConfiguration") and members.get("MfaConfiguration") not in (None, "OFF"):
            found["SmsMfaConfiguration"] = {"SmsConfiguration": members["SmsConfiguration"]}
            if members.get("SmsAuthenticationMessage"):
                found["SmsMfaConfiguration"]["SmsAuthenticationMessage"] = members["SmsAuthenticationMessage"]
        if found.get("SoftwareTokenMfaConfiguration") == {"Enabled": False}:
            found.pop("SoftwareTokenMfaConfiguration")
        pool.set_mfa(found)

    def client(self, resource: TerraformResource) -> None:
        pool = self.pool_of(resource)
        if pool is None:
            return
        values = dict(resource.values)
        secret = values.pop("client_secret", None)
        for name in _VALIDITY:
            if str(values.get(name)) == "0":  # unset
                values.pop(name)
        scopes = "allowed_oauth_scopes"
        if scopes not in values and resource.references.get(scopes):
            values[scopes] = self._scopes(resource)
            resource = replace(resource, values=values)
        source = self.source(resource, client_name=values.get("name"), name=None, client_secret=None)
        kept = {name: value for name, value in source.values.items() if name in values or name == "client_name"}
        members = Source(self._draft, resource.place, kept, _SPELLING).members("CreateUserPoolClient", "UserPoolId")
        pool.add_client(self._ids[resource.address], members, word_of(secret) or None)

    def _scopes(self, resource: TerraformResource) -> list[str]:
        """Return the scopes that a plan does not know yet.

        They are those of the resource servers that it refers to.
        """
        found = []
        for reference in resource.references["allowed_oauth_scopes"]:
            for one in self._resources:
                if one.type == "aws_cognito_resource_server" and reference == f"{one.address}.scope_identifiers":
                    names = [word_of(scope.get("scope_name")) for scope in mappings_of(one.values.get("scope"))]
                    found += [f"{one.values.get('identifier')}/{name}" for name in names]
        place = resource.place.key("allowed_oauth_scopes", resource.place.line)
        self._draft.remark(place, f"the plan does not know it; the seed takes what it refers to: {', '.join(found)}")
        return found

    def provider(self, resource: TerraformResource) -> None:
        pool = self.pool_of(resource)
        if pool is not None:
            pool.add_provider(resource.place, self.source(resource).members("CreateIdentityProvider", "UserPoolId"))

    def part(self, kind: str, resource: TerraformResource, *computed: str, **renamed: str) -> None:
        pool = self.pool_of(resource)
        if pool is None:
            return
        more = {new: resource.values.get(old) for old, new in renamed.items()}
        source = self.source(resource, **dict.fromkeys((*renamed, *computed)), **more)
        client = self.id_of(resource, "client_id") if resource.references.get("client_id") else None
        if client:
            source = Source(source.draft, source.place, {**source.values, "client_id": client}, _SPELLING)
        blocks.add_part(source, pool, kind)

    def group(self, resource: TerraformResource) -> None:
        unset = () if str(resource.values.get("precedence")) != "0" else ("precedence",)
        if unset:
            self._draft.remark(resource.place, "a precedence of 0 is also written for none; the seed has none")
        self.part("group", resource, *unset, name="group_name")

    def domain(self, resource: TerraformResource) -> None:
        certificate = resource.values.get("certificate_arn")
        config = {"certificate_arn": certificate} if certificate else None
        pool = self.pool_of(resource)
        if pool is not None:
            kept = {name: resource.values.get(name) for name in ("domain", "managed_login_version")}
            source = Source(self._draft, resource.place, {**kept, "custom_domain_config": config}, _SPELLING)
            blocks.add_part(source, pool, "domain")

    def user(self, resource: TerraformResource) -> None:
        pool, values = self.pool_of(resource), resource.values
        if pool is None:
            return
        # The provider takes custom attributes without their prefix too.
        pairs = {
            name if name in STANDARD or ":" in name else f"custom:{name}": str(value)
            for name, value in mapping_of(values.get("attributes")).items()
        }
        if isinstance(values.get("sub"), str):
            pairs["sub"] = values["sub"]
        enabled = False if str(values.get("enabled")) == "false" else None
        passwords = {"Password": values.get("password"), "TemporaryPassword": values.get("temporary_password")}
        known = {name: value for name, value in passwords.items() if word_of(value)}
        pool.users.add(resource.place, word_of(values.get("username")), pairs, Enabled=enabled, **known)

    def membership(self, resource: TerraformResource) -> None:
        pool = self.pool_of(resource)
        if pool is None:
            return
        group = word_of(resource.values.get("group_name")) or self._named(resource, "group_name", "name")
        name = word_of(resource.values.get("username")) or self._named(resource, "username", "username")
        pool.users.join(name, group)

    def _named(self, resource: TerraformResource, argument: str, attribute: str) -> str:
        """Return the name of the resource that an unknown argument refers to."""
        for reference in resource.references.get(argument, ()):
            for one in self._resources:
                if reference.startswith(f"{one.address.split('[')[0]}."):
                    return word_of(one.values.get(attribute))
        return ""

    def identity_pool(self, resource: TerraformResource) -> None:
        values = dict(resource.values)
        providers = values.get("cognito_identity_providers")
        if isinstance(providers, list):
            logins = [self._login(resource, number, one) for number, one in enumerate(providers)]
            values["cognito_identity_providers"] = [one for one in logins if one]
        renamed = {"open_id_connect_provider_arns": values.pop("openid_connect_provider_arns", None)}
        renamed["identity_pool_tags"] = values.pop("tags", None)
        kept = {name: value for name, value in {**values, **renamed}.items() if name not in _OWN}
        given = {name: value for name, value in kept.items() if not is_empty(value)}
        source = Source(self._draft, resource.place, given, _SPELLING)
        blocks.add_identity_pool(source, self._ids[resource.address])

    def _login(self, resource: TerraformResource, number: int, one: Any) -> dict[str, Any] | None:
        """Return an app client that an identity pool takes.

        In a plan its names may not be known yet.
        """
        made = dict(one) if isinstance(one, Mapping) else {}
        clients = {client["ClientId"]: pool for pool in self._draft.pools.values() for client in pool.clients()}
        argument = f"cognito_identity_providers[{number}].client_id"
        client_id = word_of(made.get("client_id")) or self._referred(resource, argument)
        if not client_id and len(clients) == 1:
            client_id = next(iter(clients))
        if not client_id:
            self._draft.leave_out(resource.place, "an app client of the identity pool: the plan does not say which")
            return None
        made["client_id"] = client_id
        if not word_of(made.get("provider_name")) and client_id in clients:
            pool = clients[client_id]
            made["provider_name"] = f"cognito-idp.{pool.region}.amazonaws.com/{pool.id}"
        return made

    def roles(self, resource: TerraformResource) -> None:
        mappings = {}
        for number, one in enumerate(mappings_of(resource.values.get("role_mapping"))):
            name = word_of(one.get("identity_provider")) or self._login_name(resource, number)
            if not name:
                self._draft.leave_out(resource.place, "a role mapping whose identity provider the plan does not know")
                continue
            rules = [
                {"Claim": rule.get("claim"), "MatchType": rule.get("match_type"), "Value": rule.get("value"),
                 "RoleARN": rule.get("role_arn")}
                for rule in mappings_of(one.get("mapping_rule"))
            ]  # fmt: skip
            mapping = {"Type": one.get("type"), "AmbiguousRoleResolution": one.get("ambiguous_role_resolution") or None}
            mappings[name] = {
                **mapping,
                **({"RulesConfiguration": {"Rules": rules}} if rules else {}),
            }
        pool_id = self.id_of(resource, "identity_pool_id", "aws_cognito_identity_pool")
        blocks.set_roles(self.source(resource), pool_id, resource.values.get("roles"), mappings)

    def _login_name(self, resource: TerraformResource, number: int) -> str:
        """Return `provider:client` of a role mapping that refers to an app client."""
        argument = f"role_mapping[{number}].identity_provider"
        for reference in resource.references.get(argument, ()):
            for pool in self._draft.pools.values():
                for client in pool.clients():
                    if self._ids.get(reference) == client["ClientId"]:
                        return f"cognito-idp.{pool.region}.amazonaws.com/{pool.id}:{client['ClientId']}"
        return ""

    def tags(self, resource: TerraformResource) -> None:
        pool_id = self.id_of(resource, "identity_pool_id", "aws_cognito_identity_pool")
        blocks.add_tag_map(self.source(resource, identity_pool_id=None), pool_id)

    def oidc_provider(self, resource: TerraformResource) -> None:
        clients = texts_of(resource.values.get("client_id_list"))
        url = word_of(resource.values.get("url"))
        url = url if "://" in url else f"https://{url}"
        self._draft.add_provider("OpenIDConnectProviders", {"Url": url, "ClientIDList": clients})

    def saml_provider(self, resource: TerraformResource) -> None:
        document = resource.values.get("saml_metadata_document")
        block = {"Name": resource.values.get("name", ""), **({"SAMLMetadataDocument": document} if document else {})}
        self._draft.add_provider("SAMLProviders", block)


def _without_zeros(attribute: dict[str, Any]) -> None:
    """Take empty constraints out of an attribute of the schema."""
    for name in ("StringAttributeConstraints", "NumberAttributeConstraints"):
        found = {key: value for key, value in (attribute.get(name) or {}).items() if value}
        if found:
            attribute[name] = found
        else:
            attribute.pop(name, None)


_WITH_IDS = (
    "aws_cognito_user_pool", "aws_cognito_user_pool_client", "aws_cognito_managed_user_pool_client",
    "aws_cognito_identity_pool",
)  # fmt: skip
_IAM_TYPES = ("aws_iam_openid_connect_provider", "aws_iam_saml_provider")
# In the order in which they are read.
_READERS: Mapping[str, Callable[[TerraformReader, TerraformResource], None]] = {
    "aws_cognito_user_pool": TerraformReader.pool,
    "aws_cognito_user_pool_client": TerraformReader.client,
    "aws_cognito_managed_user_pool_client": TerraformReader.client,
    "aws_cognito_user_pool_domain": TerraformReader.domain,
    "aws_cognito_user_group": TerraformReader.group,
    "aws_cognito_resource_server": lambda reader, one: reader.part("resource_server", one, "scope_identifiers"),
    "aws_cognito_identity_provider": TerraformReader.provider,
    "aws_cognito_user": TerraformReader.user,
    "aws_cognito_user_in_group": TerraformReader.membership,
    "aws_cognito_risk_configuration": lambda reader, one: reader.part("risk", one),
    "aws_cognito_user_pool_ui_customization": lambda reader, one: reader.part("ui", one, "css_version", "image_url"),
    "aws_cognito_managed_login_branding": lambda reader, one: reader.part(
        "branding", one, "managed_login_branding_id", "settings_all"
    ),
    "aws_cognito_log_delivery_configuration": lambda reader, one: reader.part("logs", one),
    "aws_cognito_identity_pool": TerraformReader.identity_pool,
    "aws_cognito_identity_pool_roles_attachment": TerraformReader.roles,
    "aws_cognito_identity_pool_provider_principal_tag": TerraformReader.tags,
    "aws_iam_openid_connect_provider": TerraformReader.oidc_provider,
    "aws_iam_saml_provider": TerraformReader.saml_provider,
}
