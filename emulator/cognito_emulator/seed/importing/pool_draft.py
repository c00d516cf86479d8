"""One user pool while it is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.seed.importing import ids
from cognito_emulator.seed.importing.triggers import carried_triggers
from cognito_emulator.seed.importing.user_drafts import UserDrafts
from cognito_emulator.seed.plain import present
from cognito_emulator.seed.problems import Place

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.draft import Draft

# In the order in which a seed is read best.
_LISTS = (
    "IdentityProviders", "ResourceServers", "Clients", "Domains", "ManagedLoginBrandings", "UICustomizations",
    "RiskConfigurations", "Terms", "LogDeliveryConfigurations", "Groups",
)  # fmt: skip
_OWN_PROVIDER = "COGNITO"
_SMS, _TOTP, _EMAIL = "SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration"


class PoolDraft:
    """The block of one pool; lists may be added in any order."""

    def __init__(self, draft: Draft, place: Place, pool_id: str) -> None:
        self.draft = draft
        self.place = place
        self.id = pool_id
        self._members: dict[str, Any] = {}
        self._mfa: dict[str, Any] = {}
        self._lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
        self._added: set[tuple[str, str]] = set()
        self.users = UserDrafts(self)

    @property
    def region(self) -> str:
        return self.id.rpartition("_")[0]

    @property
    def username_attributes(self) -> list[str]:
        return list(self._members.get("UsernameAttributes", ()))

    def clients(self) -> list[dict[str, Any]]:
        return self._lists["Clients"]

    def settle(self, place: Place, members: Mapping[str, Any]) -> None:
        """Set the members of CreateUserPool; of triggers those that can be called."""
        self.place = place
        config = {**self._members.get("LambdaConfig", {}), **members.get("LambdaConfig", {})}
        self._members |= {name: value for name, value in members.items() if name != "LambdaConfig"}
        kept = carried_triggers(self.draft, place.key("LambdaConfig", place.line), config)
        if kept:
            self._members["LambdaConfig"] = kept

    def set_mfa(self, members: Mapping[str, Any]) -> None:
        """Set the members of SetUserPoolMfaConfig."""
        self._mfa |= dict(members)

    def add(self, section: str, block: Mapping[str, Any]) -> None:
        """Add an item to one of the pool's lists, once."""
        key = (section, json.dumps(block, sort_keys=True, default=str))
        if key not in self._added:
            self._added.add(key)
            self._lists[section].append(dict(block))

    def replace(self, section: str, key: str, block: Mapping[str, Any]) -> None:
        """Add an item in place of one with the same value of `key`."""
        self._lists[section] = [one for one in self._lists[section] if one.get(key) != block.get(key)]
        self.add(section, block)

    def add_client(self, client_id: str, members: Mapping[str, Any], secret: str | None) -> None:
        """Add an app client, or members to one that is there."""
        there = next((one for one in self.clients() if one["ClientId"] == client_id), None)
        own: dict[str, Any] = {"ClientId": client_id, **members}
        if members.get("GenerateSecret") is True and not secret:
            secret = ids.client_secret(client_id)
        if secret:
            own["ClientSecret"] = secret
            own.pop("GenerateSecret", None)
        own.setdefault("ClientName", client_id)
        if there is None:
            self.clients().append(own)
        else:
            there.update(own)

    def add_provider(self, place: Place, members: Mapping[str, Any]) -> None:
        """Add an identity provider, which the built-in one replaces.

        A SAML provider's metadata are needed; a seed fetches none.
        """
        name = members.get("ProviderName", "")
        if members.get("ProviderType") == "SAML":
            details = members.get("ProviderDetails", {})
            if not details.get("MetadataFile"):
                self.draft.leave_out(
                    place,
                    f"the SAML provider {name}; a seed fetches no MetadataURL: write what is there as "
                    "SAMLMetadataDocument",
                )
                return
            self.add("IdentityProviders", members)
            return
        if members.get("ProviderType") == "SignInWithApple":  # Describe does not show its key
            details = {"private_key": ids.UNKNOWN_SECRET, **members.get("ProviderDetails", {})}
            members = {**members, "ProviderDetails": details}
        self.draft.remark(place, f"the provider {name} is a mock; take mock out to sign in at the real one")
        self.add("IdentityProviders", {**members, "mock": True})

    def block(self) -> dict[str, Any]:
        """Return the pool's block."""
        self._check_providers()
        lists = {name: items for name, items in self._lists.items() if items}
        groups = {group.get("GroupName") for group in self._lists["Groups"]}
        users = self.users.blocks(groups)
        mfa = self._mfa_block()
        members = {name: value for name, value in self._members.items() if name not in ("PoolName", "MfaConfiguration")}
        name = self._members.get("PoolName") or self.id.rpartition("_")[2]
        return present({"Id": self.id, "PoolName": name, **members, "MfaConfig": mfa, **lists, "Users": users})

    def _mfa_block(self) -> dict[str, Any] | None:
        """Return the MFA settings, with a factor where MFA is on."""
        mode = self._members.get("MfaConfiguration") or self._mfa.get("MfaConfiguration")
        found = {**self._mfa, "MfaConfiguration": mode}
        if mode in (None, "OFF"):
            web = found.get("WebAuthnConfiguration")
            return {"MfaConfiguration": "OFF", "WebAuthnConfiguration": web} if web else None
        if not any(name in found for name in (_SMS, _TOTP, _EMAIL)):
            sms = self._members.get("SmsConfiguration")
            found[_SMS if sms else _TOTP] = {"SmsConfiguration": sms} if sms else {"Enabled": True}
            self.draft.remark(
                self.place, f"the source says MFA and no factor; the seed takes {'SMS' if sms else 'authenticators'}"
            )
        return {name: value for name, value in found.items() if value is not None}

    def _check_providers(self) -> None:
        """Take providers that are not there out of app clients, which would be refused."""
        known = {one.get("ProviderName") for one in self._lists["IdentityProviders"]} | {_OWN_PROVIDER}
        for client in self.clients():
            wanted = client.get("SupportedIdentityProviders")
            missing = [name for name in wanted or () if name not in known]
            if not wanted or not missing:
                continue
            where = f"the app client {client['ClientName']}"
            self.draft.leave_out(self.place, f"{', '.join(missing)} of {where}: there is no such provider here")
            client["SupportedIdentityProviders"] = [name for name in wanted if name in known] or [_OWN_PROVIDER]
