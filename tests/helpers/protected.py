"""Pools with threat protection, for tests: who signs in from where, and what the events tell."""

from __future__ import annotations

from typing import Any

from cognito_emulator.domain.threats import known_risk
from cognito_emulator.domain.threats.known_risk import CompromisedPassword, FixedRisk
from cognito_emulator.flows.threats import fixed_risks as known_risks
from tests.helpers.build import DEVELOPER, FLOWS, PASSWORD, Setup, setup
from tests.helpers.harness import Running

HOME = "192.0.2.10"
BLOCKED_TEXT = "Unable to login because of security reasons."
ADDRESS_TEXT = "Request not allowed due to security reasons."
RESET_TEXT = "Password reset required for user due to security reasons"
LEAKED_TEXT = "Provided password cannot be used for security reasons."
LEVELS = ("Low", "Medium", "High")


def add_ons(mode: str = "ENFORCED", custom: str | None = None) -> dict[str, Any]:
    flows = {"AdvancedSecurityAdditionalFlows": {"CustomAuthMode": custom}} if custom else {}
    return {"UserPoolAddOns": {"AdvancedSecurityMode": mode, **flows}}


def protected(running: Running, mode: str = "ENFORCED", client: dict[str, Any] | None = None, **pool: Any) -> Setup:
    """A pool with threat protection that does nothing yet: no level has an action, no password is looked at."""
    flows = {"ExplicitAuthFlows": [*FLOWS, "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"]}
    at = setup(running, {**flows, **(client or {})}, EmailConfiguration=DEVELOPER, **{**add_ons(mode), **pool})
    configure(running, at)
    return at


def configure(
    running: Running, at: Setup, action: str | None = None, notify: bool = False, client: bool = False, **blocks: Any
) -> None:
    """A risk configuration whose levels all have that action."""
    one = {"EventAction": action, "Notify": notify}
    actions = {f"{level}Action": one for level in LEVELS} if action else {}
    takeover: dict[str, Any] = {"Actions": actions}
    if notify:
        takeover["NotifyConfiguration"] = {"SourceArn": DEVELOPER["SourceArn"]}
    ours = {
        "AccountTakeoverRiskConfiguration": takeover,
        "CompromisedCredentialsRiskConfiguration": {
            "EventFilter": ["SIGN_IN"],
            "Actions": {"EventAction": "NO_ACTION"},
        },
    }
    target = {"ClientId": at.client} if client else {}
    running.call("SetRiskConfiguration", UserPoolId=at.pool, **target, **{**ours, **blocks})


def forget_configuration(running: Running, at: Setup) -> None:
    running.call("SetRiskConfiguration", UserPoolId=at.pool)


def mfa(running: Running, at: Setup, mode: str = "OPTIONAL") -> None:
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration=mode,
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )


def leak(running: Running, *passwords: str, pool: str = "") -> None:
    """Let passwords count as leaked."""

    async def put() -> None:
        with running.world.store.write():
            for one in passwords:
                running.world.store.compromised.put(CompromisedPassword(pool, known_risk.digest(one)))

    running.run(put())


def fix(running: Running, level: str, *, pool: str = "", user: str = "", ip_range: str = "") -> None:
    """Fix the level of sign-ins; empty for no risk."""

    async def put() -> None:
        with running.world.store.write():
            running.world.store.fixed_risks.put(FixedRisk(pool, user, ip_range, level))

    running.run(put())


def locate(running: Running, ip: str, city: str, country: str) -> None:
    """Say where an address is."""

    async def put() -> None:
        known_risks.locate(running.world, ip, city, country)

    running.run(put())


def context(ip: str = HOME, agent: str = "Mozilla/5.0 (X11; Linux) Firefox/130.0", **more: Any) -> dict[str, Any]:
    """ContextData as an app's server sends it."""
    headers = [{"headerName": "User-Agent", "headerValue": agent}]
    return {"IpAddress": ip, "ServerName": "app.example.com", "ServerPath": "/", "HttpHeaders": headers, **more}


def from_(idp: Any, at: Setup, ip: str = HOME, username: str = "ann", password: str = PASSWORD, **more: Any) -> Any:
    """A sign-in by an app's server for a user at that address."""
    return idp.admin_initiate_auth(
        UserPoolId=at.pool,
        ClientId=at.client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password, **at.hashed(username)},
        ContextData=context(ip, **more),
    )


def events(idp: Any, at: Setup, username: str = "ann") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = idp.admin_list_user_auth_events(UserPoolId=at.pool, Username=username)["AuthEvents"]
    return listed


def risk(event: dict[str, Any]) -> tuple[str, str | None, bool]:
    found = event["EventRisk"]
    return found["RiskDecision"], found.get("RiskLevel"), found["CompromisedCredentialsDetected"]


def status(idp: Any, at: Setup, username: str = "ann") -> str:
    return str(idp.admin_get_user(UserPoolId=at.pool, Username=username)["UserStatus"])
