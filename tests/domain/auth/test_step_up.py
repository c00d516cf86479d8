"""The table of step-ups: requested levels x what was done before x pool MFA x the factors that the user has.

Each case is walked through `next_step` along every way of answering. What has to hold at each end is computed here by
itself, from the guide's table of levels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.first_factor import available
from cognito_emulator.domain.auth.next_step import Challenge, SignedIn, next_step, with_credit
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import DeviceSettings, MfaSettings, Pool
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD, Factors, Password, Totp, User
from tests.helpers.attempts import make_attempt, with_fields

ALL = frozenset({"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"})
BASE = Pool("us-east-1_a", "0", "us-east-1", "p", 0, 0, {"SmsConfiguration": {"x": 1}}, STANDARD)
MULTI = {"WebAuthnConfiguration": {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}}
ON = MfaSettings("ON", sms=True, totp=True, email=True)
POOLS = {
    "OFF": replace(BASE, first_factors=ALL),
    "OFF, password alone": BASE,
    "OPTIONAL": replace(BASE, first_factors=ALL, mfa=replace(ON, mode="OPTIONAL")),
    "OPTIONAL, no TOTP": replace(BASE, first_factors=ALL, mfa=MfaSettings("OPTIONAL", sms=True)),
    "ON": replace(BASE, mfa=ON, recovery=()),
    "ON, passkeys": replace(
        BASE,
        first_factors=frozenset({"PASSWORD", "WEB_AUTHN"}),
        mfa=ON,
        recovery=(),
        settings={**BASE.settings, **MULTI},
    ),
}
# Which factors of MFA are switched on; whether the user has addresses, and a passkey.
SWITCHED_ON = ("", "SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "SMS_MFA SOFTWARE_TOKEN_MFA")
TARGETS = ((1,), (2,), (3,), (4,), (4, 3), (4, 2, 1), (3, 4))
BEFORE = ((), ("pwd",), ("email_otp",), ("sms",), ("swk",), ("hwk",), ("pwd", "sms"), ("pwd", "otp"))


@dataclass(frozen=True)
class Case:
    pool: str
    on: str
    addresses: bool
    passkey: bool
    targets: tuple[int, ...]
    before: tuple[str, ...]

    @property
    def user(self) -> User:
        pairs = (("email", "a@example.com"), ("phone_number", "+15551234567")) if self.addresses else ()
        totp = Totp("S") if "SOFTWARE" in self.on else Totp()
        factors = Factors(frozenset(self.on.split()), None, totp, passkey=self.passkey)
        known = Password(b"s" * 16, 7)
        return User(BASE.id, "sub", "ann", "ann", 0, 0, CONFIRMED, attributes=pairs, factors=factors, password=known)

    @property
    def attempt(self) -> Attempt:
        return make_attempt(BASE.id, "client", "USER_AUTH", targets=self.targets, credited=self.before)


CASES = [Case(*parts) for parts in product(POOLS, SWITCHED_ON, (True, False), (True, False), TARGETS, BEFORE)]


NAMES = {"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "otp", "EMAIL_OTP": "email_otp"}


def second_of(case: Case) -> tuple[set[str], bool]:
    """The factors of MFA that may be asked for, and whether MFA is demanded."""
    mfa = POOLS[case.pool].mfa
    offered = {"SMS_MFA": mfa.sms, "SOFTWARE_TOKEN_MFA": mfa.totp, "EMAIL_OTP": mfa.email}
    has = {"SMS_MFA": case.addresses, "EMAIL_OTP": case.addresses, "SOFTWARE_TOKEN_MFA": "SOFTWARE" in case.on}
    usable = {one for one in NAMES if offered[one] and has[one] and mfa.mode != "OFF"}
    active = usable & set(case.on.split())
    found = active or (usable if mfa.mode == "ON" else set())
    return {NAMES[one] for one in found}, mfa.mode == "ON" or bool(active)


def methods_of(case: Case) -> set[str]:
    """All that the user could prove in this pool, read from the records."""
    first = {
        {"EMAIL_OTP": "email_otp", "SMS_OTP": "sms", "WEB_AUTHN": "swk"}.get(one, "pwd")
        for one in available(case.user, POOLS[case.pool], passkey=case.passkey)
    }
    return first | second_of(case)[0]


def level(methods: set[str]) -> int:
    """The guide's table, written down once more."""
    if {"pwd", "otp"} <= methods:
        return 4
    if methods & {"swk", "hwk"} or ("pwd" in methods and methods & {"sms", "email_otp"}):
        return 3
    if methods & {"sms", "email_otp"}:
        return 2
    return 1 if "pwd" in methods else 0


def aimed(case: Case) -> int | None:
    best = level({*case.before, *methods_of(case)})
    return next((target for target in case.targets if best >= target), None)


PROOF = {"PASSWORD_SRP": "PASSWORD_VERIFIER"}
METHOD = {
    "PASSWORD": "pwd", "PASSWORD_SRP": "pwd", "SMS_OTP": "sms", "SMS_MFA": "sms", "EMAIL_OTP": "email_otp",
    "SOFTWARE_TOKEN_MFA": "otp", "WEB_AUTHN": "swk",
}  # fmt: skip


def walks(case: Case, attempt: Attempt, asked: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Attempt]]:
    """Every way to the end: what was answered on it, and the attempt there."""
    assert len(asked) < 6, asked
    step = next_step(attempt, case.user, POOLS[case.pool], passkey=case.passkey)
    if isinstance(step, SignedIn):
        yield asked, attempt
        return
    if step.name == "MFA_SETUP":
        yield (*asked, "MFA_SETUP"), attempt
        return
    if step.name == "SELECT_CHALLENGE":
        for one in step.available:
            yield from walks(case, with_fields(attempt, choice=one), asked)
        return
    if step.name == "SELECT_MFA_TYPE":
        for factor in ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"):
            if factor in step.parameters["MFAS_CAN_CHOOSE"]:
                yield from walks(case, with_fields(attempt, choice=factor), asked)
        return
    proved = (*attempt.proof.challenges, PROOF.get(step.name, step.name))
    yield from walks(case, with_fields(attempt, challenges=proved, choice=""), (*asked, step.name))


def check(case: Case, target: int, asked: tuple[str, ...], end: Attempt) -> None:
    """What has to hold of a way."""
    new = [METHOD[one] for one in asked if one != "MFA_SETUP"]
    assert not set(new) & (set(case.before) - {"hwk"}), "asked again"
    assert len(set(new)) == len(new)
    assert set(new) <= methods_of(case)
    reached = level({*case.before, *new})
    assert acr.level(end.methods) == reached >= target
    second, demanded = second_of(case)
    if "MFA_SETUP" in asked:
        assert not case.before
        assert POOLS[case.pool].mfa.mode == "ON"
        assert not second
        return
    if demanded and not case.before and "swk" not in new:
        assert set(new) & second, "MFA is a floor: no target talks it away"
    if not case.before and new[0] in ("sms", "email_otp"):
        assert len(new) == 1, "a code begins and ends a sign-in"


def begin(case: Case) -> Attempt | None:
    """The attempt with its credit; None if the level is reached already."""
    if not case.before:
        return case.attempt
    named = f"urn:cognito:loa:{level(set(case.before))}"
    try:
        return with_credit(case.attempt, case.user, POOLS[case.pool], named, None, passkey=case.passkey)
    except errors.InvalidParameter as error:
        # MFA is demanded now and there is none: nothing is set up for a step-up.
        bare = second_of(case) == (set(), True) and case.before == ("pwd",)
        wanted = "has no factors to satisfy" if bare else "already satisfies the requested"
        if wanted not in error.message:
            raise
        return None


@pytest.mark.parametrize("pool", POOLS)
def test_the_table(pool: str) -> None:
    ends = refused = already = 0
    for case in (one for one in CASES if one.pool == pool):
        target = aimed(case)
        if target is None:
            with pytest.raises(errors.InvalidParameter, match="has no factors to satisfy any of the requested"):
                next_step(case.attempt, case.user, POOLS[pool], passkey=case.passkey)
            refused += 1
            continue
        begun = begin(case)
        if begun is None:
            assert level(set(case.before)) >= target
            already += 1
            continue
        assert begun.proof.credited == case.before
        found = list(walks(case, begun))
        assert found
        for asked, end in found:
            assert asked, "tokens for nothing"
            check(case, target, asked, end)
            ends += 1
    sys.stdout.write(f"\n{pool}: {ends} ways, {already} reached before, {refused} out of reach\n")
    assert ends > 100
    assert already > 50
    assert refused > 20


def test_count() -> None:
    assert len(CASES) == len(set(CASES)) > 6000
    sys.stdout.write(f"\n{len(CASES)} step-ups\n")


# --- what the table does not say --------------------------------------------------------------------------


def case(pool: str = "OPTIONAL", on: str = "", targets: tuple[int, ...] = (4,), before: tuple[str, ...] = ()) -> Case:
    return Case(pool, on, addresses=True, passkey=True, targets=targets, before=before)


def step(one: Case, **changes: object) -> Challenge | SignedIn:
    attempt = with_fields(one.attempt, **changes)
    return next_step(attempt, one.user, POOLS[one.pool], passkey=one.passkey)


def test_of_several_factors_the_one_that_gives_the_level_is_asked_for() -> None:
    both = "SMS_MFA SOFTWARE_TOKEN_MFA"
    for target, asked in ((3, "SMS_MFA"), (4, "SOFTWARE_TOKEN_MFA"), (1, "SELECT_MFA_TYPE")):
        found = step(case(on=both, targets=(target,)), challenges=("PASSWORD",))
        assert isinstance(found, Challenge)
        assert found.name == asked


def test_only_what_leads_to_the_level_is_offered() -> None:
    offered = {}
    for target in (1, 2, 3, 4):
        found = step(case("OFF", targets=(target,))) if target < 4 else step(case(on="SOFTWARE_TOKEN_MFA"))
        assert isinstance(found, Challenge)
        assert found.name == "SELECT_CHALLENGE"
        offered[target] = found.available
    passwords = ("PASSWORD_SRP", "PASSWORD")
    assert offered == {
        1: ("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", *passwords),
        2: ("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"),
        3: ("WEB_AUTHN", *passwords),
        4: passwords,
    }


def test_where_users_are_hidden_nothing_is_told_before_a_factor_is_proved() -> None:
    """The offer is the same for who can reach the level and for who cannot."""
    able, unable = case(on="SOFTWARE_TOKEN_MFA"), case("OFF, password alone")
    for one in (able, unable):
        found = step(one, hides_users=True)
        assert isinstance(found, Challenge)
        assert found.available == ("PASSWORD_SRP", "PASSWORD")
    with pytest.raises(errors.InvalidParameter):
        step(unable, hides_users=True, challenges=("PASSWORD",))
    codes = replace(POOLS["OFF"], first_factors=frozenset({"EMAIL_OTP"}))
    with pytest.raises(errors.InvalidParameter):
        next_step(with_fields(able.attempt, hides_users=True), able.user, codes, passkey=False)


def test_a_missing_password_is_asked_for_in_either_way() -> None:
    found = step(case("OFF", targets=(3,), before=("email_otp",)))
    assert isinstance(found, Challenge)
    assert (found.name, found.available) == ("SELECT_CHALLENGE", ("WEB_AUTHN", "PASSWORD_SRP", "PASSWORD"))
    chosen = step(case("OFF", targets=(3,), before=("email_otp",)), choice="PASSWORD")
    assert isinstance(chosen, Challenge)
    assert chosen.name == "PASSWORD"


def test_a_remembered_device_is_no_factor_of_a_level() -> None:
    device = Device(BASE.id, "sub", "d", "n", b"s", 7, 0.0, 0.0, 0.0, "", remembered=True)
    pool = replace(POOLS["OPTIONAL"], devices=DeviceSettings(replaces_mfa=True))
    one = case(on="SOFTWARE_TOKEN_MFA")
    attempt = with_fields(one.attempt, challenges=("PASSWORD",), device="d")
    found = next_step(attempt, one.user, pool, device, passkey=True)
    assert isinstance(found, Challenge)
    assert found.name == "SOFTWARE_TOKEN_MFA"
    found = next_step(with_fields(attempt, targets=(1,)), one.user, pool, device, passkey=True)
    assert isinstance(found, Challenge)
    assert found.name == "DEVICE_SRP_AUTH"


def test_a_level_of_another_name_counts_for_none_and_gives_no_tokens_for_nothing() -> None:
    one = case(on="SOFTWARE_TOKEN_MFA", before=("pwd", "otp"))
    pool = POOLS[one.pool]
    begun = with_credit(one.attempt, one.user, pool, "old:name", None, passkey=True)
    assert begun.proof.credited == ()
    assert isinstance(step(one, credited=()), Challenge)
    # What is missing is still less than everything.
    less = case(on="SOFTWARE_TOKEN_MFA", before=("pwd",))
    assert with_credit(less.attempt, less.user, pool, "old:name", None, passkey=True).proof.credited == ("pwd",)


def test_a_temporary_password_has_to_be_proved() -> None:
    one = case(on="SOFTWARE_TOKEN_MFA", before=("pwd",))
    temporary = replace(one.user, status=FORCE_CHANGE_PASSWORD)
    with pytest.raises(errors.NotAuthorized):
        next_step(one.attempt, temporary, POOLS[one.pool], passkey=True)
    found = next_step(with_fields(one.attempt, challenges=("PASSWORD",)), temporary, POOLS[one.pool], passkey=True)
    assert isinstance(found, Challenge)
    assert found.name == "NEW_PASSWORD_REQUIRED"


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"])
def test_nobody_is_signed_in_who_has_proved_nothing(flow: str) -> None:
    one = case("OFF", targets=())
    with pytest.raises(errors.NotAuthorized):
        step(one, flow=flow)


def test_without_the_choice_only_factors_of_mfa_are_added() -> None:
    """Flows that begin with a password: in the OFF pool nothing can follow it."""
    one = case("OFF", targets=(3,))
    with pytest.raises(errors.InvalidParameter):
        step(one, flow="USER_PASSWORD_AUTH", challenges=("PASSWORD",))
    found = step(case(on="SMS_MFA", targets=(4, 3)), flow="USER_PASSWORD_AUTH", challenges=("PASSWORD",))
    assert isinstance(found, Challenge)
    assert found.name == "SMS_MFA"
