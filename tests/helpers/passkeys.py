"""Register passkeys in a signed-in session."""

from __future__ import annotations

from typing import Any

from tests.helpers.authenticator import Authenticator
from tests.helpers.build import Setup, sign_in


class Session:
    """A signed-in user of the passkey operations."""

    def __init__(self, idp: Any, at: Setup, username: str = "ann") -> None:
        self.idp = idp
        self.token = sign_in(idp, at, username)["AccessToken"]

    def start(self) -> Any:
        return self.idp.start_web_authn_registration(AccessToken=self.token)["CredentialCreationOptions"]

    def complete(self, credential: Any) -> Any:
        return self.idp.complete_web_authn_registration(AccessToken=self.token, Credential=credential)

    def register(self, **options: Any) -> Authenticator:
        made = Authenticator(**options)
        self.complete(made.create(self.start()))
        return made

    def page(self, **members: Any) -> Any:
        return self.idp.list_web_authn_credentials(AccessToken=self.token, **members)

    def ids(self) -> list[str]:
        return [item["CredentialId"] for item in self.page()["Credentials"]]

    def delete(self, credential_id: str) -> Any:
        return self.idp.delete_web_authn_credential(AccessToken=self.token, CredentialId=credential_id)
