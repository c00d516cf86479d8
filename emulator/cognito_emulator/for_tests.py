"""Methods of `Emulator` for tests: pools with users, tokens, authenticators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.observing import Observing

if TYPE_CHECKING:
    from cognito_emulator.pool_handle import CognitoPool
    from cognito_emulator.pool_sign_in import SignInFacts

_A_MINUTE = 60
__tracebackhide__ = True  # a traceback of pytest ends in the test, whose line the sentence is about


class ForTests(Observing):
    """The part of `Emulator` that makes what tests need.

    Each method may be called from any thread.
    """

    def client(self, service: str = "cognito-idp", region: str | None = None, **options: Any) -> Any:
        raise NotImplementedError

    def call_api(self, idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        raise NotImplementedError

    def create_pool(
        self,
        *,
        pool: Mapping[str, Any] | None = None,
        client: Mapping[str, Any] | None = None,
        mfa: str | None = None,
        region: str | None = None,
    ) -> CognitoPool:
        """Create a user pool with an app client that allows every password flow.

        Args:
            pool: members of CreateUserPool, over the defaults.
            client: members of CreateUserPoolClient, over the defaults. Users choose a first factor where `pool` has a
                SignInPolicy.
            mfa: "ON" or "OPTIONAL" for a pool with authenticator apps as a second factor, "OFF" without.

        Raises:
            ValueError: there is no such `mfa`.
        """
        from cognito_emulator import pool_handle  # not every program makes a pool so

        if mfa is not None and mfa not in pool_handle.MFA_MODES:
            raise ValueError(f"mfa must be one of {', '.join(pool_handle.MFA_MODES)}, not {mfa!r}.")
        idp = self.client("cognito-idp", region)
        made = self._create(idp, "create_user_pool", pool_handle.READY_POOL, pool)["UserPool"]
        if mfa is not None:
            app = {"Enabled": mfa != "OFF"}
            wanted = {"UserPoolId": made["Id"], "MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": app}
            self.call_api(idp, "set_user_pool_mfa_config", wanted)
        ready = {**pool_handle.ready_client(pool or {}), "UserPoolId": made["Id"]}
        app_client = self._create(idp, "create_user_pool_client", ready, client)["UserPoolClient"]
        secret = app_client.get("ClientSecret")
        return pool_handle.CognitoPool(made["Id"], app_client["ClientId"], secret, idp, self)

    def _create(
        self, idp: Any, method: str, ready: Mapping[str, Any], given: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        """Create a resource; boto3 checks the members that a test has given."""
        if not given:
            return self.call_api(idp, method, ready)
        made: Mapping[str, Any] = getattr(idp, method)(**{**ready, **given})
        return made

    def pool_urls(self, pool: str) -> tuple[str, str]:
        """Return a pool's issuer, and where its JWKS is.

        Raises:
            LookupError: there is no such pool.
        """
        found = self.world.store.pools.get(pool)
        if found is None:
            raise LookupError(f"There is no pool {pool}.")
        issuer = self.world.issuer(found)
        return issuer, f"{self.world.keys_at(issuer, f'/{pool}')}/.well-known/jwks.json"

    def has_group(self, pool: str, group: str) -> bool:
        """Tell whether a pool has a group of that name."""
        return self.world.store.groups.get((pool, group)) is not None

    def sign_in_facts(self, user: str, pool: str, client: str) -> SignInFacts:
        """Return what decides how a sign-in of a user begins."""
        return self.on_loop(lambda: self._sign_in_facts(user, pool, client))

    def _sign_in_facts(self, user: str, pool: str, client: str) -> SignInFacts:
        from cognito_emulator.domain.auth import auth_flow
        from cognito_emulator.domain.users import names
        from cognito_emulator.pool_sign_in import FLOWS, SignInFacts

        store = self.world.store
        found_pool, found_client = store.pools.get(pool), store.clients.get(client)
        found = names.find_for_admin(store, found_pool, user) if found_pool else None
        flows = tuple(flow for flow in FLOWS if found_client is None or auth_flow.is_allowed(found_client, flow))
        has_password = found is None or found.password is not None or found.imported_hash is not None
        sent = self.world.outbox.all()
        return SignInFacts(flows, has_password, int(sent[-1].id) if sent else 0)

    def tokens(self, pool: str, client: str, username: str, **order: Any) -> dict[str, Any]:
        """Return the AuthenticationResult of a confirmed user without a sign-in.

        Args:
            order: `scopes`, `claims`, `groups`, `auth_time`, `expires_in` (also negative), `acr`, `amr`, `triggers`, as
                `POST /_emulator/tokens` has them.

        Raises:
            ValueError: no sign-in could have these tokens.
        """
        from cognito_emulator.flows.tokens import made_tokens
        from cognito_emulator.operations._outcomes import authentication_result

        for name in ("scopes", "groups", "amr"):
            if order.get(name) is not None:
                order[name] = tuple(order[name])
        wanted = made_tokens.Order(pool=pool, client=client, username=username, **order)
        return dict(authentication_result(self._await(made_tokens.make(self.world, wanted))))

    def rework(
        self, result: Mapping[str, Any], *, claims: Mapping[str, Any] | None = None, expired: bool = False
    ) -> dict[str, Any]:
        """Return an AuthenticationResult with its tokens changed.

        Claims are added, or the tokens have expired.

        Raises:
            ValueError: a claim that no function may change; tokens of no sign-in.
        """
        from cognito_emulator.flows.tokens import made_tokens
        from cognito_emulator.operations._outcomes import authentication_result

        clock = self.world.clock
        expires = int(min(clock.now(), clock.machine())) - _A_MINUTE if expired else None
        wanted = made_tokens.Rework(made_tokens.changes_of(claims or {}, None), expires)
        tokens = Tokens(result["AccessToken"], result["ExpiresIn"], result.get("IdToken"))
        return {**result, **authentication_result(self._await(made_tokens.rework(self.world, tokens, wanted)))}

    def expire_tokens(
        self, *, pool: str | None = None, user: str | None = None, client: str | None = None, refresh: bool = False
    ) -> int:
        """Declare the access and ID tokens of a user or client to be expired.

        Returns how many sign-ins it was.

        Args:
            refresh: refresh tokens too.

        Raises:
            ValueError: neither a user (with the pool) nor a client is named, or none is there.
        """
        from cognito_emulator.flows.tokens import expired_tokens

        return self._await(
            expired_tokens.expire(self.world, pool_id=pool, username=user, client_id=client, refresh=refresh)
        )

    def rotate_keys(self, pool: str) -> None:
        """Let a pool sign with new keys; the old ones stay in its JWKS.

        Raises:
            LookupError: there is no such pool.
        """
        if pool not in self.world.store.pools:
            raise LookupError(f"There is no pool {pool}.")
        self._await(self.world.keys.rotate(pool))

    def totp(self, user: str, *, pool: str | None = None) -> str:
        """Return a code of the user's authenticator that is good now.

        A code is good once; where the present and the next one have been used, the present one is made good again.

        Args:
            user: any name of the user.
            pool: the pool's id; needed only where several pools have such a user.

        Raises:
            ValueError: there is no such user or authenticator.
        """
        from cognito_emulator.flows.auth import known_factors

        def code() -> str:
            found = known_factors.totp_code(self.world, self._pool_of(user, pool), user, forget_used=True)
            return found.code

        return self.on_loop(code)

    def set_totp(self, user: str, secret: str | None = None, *, pool: str | None = None) -> str:
        """Give a user an authenticator, as the preferred factor; return its secret.

        Args:
            secret: base32; without, a new one.

        Raises:
            ValueError: the pool does not offer authenticators, or it is no secret.
        """
        from cognito_emulator.domain.auth.totp import make_secret
        from cognito_emulator.flows.auth import known_factors

        def give() -> str:
            made = secret or make_secret(self.world.ids.bytes(32))
            return known_factors.set_totp(self.world, self._pool_of(user, pool), user, made).secret

        try:
            return self.on_loop(give)
        except known_factors.NotOffered as error:
            text = 'in a test, mfa="OPTIONAL" in the marker cognito_pool or in create_pool()'
            raise ValueError(f"{str(error).rstrip('.')}; {text}.") from None

    def totp_of(self, secret: str) -> str:
        """Return the code that an authenticator with that secret shows now."""
        from cognito_emulator.domain.auth.totp import usable_code

        found = usable_code(secret, -1, self.world.clock.now())
        return found[0] if found else ""

    def add_passkey(self, user: str, *, pool: str | None = None, origin: str | None = None) -> str:
        """Register a passkey that `answer_passkey` answers with; return its credential id.

        Args:
            origin: of the page; without, https at the relying party.

        Raises:
            ValueError: the pool has no passkeys, or the page is not the relying party's.
        """
        from cognito_emulator.flows.auth import known_factors

        return self.on_loop(lambda: known_factors.add_passkey(self.world, self._pool_of(user, pool), user, origin)).id

    def answer_passkey(
        self, user: str, options: str | Mapping[str, Any], *, pool: str | None = None, origin: str | None = None
    ) -> str:
        """Return the CREDENTIAL that answers a challenge's CREDENTIAL_REQUEST_OPTIONS.

        Raises:
            ValueError: no passkey of `add_passkey` fits the options.
        """
        from cognito_emulator.flows.auth import known_factors

        asked = strict_json.decode(options) if isinstance(options, str) else options

        def answer() -> dict[str, Any]:
            return known_factors.assertion(self.world, self._pool_of(user, pool), user, asked, origin)

        return json.dumps(self.on_loop(answer))

    def authorization_code(self, pool: str, client: str, username: str, redirect_uri: str, **query: str) -> str:
        """Return an authorization code, as the hosted login ends in one.

        Args:
            query: of /oauth2/authorize: `scope`, `state`, `nonce`, `code_challenge`, `code_challenge_method`, ...

        Raises:
            ValueError: the endpoint would refuse the request.
        """
        from cognito_emulator.flows.hosted import made_codes

        params = {"client_id": client, "redirect_uri": redirect_uri, **query}
        return self._await(made_codes.make(self.world, pool, username, params)).code

    def _pool_of(self, user: str, pool: str | None) -> str:
        """Return the id of the one pool that has such a user.

        Raises:
            ValueError: none has, or several have.
        """
        from cognito_emulator.domain.users import names

        if pool is not None:
            return pool
        store = self.world.store
        found = [each.id for each in store.pools if names.find_for_admin(store, each, user) is not None]
        if len(found) != 1:
            where = f"in {', '.join(found)}: name the pool" if found else "in no pool"
            raise ValueError(f"There is a user {user!r} {where}.")
        return found[0]
