"""The browser's side of the one list of routes.

Imported at the first request that needs it: an emulator that only answers the API starts without its pages.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from cognito_emulator.domain.threats.risk_notice import PATH as FEEDBACK
from cognito_emulator.oauth.authorize import authorize
from cognito_emulator.oauth.classic_logo import image
from cognito_emulator.oauth.confirm_user import confirm_user
from cognito_emulator.oauth.federation import CALLBACK, SAML_CALLBACK, idpresponse
from cognito_emulator.oauth.feedback import feedback
from cognito_emulator.oauth.logout import logout
from cognito_emulator.oauth.mock_idp import mock_idp_routes
from cognito_emulator.oauth.pages.routes import ASSETS, PATHS, page_routes
from cognito_emulator.oauth.register import register
from cognito_emulator.oauth.revoke import revoke
from cognito_emulator.oauth.saml import SIGN_OUT, signed_out
from cognito_emulator.oauth.saml import idpresponse as saml_idpresponse
from cognito_emulator.oauth.token import token
from cognito_emulator.oauth.userinfo import userinfo

# Where a browser is sent to. Scripts of other sites have no business there, nor on the pages.
_WAYS = ("/oauth2/authorize", "/authorize", "/oauth2/idpresponse", "/saml2", "/logout", ASSETS, FEEDBACK)


def browser_routes() -> list[BaseRoute]:
    """What browsers and apps visit beside the JSON API. `/authorize` and `/token` are older names of the two [docs:
    cognito-user-pools-managed-login, its example; observed: awslabs/cognito-at-edge]."""
    return [
        Route("/{pool_id}/{client_id}/{version}/assets/images/image.jpg", image),
        Route("/oauth2/authorize", authorize),
        Route("/authorize", authorize),
        Route("/oauth2/token", token, methods=["POST"]),
        Route("/token", token, methods=["POST"]),
        Route("/oauth2/userInfo", userinfo),
        Route("/oauth2/revoke", revoke, methods=["POST"]),
        Route("/oauth2/register", register, methods=["POST"]),
        Route("/{pool_id}/oauth2/register", register, methods=["POST"]),
        Route(CALLBACK, idpresponse, methods=["GET", "POST"]),
        Route(SAML_CALLBACK, saml_idpresponse, methods=["POST"]),
        Route(SIGN_OUT, signed_out, methods=["POST"]),
        Route("/logout", logout),
        Route("/confirmUser", confirm_user),
        Route("/confirmUser/", confirm_user),
        Route(FEEDBACK, feedback),
        *page_routes(),
        *mock_idp_routes(),
    ]


def is_for_browsers_alone(path: str) -> bool:
    """Whether scripts of other origins are not told that they may read the answer (no CORS)."""
    return path.startswith(_WAYS) or path in PATHS
