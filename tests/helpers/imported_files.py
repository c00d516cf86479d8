"""Files of other formats, what they make, and the formats that are tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cognito_emulator.seed import apply, parse_mapping
from cognito_emulator.seed.importing.draft import Imported
from cognito_emulator.seed.importing.options import Options
from cognito_emulator.seed.importing.recognise import FORMATS
from cognito_emulator.seed.parse import Parser
from tests.helpers.harness import Running

FILES = Path(__file__).parents[1] / "seed" / "importing" / "files"


class Imports:
    """Imports files, and puts what they make into the server."""

    def __init__(self, running: Running) -> None:
        self.running = running

    def read(self, *files: str | Path, **options: Any) -> Imported:
        """The seed of the files; a mistake fails the test."""
        parser = Parser(Options(**options))
        for name in files:
            parser.import_file(FILES / name, FORMATS)
        made = parser.imported()
        assert not parser.notes.mistakes, "\n".join(map(str, parser.notes.mistakes))
        assert made is not None
        return made

    def load(self, *files: str | Path, **options: Any) -> Imported:
        made = self.read(*files, **options)
        self.running.run(apply(self.running.world, parse_mapping(made.content, base=FILES)))
        return made


def texts(made: Imported) -> str:
    """What an import says it leaves out."""
    return "\n".join(str(one) for one in made.left_out).replace(f"{FILES}/", "")


GIVEN = {"CallbackUrl": "http://localhost:3000/callback"}
ANSWERS = tuple(f"answers/{name}.json" for name in ("client", "users", "mfa", "groups", "google", "pool"))
# Files, options, pool, app client, does it have a hosted login.
CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], str, str, bool]] = {
    "cloudformation": (("shop.yaml",), {"parameters": GIVEN}, "us-east-1_Shop", "web", True),
    "cdk": (("cdk.json",), {"region": "eu-west-1"}, "eu-west-1_PoolD3F588B8", "poolwebappf9d03b9b", True),
    "sam": (("sam.yaml",), {}, "us-east-1_Pool", "client", False),
    "terraform plan": (("plan.json",), {}, "eu-west-1_main", "web", True),
    "terraform state": (("state.json",), {}, "eu-central-1_Abc123Def", "1example23456789", False),
    "amplify 2": (("amplify_outputs.json",), {}, "us-west-2_Gen2Pool1", "gen2client0000000000000001", True),
    "amplify 1": (("aws-exports.js",), {}, "us-east-2_Gen1Pool1", "gen1client0000000000000001", True),
    "answers": (ANSWERS, {}, "ap-southeast-2_Real12345", "4realclient000000000000001", False),
    "cognito-local": (("clients.json", "local_3kJ9xZ.json"), {}, "us-east-1_3kJ9xZ", "2eJu3lyKlu0w1r6hzn0oq7", False),
}
