"""Clock, tokens, the API explorer, search and the keyboard on the console."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cognito_emulator.console.explorer import members_of
from cognito_emulator.wire.model import SERVICES, Service, service_model
from tests.helpers.build import Setup, setup, sign_in, user
from tests.helpers.console_site import ROOT, Site
from tests.helpers.harness import Running


class TestClock:
    def test_each_button(self, running: Running, site: Site) -> None:
        clock, path = running.world.clock, f"{ROOT}/clock"
        site.post(path, {"do": "freeze-at", "at": "2030-01-01T00:00:00Z"})
        assert (clock.now(), clock.is_frozen) == (1_893_456_000, True)
        answer = site.post(path, {"do": "+3600"})
        assert clock.now() == 1_893_459_600
        assert "Frozen · 2030-01-01 01:00:00" in answer.words("#clock")
        site.post(path, {"do": "-60"})
        assert clock.now() == 1_893_459_540
        site.post(path, {"do": "run"})
        assert not clock.is_frozen
        assert "Moved" in site.get(path).words("#clock")
        site.post(path, {"do": "set", "at": "2031-01-01"})
        assert clock.now() == pytest.approx(1_924_992_000, abs=60)
        site.post(path, {"do": "reset"})
        assert clock.offset == 0
        site.post(path, {"do": "freeze"})
        assert clock.is_frozen

    @pytest.mark.parametrize(
        ("do", "at"),
        [
            ("x", ""),
            ("", ""),
            ("+", ""),
            ("+1e3", ""),
            ("+٣", ""),
            ("set", "soon"),
            ("freeze-at", ""),
            ("+99999999999999", ""),
            ("-9999999999", ""),
        ],
    )
    def test_what_it_does_not_take(self, running: Running, site: Site, do: str, at: str) -> None:
        answer = site.post(f"{ROOT}/clock", {"do": do, "at": at})
        assert answer.status == 400
        assert answer.refusal
        assert running.world.clock.offset == 0


class TestTokens:
    @pytest.fixture
    def place(self, running: Running) -> Setup:
        made = setup(running)
        user(running, made.pool)
        return made

    def look(self, site: Site, token: str) -> str:
        return site.post(f"{ROOT}/tokens", {"token": token}).words()

    def test_good_ones(self, idp: Any, site: Site, place: Setup) -> None:
        tokens = sign_in(idp, place)
        for name, kind in (("AccessToken", "Access"), ("IdToken", "Id"), ("RefreshToken", "Refresh")):
            told = self.look(site, f" Bearer {tokens[name]}\n".strip())
            assert f"{kind} token valid" in told
            assert "Whose User ann Client c" in told
        assert not list(site.running.world.journal)[1:], "a look changes nothing, and is not remembered"

    def test_why_each_would_be_refused(self, running: Running, idp: Any, site: Site, place: Setup) -> None:
        token = sign_in(idp, place)["AccessToken"]
        head, body, signature = token.split(".")
        assert "The signature is not the key's" in self.look(site, f"{head}.{body}.{'A' * len(signature)}")
        running.world.clock.advance(3601)
        assert "It expired 1 s ago" in self.look(site, token) or "It expired 2 s ago" in self.look(site, token)
        running.world.clock.reset()
        idp.admin_disable_user(UserPoolId=place.pool, Username="ann")
        assert "ann is disabled." in self.look(site, token)
        idp.admin_user_global_sign_out(UserPoolId=place.pool, Username="ann")
        assert "Access Token has been revoked" in self.look(site, token)
        idp.admin_delete_user(UserPoolId=place.pool, Username="ann")
        assert "The user does not exist" in self.look(site, token)
        idp.delete_user_pool_client(UserPoolId=place.pool, ClientId=place.client)
        assert "The app client does not exist" in self.look(site, token)
        idp.delete_user_pool(UserPoolId=place.pool)
        assert "is no pool of this emulator." in self.look(site, token)

    def test_a_revoked_refresh_token(self, idp: Any, site: Site, place: Setup) -> None:
        token = sign_in(idp, place)["RefreshToken"]
        idp.revoke_token(ClientId=place.client, Token=token)
        assert "Refresh token would be refused Revoked." in self.look(site, token)

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.e30", "x" * 20_000, "eyJhIjoxfQ.W10.x", "<script>"])
    def test_what_is_no_token(self, site: Site, token: str) -> None:
        answer = site.post(f"{ROOT}/tokens", {"token": token})
        assert answer.status == 400
        assert "<script>" not in answer.text.replace('<script src="', "")

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": 7},
            {"iss": "x", "exp": "never"},
            {"iss": None, "exp": 1e300, "sub": {"a": 1}},
            {"aud": [1], "exp": True},
            {"exp": -5, "iat": 1e18},
        ],
    )
    def test_odd_claims_are_shown(self, site: Site, claims: Any) -> None:
        import base64

        parts = [
            base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in ({"alg": "x"}, claims)
        ]
        assert "would be refused" in self.look(site, f"{parts[0]}.{parts[1]}.AAAA")


class TestExplorer:
    def test_a_call_and_its_answer(self, running: Running, idp: Any, site: Site) -> None:
        place = setup(running)
        path = f"{ROOT}/api/cognito-idp/AdminCreateUser"
        assert f'value="{place.pool}"' in site.get(path).text
        fields = {
            "UserPoolId": place.pool,
            "Username": "ann",
            "UserAttributes": '[{"Name": "email", "Value": "ann@example.com"}]',
            "MessageAction": "SUPPRESS",
            "ForceAliasCreation": "false",
        }
        answer = site.post(path, fields)
        assert '"Username": "ann"' in answer.soup.select("[role=status] pre")[0].get_text()
        assert "cognito-idp admin-create-user" in answer.words()
        assert idp.admin_get_user(UserPoolId=place.pool, Username="ann")
        answer = site.post(path, fields)
        assert answer.refusal.startswith("UsernameExistsException · ")
        assert 'value="ann"' in answer.text

    def test_as_json(self, running: Running, site: Site) -> None:
        path = f"{ROOT}/api/cognito-idp/ListUserPools"
        assert (
            site.post(path, {"as-json": '{"MaxResults": 5}'}).soup.select("[role=status] pre")[0].get_text()
            == '{\n  "UserPools": []\n}'
        )
        for text, expected in {
            '{"MaxResults": 0}': "InvalidParameterException · ",
            '{"self": 1, "pool": 2}': "InvalidParameterException · ",
            "[]": "The settings must be a JSON object.",
            "x": "This is not JSON",
        }.items():
            assert site.post(path, {"as-json": text}).refusal.startswith(expected), text

    def test_values_of_the_wrong_kind(self, running: Running, site: Site) -> None:
        place = setup(running)
        answer = site.post(f"{ROOT}/api/cognito-idp/ListUserPools", {"MaxResults": "many"})
        assert answer.refusal == "MaxResults must be a number."
        answer = site.post(
            f"{ROOT}/api/cognito-idp/AdminCreateUser",
            {"UserPoolId": place.pool, "Username": "a", "UserAttributes": "x"},
        )
        assert answer.refusal == "UserAttributes must be JSON (list of object: Name, Value)."

    def test_an_apps_call_is_made_without_credentials(self, running: Running, site: Site) -> None:
        place = setup(running, {"GenerateSecret": True})
        user(running, place.pool)
        fields = {"ClientId": place.client, "Username": "ann"}
        refusal = site.post(f"{ROOT}/api/cognito-idp/ForgotPassword", fields).refusal
        assert "secret" in refusal.lower()

    def test_identity_pools(self, running: Running, site: Site) -> None:
        path = f"{ROOT}/api/cognito-identity/CreateIdentityPool"
        setup(running)
        answer = site.post(path, {"IdentityPoolName": "mine", "AllowUnauthenticatedIdentities": "true"})
        assert '"IdentityPoolName": "mine"' in answer.soup.select("[role=status] pre")[0].get_text()

    def test_what_there_is_not(self, site: Site) -> None:
        for path in ("cognito-idp/Nothing", "s3/ListBuckets", "cognito-idp/_private"):
            site.get(f"{ROOT}/api/{path}", 404)
        site.get(f"{ROOT}/api/cognito-idp/ListUserPools?Colour=red", 400)

    def test_the_list(self, site: Site) -> None:
        assert len(site.get(f"{ROOT}/api").soup.select("tbody tr")) == sum(
            len(service_model(service).names) for service in SERVICES
        )
        found = [cell.get_text() for cell in site.get(f"{ROOT}/api?q=globalsign").soup.select("tbody th")]
        assert found == ["AdminUserGlobalSignOut", "GlobalSignOut"]

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_operation_has_a_form_with_all_its_members(self, service: Service) -> None:
        for name in service_model(service).names:
            model = service_model(service).operation(name)
            assert model is not None
            fields = members_of(model.input)
            assert {field.name for field in fields} == set(model.input.members)
            assert {field.name for field in fields if field.is_required} == model.input.required


def test_search(running: Running, idp: Any, site: Site) -> None:
    place = setup(running)
    sub = user(running, place.pool, "zoe", email="zoe@example.com")
    expected = {
        "clo": ("Clock", f"{ROOT}/clock"),
        "zoe": ("zoe", site.at(place.pool, "users", sub)),
        sub[:8]: ("zoe", site.at(place.pool, "users", sub)),
        place.client[:9]: ("c", site.at(place.pool, "clients", place.client)),
        place.pool.lower(): ("p", site.at(place.pool, "users")),
        "admincreateuser": ("AdminCreateUser", f"{ROOT}/api/cognito-idp/AdminCreateUser"),
    }
    for text, (label, url) in expected.items():
        found = json.loads(site.get(f"{ROOT}/find?format=json&q={text}").text)["hits"]
        assert (label, url) in [(hit["label"], hit["url"]) for hit in found], text
        assert site.get(f"{ROOT}/find?q={text}").soup.select_one(f'main a[href="{url}"]')
    assert "Nothing matches" in site.get(f"{ROOT}/find?q=nonsense").words()
    with pytest.raises(Exception, match="UserNotFound"):
        idp.admin_get_user(UserPoolId=place.pool, Username="nobodyhere")
    found = json.loads(site.get(f"{ROOT}/find?format=json&q=admingetuser").text)["hits"]
    assert found[0]["detail"] == "request, 400 UserNotFoundException"


def test_the_keys_are_told(running: Running, site: Site) -> None:
    setup(running)
    answer = site.get(f"{ROOT}/keys")
    letters = [one.get_text() for one in answer.soup.select("main section:last-child tbody kbd")]
    assert len(set(letters)) == len(letters) >= 18
    told = answer.words()
    assert "Ctrl K go to a page" in told
    assert "i Inbox" in told
