"""`cognito-emulator pull`: a seed of a real user pool, by read-only calls."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.files import Refused
from cognito_emulator.import_command import Written, add_seed_flags, pairs_of_triggers, written

if TYPE_CHECKING:
    from cognito_emulator.seed.importing.draft import Draft, Imported

READ_ONLY = ("describe_", "get_", "list_")
_MISSING = ("ResourceNotFoundException",)
# Without these there is nothing to write.
_NEEDED = ("describe_user_pool", "describe_identity_pool")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--user-pool-id", action="append", default=[], metavar="ID", help="may be given again")
    parser.add_argument("--identity-pool-id", action="append", default=[], metavar="ID", help="may be given again")
    parser.add_argument("--users", action="store_true", help="with the users, whose passwords no operation shows")
    parser.add_argument("--mask", action="store_true", help="with made-up names, e-mail addresses and phone numbers")
    parser.add_argument("--secrets", action="store_true", help="with the real secrets of app clients and providers")
    add_connection(parser)
    add_seed_flags(parser)


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say where the pool is."""
    parser.add_argument("--profile", help="of the AWS configuration, whose credentials are used")
    parser.add_argument("--region", help="of the pools; else that in their ids")
    parser.add_argument("--endpoint-url", metavar="URL", help="of another service with the API, such as an emulator")


def run(flags: argparse.Namespace) -> Written:
    """Return what is to be printed.

    Raises:
        Refused
    """
    if not flags.user_pool_id and not flags.identity_pool_id:
        raise Refused("pull: name a pool by --user-pool-id or --identity-pool-id.")
    if flags.mask and not flags.users:
        raise Refused("pull: --mask is about users; give --users too.")
    return written(pull(flags), ", ".join([*flags.user_pool_id, *flags.identity_pool_id]), flags)


def pull(flags: argparse.Namespace) -> Imported:
    """Return the seed of the pools that the flags name.

    Raises:
        Refused: there is no boto3, or a pool cannot be read.
    """
    from cognito_emulator.seed.importing.draft import Draft
    from cognito_emulator.seed.importing.options import Options
    from cognito_emulator.seed.importing.pulled import PoolPuller, Wanted, pull_identity_pool
    from cognito_emulator.seed.problems import Enough, Notes

    options = Options(
        password=flags.password, triggers=pairs_of_triggers(flags), keeps_triggers=bool(flags.keep_triggers)
    )
    notes = Notes()
    draft = Draft(options, notes)
    wanted = Wanted(users=flags.users, masked=flags.mask, secrets=flags.secrets)
    try:
        for pool_id in flags.user_pool_id:
            PoolPuller(draft, _Api(draft, flags, pool_id).ask, pool_id, wanted).pull()
        for pool_id in flags.identity_pool_id:
            pull_identity_pool(draft, _Api(draft, flags, pool_id).ask, pool_id)
        made = draft.finish()
    except Enough:
        pass
    if notes.mistakes:
        raise Refused("\n".join(map(str, notes.told())))
    return made


class _Api:
    """Calls of boto3 about one pool, which change nothing.

    What is throttled is repeated by botocore.
    """

    def __init__(self, draft: Draft, flags: argparse.Namespace, pool_id: str) -> None:
        try:
            import boto3
        except ImportError:
            raise Refused('pull needs boto3: pip install "cognito-emulator[pytest]", or boto3 itself.') from None
        self._draft = draft
        self._pool_id = pool_id
        self._region = flags.region or pool_id.replace(":", "_").partition("_")[0]
        self._endpoint = flags.endpoint_url
        try:
            self._session = boto3.Session(profile_name=flags.profile, region_name=self._region)
        except Exception as error:  # botocore's, which only wire imports
            raise Refused(f"pull: {error}") from None
        self._clients: dict[str, Any] = {}

    def ask(self, service: str, operation: str, **members: Any) -> Mapping[str, Any] | None:
        """Return an answer, or None.

        It is None where there is no such thing, or it may not be read, which is noted.

        Raises:
            Refused: the pool itself cannot be read.
        """
        from cognito_emulator.seed.problems import Place

        if not operation.startswith(READ_ONLY):
            raise ValueError(f"{operation} may change something")
        try:
            client = self._client(service)
            call = getattr(client, operation, None)
            answer: Mapping[str, Any] | None = call(**members) if call else None
        except Exception as error:  # botocore's, which only wire imports
            code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
            if operation in _NEEDED:
                raise Refused(f"pull: {self._pool_id} cannot be read: {error}") from None
            if code not in _MISSING:
                self._draft.leave_out(Place(self._pool_id), f"what {operation} would say: {error}")
            return None
        return answer

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            from boto3.session import Config

            retries = {"mode": "standard", "max_attempts": 10}
            self._clients[service] = self._session.client(
                service, endpoint_url=self._endpoint, config=Config(retries=retries)
            )
        return self._clients[service]
