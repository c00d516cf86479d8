"""Build the JSON Schema of a seed (draft 2020-12), for editors.

    schema()    # a mapping, to be written as JSON

It is built from the forms by which seeds are read: the same members and the same keys. What only the operations
judge, such as whether two settings fit, `cognito-emulator check` tells.
"""

from __future__ import annotations

from typing import Any

from cognito_emulator.domain.threats.threat import LEVELS
from cognito_emulator.flows.threats import fixed_risks
from cognito_emulator.seed import (
    allowed_keys,
    identity_pools,
    limits,
    login_providers,
    pools,
    replicas,
    state,
    user_state,
    users,
)
from cognito_emulator.seed.allowed_keys import CLIENT_SECRET, Form, form
from cognito_emulator.seed.parse import LEFT_OUT
from cognito_emulator.seed.parts import SECTIONS, part_form
from cognito_emulator.seed.schema_shapes import FLAG, TEXT, Schema, Shapes, listing, mapping, text
from cognito_emulator.wire.model import IDENTITY, IDP, Service

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_HEX4 = "-[0-9a-f]{4}"
_UUID = f"[0-9a-f]{{8}}{_HEX4}{_HEX4}{_HEX4}-[0-9a-f]{{12}}"
_FIXED = {
    name: text(f"{name}, if it is fixed.", pattern=f"^{_UUID}$") for name in ("ManagedLoginBrandingId", "TermsId")
}


def schema() -> dict[str, Any]:
    """Return the schema of a whole seed."""
    blocks = _Blocks()
    properties = {
        "UserPools": listing(blocks.pool(), "User pools with all that is in them."),
        "IdentityPools": listing(blocks.identity_pool(), "Identity pools."),
        **blocks.login_providers(),
        limits.SECTION: listing(blocks.limit(), "Request rates of the account."),
        state.SECTION: _state(),
        LEFT_OUT: {
            "description": "What an export left out, by its number.",
            "type": ["object", "null"],
            "additionalProperties": {"type": "integer"},
        },
    }
    return {
        "$schema": DRAFT,
        "title": "Seed of cognito-emulator",
        **mapping(properties),
        "$defs": dict(sorted(blocks.shapes.definitions.items())),
    }


def _state() -> Schema:
    texts = listing(text("JSON, as an export has it.", pattern=r"^\s*\{"))
    parts = {name: mapping(dict.fromkeys(tables, texts)) for name, tables in state.PARTS.items()}
    return mapping(parts, description="What no operation sets, as an export has it.")


class _Blocks:
    """The schemas of a seed's blocks."""

    def __init__(self) -> None:
        self.shapes = Shapes()

    def _plain(self, shape: Form, service: Service = IDP) -> Schema:
        return self.shapes.of_form(shape, {}, service)

    def _parts(self, names: tuple[str, ...]) -> dict[str, Schema]:
        made = {}
        for name in names:
            section = SECTIONS[name]
            own = {section.id_name: _FIXED[section.id_name]} if section.id_name else {}
            made[name] = listing(self.shapes.of_form(part_form(section), own, IDP))
        return made

    def pool(self) -> Schema:
        own = {
            "Id": text(
                "The pool's id, such as us-east-1_localpool.", pattern="^[a-z]{2,4}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+$"
            ),
            "MfaConfig": self._plain(form("SetUserPoolMfaConfig")),
            "SigningKeySeed": {
                "description": "A text of which the same signing keys are always made.",
                **self.shapes.of(pools.KEY_TEXT, IDP),
            },
            "SessionConfiguration": self._plain(form("SetUserPoolSessionConfiguration")),
            "IdentityProviders": listing(self._provider()),
            "Clients": listing(self._client(), "App clients."),
            "Groups": listing(self._plain(form("CreateGroup"))),
            "Users": listing(self._user(), "Users, with passwords, factors and groups."),
            "CompromisedPasswords": listing(TEXT, "Passwords that count as compromised."),
            "CompromisedPasswordDigests": listing(
                text(pattern="^[0-9a-f]{64}$"), "Their digests, as an export has them."
            ),
            "Risks": listing(self._risk(), "The risk of sign-ins, for threat protection."),
            "SigningKeys": mapping({"IdToken": TEXT, "AccessToken": TEXT}, ("IdToken", "AccessToken"), "Keys, as PEM."),
            "Replicas": listing(self._replica(), "Replicas in other Regions."),
            **self._parts(tuple(SECTIONS)),
        }
        return self.shapes.of_form(pools.pool_form(), own, IDP)

    def _provider(self) -> Schema:
        own = {
            "mock": {"description": "Whether the built-in provider replaces it.", **FLAG},
            "SAMLMetadataDocument": text("What is at MetadataURL, since a seed fetches nothing."),
        }
        return self.shapes.of_form(pools.provider_form(), own, IDP)

    def _client(self) -> Schema:
        secret = text("The secret, if it is fixed.", minLength=CLIENT_SECRET.min, maxLength=CLIENT_SECRET.max)
        own = {
            "ClientId": text("The client's id, if it is fixed.", minLength=1, maxLength=128),
            "ClientSecret": secret,
            "AddedSecrets": listing(secret, "A second secret."),
            "ClientType": text("DCR: made by dynamic registration.", enum=["DCR", "REGULAR"]),
            "CIMDPolicies": listing(self._plain(pools.policy_form())),
            "SessionConfiguration": self._plain(pools.client_sessions_form()),
        }
        return self.shapes.of_form(pools.client_form(), own, IDP)

    def _user(self) -> Schema:
        own = {
            "Sub": text("The user's sub.", pattern=f"^{_UUID}$"),
            "Password": text("A permanent password."),
            "Confirmed": {"description": "false: signed up, but not confirmed yet.", **FLAG},
            "Enabled": FLAG,
            "Attributes": {"type": ["object", "null"], "additionalProperties": TEXT},
            "Groups": listing(TEXT, "Names of the pool's groups."),
            "TOTPSecret": text("The secret of the authenticator, in base32."),
            "MFAPreference": self._plain(users.preference_form()),
            **{name: self.shapes.of(shape, IDP) for name, shape in user_state.SHAPES.items()},
        }
        return self.shapes.of_form(users.user_form(), own, IDP)

    @staticmethod
    def _risk() -> Schema:
        level = text("", enum=[fixed_risks.NONE, *LEVELS])
        return mapping({"Level": level, "Username": TEXT, "IpRange": TEXT}, ("Level",))

    def _replica(self) -> Schema:
        own = {
            "Status": self.shapes.of(form("UpdateUserPoolReplica").shapes.get("Status", allowed_keys.TEXT), IDP),
            **{name: self.shapes.of(shape, IDP) for name, shape in replicas.regional_shapes().items()},
            **self._parts(replicas.PARTS),
        }
        return self.shapes.of_form(replicas.replica_form(), own, IDP)

    def identity_pool(self) -> Schema:
        roles, maps = identity_pools.roles_form(), identity_pools.tag_map_form()
        own = {
            "IdentityPoolId": text(
                "The id, such as us-east-1:<UUID>.", pattern=f"^[a-z]{{2,4}}(-[a-z]+)+-[0-9]+:{_UUID}$"
            ),
            **{name: self.shapes.of(shape, IDENTITY) for name, shape in roles.shapes.items()},
            "PrincipalTagMaps": listing(self._plain(maps, IDENTITY)),
        }
        return self.shapes.of_form(identity_pools.identity_pool_form(), own, IDENTITY)

    def limit(self) -> Schema:
        own = {"Region": text("The emulator's own, if it is left out.")}
        return self.shapes.of_form(limits.limit_form(), own, IDP)

    def login_providers(self) -> dict[str, Schema]:
        """Return the sections of providers that identity pools trust."""
        made = {}
        for section, shapes in login_providers.SHAPES.items():
            keys = {name: self.shapes.of(shape, IDP) for name, shape in shapes.items()}
            made[section] = listing(mapping(keys, login_providers.REQUIRED[section]))
        return made
