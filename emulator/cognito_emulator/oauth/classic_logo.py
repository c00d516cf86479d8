"""The logo of the classic pages, at the address that GetUICustomization names."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.hosted.ui_customization import image_type
from cognito_emulator.world import World


async def image(request: Request) -> Response:
    """Answer `GET /{poolId}/{clientId or ALL}/{version}/assets/images/image.jpg`.

    The image is a JPEG or PNG, whatever its name says.
    """
    world: World = request.app.state.world
    names = request.path_params
    look = world.store.looks.get((names["pool_id"], names["client_id"]))
    if look is None or look.image is None or look.version != names["version"]:
        return JSONResponse({"message": "There is no such image."}, 404)
    # Its bytes tell the type, and were checked when it was set; a browser must not guess another type.
    return Response(look.image, media_type=image_type(look.image), headers={"x-content-type-options": "nosniff"})
