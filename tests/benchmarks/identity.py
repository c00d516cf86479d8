"""AWS credentials for the login of a user pool: what they cost."""

from __future__ import annotations

from functools import partial
from statistics import median

from tests.benchmarks.load import measure, message
from tests.benchmarks.scene import ROUNDS, Requests, Scene

IDENTITY = "cognito-identity"


def credentials(scene: Scene) -> Requests:
    """GetCredentialsForIdentity of an identity pool that takes the client's logins and maps roles by rules."""
    provider = f"cognito-idp.us-east-1.amazonaws.com/{scene.pool}"
    call, role = partial(scene.served.call, service=IDENTITY), "arn:aws:iam::000000000000:role/a"
    entry = {"ProviderName": provider, "ClientId": scene.client, "ServerSideTokenCheck": True}
    pool = call(
        "CreateIdentityPool",
        IdentityPoolName="p",
        AllowUnauthenticatedIdentities=False,
        CognitoIdentityProviders=[entry],
    )["IdentityPoolId"]
    rule = {"Claim": "cognito:username", "MatchType": "Equals", "Value": "ann", "RoleARN": role}
    rules = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [rule]}}
    mappings = {f"{provider}:{scene.client}": rules}
    call("SetIdentityPoolRoles", IdentityPoolId=pool, Roles={}, RoleMappings=mappings)
    logins = {provider: scene.id_token}
    known = call("GetId", IdentityPoolId=pool, Logins=logins)["IdentityId"]
    members = {"IdentityId": known, "Logins": logins}
    sent = message("GetCredentialsForIdentity", members, signed=False, service=IDENTITY)
    return lambda _: sent


def measured(scene: Scene, requests: int) -> dict[str, float]:
    """Return its processor time against GetUser's, which verifies one token and does little else."""
    count, sent, found = max(requests // ROUNDS, 2), credentials(scene), []
    for _ in range(ROUNDS):
        verified = measure(scene.served, scene.get_user, count).cpu
        found.append(measure(scene.served, sent, count).cpu / verified)
    return {"credentials, GetUser": median(found)}
