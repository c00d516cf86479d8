"""The look of the classic pages."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.helpers.build import Setup, refused, setup
from tests.helpers.harness import Running

PNG = b"\x89PNG\r\n\x1a\n and more"
CSS = ".label-customizable { font-weight: 400; }\n.submitButton-customizable:hover{color:#fff}"


@pytest.fixture
def at(running: Running) -> Setup:
    made = setup(running)
    running.call("CreateUserPoolDomain", UserPoolId=made.pool, Domain="looks")
    return made


def put(idp: Any, at: Setup, client: str | None = None, **members: Any) -> Any:
    target = {"ClientId": client} if client else {}
    return idp.set_ui_customization(UserPoolId=at.pool, **target, **members)["UICustomization"]


def get(idp: Any, at: Setup, client: str | None = None) -> Any:
    target = {"ClientId": client} if client else {}
    return idp.get_ui_customization(UserPoolId=at.pool, **target)["UICustomization"]


def test_nothing_set(idp: Any, at: Setup) -> None:
    assert get(idp, at) == get(idp, at, at.client) == {}


def test_the_pools_look_is_everybodys(running: Running, idp: Any, at: Setup) -> None:
    made = put(idp, at, CSS=CSS)
    assert made == get(idp, at) == get(idp, at, "ALL") == get(idp, at, at.client)
    assert made["LastModifiedDate"] == made["CreationDate"]
    assert (made["UserPoolId"], made["ClientId"], made["CSS"]) == (at.pool, "ALL", CSS)
    assert "ImageUrl" not in made
    running.world.clock.advance(5)
    again = put(idp, at, "ALL", CSS=CSS)
    assert again["CreationDate"] == made["CreationDate"] < again["LastModifiedDate"]
    assert again["CSSVersion"] > made["CSSVersion"]


def test_a_client_has_its_own(idp: Any, at: Setup) -> None:
    pool = put(idp, at, CSS=CSS)
    own = put(idp, at, at.client, ImageFile=PNG)
    assert own["ClientId"] == at.client
    assert "CSS" not in own
    assert "CSSVersion" not in own
    assert get(idp, at, at.client) == own
    assert get(idp, at) == pool
    # Set with neither part takes it back.
    assert put(idp, at, at.client) == {}
    assert get(idp, at, at.client) == pool
    assert put(idp, at, CSS="") == {}
    assert get(idp, at, at.client) == {}


def test_the_image_is_served(running: Running, idp: Any, at: Setup) -> None:
    url = put(idp, at, ImageFile=PNG, CSS=CSS)["ImageUrl"]
    with urlopen(url) as answer:
        assert answer.read() == PNG
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
    jpeg = b"\xff\xd8\xff\xe0"
    running.world.clock.advance(5)
    with urlopen(put(idp, at, ImageFile=jpeg)["ImageUrl"]) as answer:
        assert answer.read() == jpeg
        assert answer.headers["content-type"] == "image/jpeg"
    with pytest.raises(HTTPError, match="404"):
        urlopen(url)


@pytest.mark.parametrize(
    ("css", "text"),
    [
        ("@IMPORT url(x);", "CSS must not contain @import."),
        ("@media print { .label-customizable {color: red} }", "CSS must not contain @media."),
        (".label-customizable {color: red} </style>", "CSS must not contain markup or JavaScript."),
        (".label-customizable {background: url(JavaScript:x)}", "CSS must not contain markup or JavaScript."),
        (".other {color: red}", "CSS class is not customizable: .other"),
        (".label-customizable, body {color: red}", "CSS class is not customizable: body"),
        (".label-customizable:hover {color: red}", "CSS class is not customizable: .label-customizable:hover"),
        (".label-customizable {color: red", "CSS is not well formed."),
        (".label-customizable {color: red}}", "CSS is not well formed."),
        (".label-customizable {{color: red}", "CSS is not well formed."),
        ("/* /* */ /* .label-customizable {color: red}", "CSS is not well formed."),
        (f".{'x' * 200} {{}}", f"CSS class is not customizable: .{'x' * 99}"),
        # Neither takes longer than its length.
        ("/*" * 65_000, "CSS is not well formed."),
        ("." * 131_000, "CSS is not well formed."),
        ("}" * 131_000, "CSS is not well formed."),
    ],
)
def test_css(idp: Any, at: Setup, css: str, text: str) -> None:
    with refused("InvalidParameterException", text):
        put(idp, at, CSS=css)
    assert get(idp, at) == {}


def test_comments_are_no_rules(idp: Any, at: Setup) -> None:
    css = "/* body {x} /* */ .label-customizable,\n .banner-customizable {color: red}"
    assert put(idp, at, CSS=css)["CSS"] == css


def test_refusals(running: Running, idp: Any, at: Setup) -> None:
    with refused("InvalidParameterException", "ImageFile must be a PNG or JPEG image."):
        put(idp, at, ImageFile=b"GIF89a")
    bare = setup(running)
    text = "There has to be an existing domain associated with this user pool"
    with refused("InvalidParameterException", text):
        put(idp, bare, CSS=CSS)
    for client in (None, bare.client):
        with refused("InvalidParameterException", text):
            get(idp, bare, client)
    running.call("CreateUserPoolDomain", UserPoolId=bare.pool, Domain="bare")
    assert get(idp, bare) == {}
    for call in (put, get):
        with refused("ResourceNotFoundException", f"User pool client {bare.client} does not exist."):
            call(idp, at, bare.client)
        with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
            call(idp, Setup("us-east-1_000000000", ""))


def test_what_a_request_may_hold(idp: Any, at: Setup) -> None:
    """135 KB, with the image in Base64."""
    room = 135 * 1024 - 100_000 // 3 * 4 - 4
    css = CSS + "/**/"
    css = css[:-2] + "x" * (room - len(css)) + "*/"
    image = PNG + bytes(100_000 - len(PNG))
    before = put(idp, at, CSS=css, ImageFile=image)
    with refused("InvalidParameterException", "request parameters too large"):
        put(idp, at, CSS=css[:-2] + "x*/", ImageFile=image)
    with refused("InvalidParameterException", "request parameters too large"):
        put(idp, at, ImageFile=PNG + bytes(104_000))
    assert get(idp, at) == before


@pytest.mark.parametrize("whole", [True, False])
def test_deleting_the_owner(running: Running, idp: Any, at: Setup, whole: bool) -> None:
    put(idp, at, CSS=CSS)
    put(idp, at, at.client, CSS=CSS)
    if whole:
        idp.delete_user_pool_domain(UserPoolId=at.pool, Domain="looks")
        idp.delete_user_pool(UserPoolId=at.pool)
    else:
        idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    assert [look.client_id for look in running.world.store.looks] == ([] if whole else ["ALL"])
