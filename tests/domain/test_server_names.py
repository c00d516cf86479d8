"""The one list of names under which a server is reached."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.server_names import OF_CONTAINERS, OWN, amazon_certificate, name_of, own_names


def test_every_name_that_is_stated_is_in_it() -> None:
    machine, listed = ("box", "box.local", "192.168.1.7"), ("cognito", "*.idp.test")
    names = own_names("idp.example", "https://Cognito.test:9576/base", machine, listed)
    assert names == (*OWN, *OF_CONTAINERS, "idp.example", "cognito.test", *machine, *listed)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "127.0.0.1"])
def test_a_host_that_is_no_name_adds_none(host: str) -> None:
    assert own_names(host, None, (), ()) == (*OWN, *OF_CONTAINERS)


def test_a_machine_with_a_name_that_no_certificate_can_have() -> None:
    assert own_names("localhost", None, ("my box!", ""), ()) == (*OWN, *OF_CONTAINERS)


NAMES = {
    "Cognito": "cognito",
    "cognito_emulator": "cognito_emulator",
    "[2001:DB8::1]": "2001:db8::1",
    "fe80::1%eth0": "fe80::1",
    "münchen.test": "xn--mnchen-3ya.test",
    "*.auth.test": "*.auth.test",
    "a.b.": "a.b",
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_as_certificates_have_it(text: str) -> None:
    assert name_of(text) == NAMES[text]


@pytest.mark.parametrize("text", ["", "a b", "a..b", "http://a", "a:80", "*", "a.*", "-a", "a" * 64, "a." * 127 + "ab"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a host name|label"):
        name_of(text)


AMAZON = {
    "cognito-idp.eu-west-1.amazonaws.com": "cognito-idp.eu-west-1.amazonaws.com",
    "issuer-cognito-idp.eu-west-1.amazonaws.com": "issuer-cognito-idp.eu-west-1.amazonaws.com",
    "cognito-identity-fips.us-gov-west-1.amazonaws.com": "cognito-identity-fips.us-gov-west-1.amazonaws.com",
    "cognito-identity.amazonaws.com": "cognito-identity.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn": "cognito-identity.cn-north-1.amazonaws.com.cn",
    "cognito-idp.eu-west-1.api.aws": "cognito-idp.eu-west-1.api.aws",
    "shop.auth.us-east-1.amazoncognito.com": "*.auth.us-east-1.amazoncognito.com",
    "shop.auth-fips.us-east-1.amazoncognito.com": "*.auth-fips.us-east-1.amazoncognito.com",
}


@pytest.mark.parametrize("name", AMAZON)
def test_amazons_names_for_cognito(name: str) -> None:
    assert amazon_certificate(name) == AMAZON[name]


@pytest.mark.parametrize(
    "name",
    [
        "sts.amazonaws.com", "cognito-idp.amazonaws.com", "s3.eu-west-1.amazonaws.com",
        "auth.us-east-1.amazoncognito.com",
        "a.b.auth.us-east-1.amazoncognito.com", "cognito-idp.eu-west-1.amazonaws.com.evil.example",
        "evil.cognito-idp.eu-west-1.amazonaws.com", "cognito-idp.eu-west-1.amazonaws.com\n", "",
    ],
)  # fmt: skip
def test_other_names(name: str) -> None:
    assert amazon_certificate(name) is None
