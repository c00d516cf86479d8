"""Describe a sign-in under way: who, how, what is proved and requested, its risk."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.event_risk import UNJUDGED, Risk
from cognito_emulator.domain.auth.origin import NOWHERE, Origin


class Who(Struct, frozen=True, gc=False):
    """The user, and the app client at which they sign in."""

    pool_id: str
    client_id: str
    # None for a user who does not exist (PreventUserExistenceErrors).
    sub: str | None
    # The real user name, the one that USER_ID_FOR_SRP shows.
    username: str
    # The name with which the sign-in began.
    typed: str = ""
    # Whether the client has PreventUserExistenceErrors.
    hides_users: bool = False

    @property
    def key(self) -> tuple[str, str | None]:
        """The key of the user's record."""
        return self.pool_id, self.sub


class How(Struct, frozen=True, gc=False):
    """By which flow and operation the user signs in, and from where."""

    # AuthFlow, or one of the ways to sign in without it (`auth_flow.FEDERATION` and the others there).
    flow: str
    # Whether the Admin operation began it; then it goes on there alone.
    admin: bool = False
    # The digest of the authorization request that the pages are at; then the sign-in goes on there alone, for that
    # request, and ends in a code instead of tokens.
    hosted: str = ""
    # The key of the device that the client presents, if any.
    device: str = ""
    # The client's address, User-Agent and fingerprint.
    origin: Origin = NOWHERE


class Round(Struct, frozen=True, gc=False):
    """A challenge answered in CUSTOM_AUTH."""

    challenge: str
    right: bool
    # The name that CreateAuthChallenge gave a custom challenge.
    metadata: str | None = None

    @property
    def event_entry(self) -> dict[str, object]:
        """The entry of `session` in the event of a trigger."""
        return {
            "challengeName": str(self.challenge),
            "challengeResult": self.right,
            "challengeMetadata": self.metadata,
        }


class Proof(Struct, frozen=True, gc=False):
    """What was proved, here or in an earlier sign-in."""

    # The challenges answered, the first factor first.
    challenges: tuple[ChallengeName, ...] = ()
    # The method (amr) of the passkey that was used.
    passkey: str = ""
    # The methods (amr) of an earlier sign-in, which need not be proved again as long as that lasts.
    credited: tuple[str, ...] = ()
    # The earlier sign-in: the event_id of its tokens, or the digest of its browser session.
    backing: str = ""
    # The rounds of CUSTOM_AUTH, as its triggers see them.
    history: tuple[Round, ...] = ()


class Goal(Struct, frozen=True, gc=False):
    """What the client and the user ask for."""

    # The levels (acr) that are requested; the first that the user can reach is the goal.
    targets: tuple[int, ...] = ()
    # The factor that was selected or preferred.
    choice: str = ""
    # The address that MFA_SETUP was answered with and that is not the user's yet: e-mail, or on the pages telephone.
    address: str = ""

    @property
    def address_kind(self) -> str:
        """The attribute that `address` is for."""
        return "email" if "@" in self.address else "phone_number"


class Attempt(Struct, frozen=True, gc=False):
    """A sign-in under way."""

    who: Who
    how: How
    # The event_id of the tokens in which it ends.
    event_id: str = ""
    proof: Proof = Proof()
    goal: Goal = Goal()
    # What threat protection makes of it; judged once, when the first factor is proved.
    risk: Risk = UNJUDGED

    @property
    def methods(self) -> tuple[str, ...]:
        """What was proved, as methods (amr)."""
        return acr.methods(self.proof.credited, self.proof.challenges, self.proof.passkey)

    @property
    def has_another_now(self) -> bool:
        """Whether another factor than the password was proved in this sign-in itself.

        A factor that is credited from an earlier sign-in does not count.
        """
        return any(method != acr.PASSWORD for method in acr.methods((), self.proof.challenges, self.proof.passkey))

    @property
    def has_begun(self) -> bool:
        """Whether a first factor is proved or credited."""
        return bool(self.proof.challenges or self.proof.credited)

    @property
    def first_factor(self) -> ChallengeName | None:
        """The first factor, if it was proved in this sign-in."""
        return self.proof.challenges[0] if self.proof.challenges else None

    def has_proved(self, *challenges: ChallengeName) -> bool:
        """Tell whether one of these challenges was answered."""
        return any(map(self.proof.challenges.__contains__, challenges))

    def with_proof(self, challenge: ChallengeName) -> Attempt:
        """Return the attempt after that challenge was answered."""
        return replace(self, proof=replace(self.proof, challenges=(*self.proof.challenges, challenge)))

    def with_choice(self, choice: str) -> Attempt:
        """Return the attempt with that factor selected; empty for none."""
        return replace(self, goal=replace(self.goal, choice=choice))

    def with_address(self, address: str) -> Attempt:
        """Return the attempt in which MFA is set up with that address."""
        return replace(self, goal=replace(self.goal, address=address))

    def with_device(self, key: str) -> Attempt:
        """Return the attempt of a client that presents that device."""
        return replace(self, how=replace(self.how, device=key))
