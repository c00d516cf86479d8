"""Which of the formats a file has, and the reader for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.seed.importing import amplify, answers, cognito_local, terraform_plan, user_csv
from cognito_emulator.seed.importing.cloudformation import TemplateReader, is_template
from cognito_emulator.seed.importing.draft import Draft, Imported
from cognito_emulator.seed.importing.options import Options
from cognito_emulator.seed.importing.terraform import TerraformReader
from cognito_emulator.seed.importing.values import plain
from cognito_emulator.seed.nodes import Node, Table
from cognito_emulator.seed.problems import Notes, Place

FORMATS = (
    "a CloudFormation, SAM or CDK template; a plan or state of Terraform (terraform show -json); amplify_outputs.json "
    "or aws-exports.js; an answer such as that of describe-user-pool or list-users; a file of cognito-local; "
    "a CSV file of user import"
)


class Importer:
    """Takes the files of one import, in any order, and makes one seed of them."""

    def __init__(self, options: Options, notes: Notes) -> None:
        self._options = options
        self._notes = notes
        self._draft = Draft(options, notes)
        self._templates: list[tuple[str, Node]] = []
        self._states: list[tuple[str, Node]] = []
        self._objects: list[tuple[Place, Mapping[str, Any]]] = []
        self._tables: list[tuple[str, str]] = []
        self.names: list[str] = []

    def take(self, name: str, root: Node) -> bool:
        """Take a file; return whether it has one of the formats."""
        if not isinstance(root, Table):
            return False
        if is_template(root):
            self._templates.append((name, root))
        elif terraform_plan.is_terraform(root):
            self._states.append((name, root))
        else:
            found = plain(root)
            if not any(fits(found) for fits in _OBJECTS):
                return False
            self._objects.append((Place(name, root.line), found))
        self.names.append(name)
        return True

    def take_csv(self, name: str, source: str) -> None:
        """Take a CSV file of user import."""
        self._tables.append((name, source))
        self.names.append(name)

    def finish(self) -> Imported:
        """Return the seed of all files; mistakes are in the notes."""
        used: set[str] = set()
        for name, root in self._templates:
            TemplateReader(self._draft, name, root, used).read()
        for name, root in self._states:
            TerraformReader(self._draft, name, root).read()
        self._unknown_parameters(used)
        for place, found in sorted(self._objects, key=lambda one: answers.rank(one[1])):
            self._object(place, found)
        for name, source in self._tables:
            user_csv.add_users(self._draft, name, source)
        return self._draft.finish()

    def _object(self, place: Place, found: Mapping[str, Any]) -> None:
        if cognito_local.is_pool(found):
            cognito_local.add_pool(self._draft, place, found)
        elif cognito_local.is_clients(found):
            cognito_local.add_clients(self._draft, place, found)
        elif amplify.is_amplify(found):
            amplify.add_amplify(self._draft, place, found)
        else:
            answers.add_answer(self._draft, place, found)

    def _unknown_parameters(self, used: set[str]) -> None:
        for name in sorted(set(self._options.parameters) - used):
            self._draft.remark(Place(""), f"--parameter {name}: no template has a parameter of that name")


_OBJECTS = (cognito_local.is_pool, cognito_local.is_clients, amplify.is_amplify, answers.is_answer)
