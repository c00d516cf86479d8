"""Amazon's service model, read from the data of botocore without its import.

An import of `botocore.loaders` takes 188 ms, reading the file 26 ms.
"""

from __future__ import annotations

import gzip
import re
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct, field

from cognito_emulator.domain import strict_json

IDP: Literal["cognito-idp"] = "cognito-idp"
IDENTITY: Literal["cognito-identity"] = "cognito-identity"
Service = Literal["cognito-idp", "cognito-identity"]
SERVICES: tuple[Service, ...] = (IDP, IDENTITY)

ShapeType = Literal[
    "structure", "list", "map", "string", "integer", "long", "boolean", "timestamp", "blob", "double", "float"
]


# Documented values that the enum of the model lacks (botocore 1.44.5) [docs: CreateUserPoolClient].
DOCUMENTED_VALUES = {"ExplicitAuthFlowsType": ("ALLOW_CLIENT_TOKEN_AUTH",)}
# "IAM policies are not evaluated" for these [docs: GetClientToken, GetDerivedToken], but the model lacks their trait.
# So SDKs sign them, and other clients need not.
OPTIONALLY_SIGNED = frozenset({"GetClientToken", "GetDerivedToken"})

# Patterns that the service does not apply as the model has them: custom domains have dots, and a bad character has a
# text of its own [assumed].
UNAPPLIED_PATTERNS = frozenset({"DomainType"})


# Forms allowed beside the model's pattern: the name by which LocalStack's users fix the id of an app client.
OWN_FORMS = {"ClientNameType": r"_custom_id_:[\w+]+"}


class Shape(Struct):
    """A shape of the model.

    `members` are for structures, `element` for lists and map values, `key` for maps.
    """

    name: str
    type: ShapeType
    required: frozenset[str] = frozenset()
    members: dict[str, Shape] = field(default_factory=dict)
    element: Shape | None = None
    key: Shape | None = None
    min: int | None = None
    max: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False
    document: bool = False


class OperationModel(Struct, frozen=True):
    """One operation of the model.

    It has input and output shapes, the errors it may answer, and whether it is signed.
    """

    service: Service
    name: str
    input: Shape
    output: Shape | None
    errors: frozenset[str]
    signed: bool


class ServiceModel:
    """The operations of one service; shapes are built at their first use."""

    def __init__(self, service: Service, raw: dict[str, Any]) -> None:
        self.service = service
        self.target_prefix: str = raw["metadata"]["targetPrefix"]
        self._raw = raw
        self._shapes: dict[str, Shape] = {}
        self._operations: dict[str, OperationModel] = {}
        # Two emulators in one process share the model; a shape is entered before its members are complete.
        self._building = threading.RLock()

    @property
    def names(self) -> list[str]:
        return sorted(self._raw["operations"])

    def operation(self, name: str) -> OperationModel | None:
        known = self._operations.get(name)
        if known is None and name in self._raw["operations"]:
            with self._building:
                known = self._operations[name] = self._build_operation(name)
        return known

    def _build_operation(self, name: str) -> OperationModel:
        raw = _read_once(self._raw["operations"], name)
        # Older models say "authtype": "none", newer ones add "auth": ["smithy.api#noAuth"].
        unsigned = raw.get("authtype") == "none" or "smithy.api#noAuth" in raw.get("auth", ())
        return OperationModel(
            service=self.service,
            name=name,
            input=self.shape(raw["input"]["shape"]) if "input" in raw else Shape("Empty", "structure"),
            output=self.shape(raw["output"]["shape"]) if "output" in raw else None,
            errors=frozenset(error["shape"] for error in raw.get("errors", ())),
            signed=not unsigned,
        )

    def shape(self, name: str) -> Shape:
        known = self._shapes.get(name)
        if known is not None:
            return known
        raw = _read_once(self._raw["shapes"], name)
        shape = Shape(
            name,
            raw["type"],
            required=frozenset(raw.get("required", ())),
            min=_whole(raw.get("min")),
            max=_whole(raw.get("max")),
            pattern=None if name in UNAPPLIED_PATTERNS else raw.get("pattern"),
            enum=(*raw.get("enum", ()), *DOCUMENTED_VALUES.get(name, ())),
            sensitive=bool(raw.get("sensitive")),
            document=bool(raw.get("document")),
        )
        self._shapes[name] = shape  # before its members: shapes may refer to themselves
        for member, target in raw.get("members", {}).items():
            shape.members[member] = self.shape(target["shape"])
        if "member" in raw:
            shape.element = self.shape(raw["member"]["shape"])
        if "value" in raw:
            shape.key, shape.element = self.shape(raw["key"]["shape"]), self.shape(raw["value"]["shape"])
        return shape


_LARGE = ("operations", "shapes")  # sections of the model's file
# The texts of documentation, which are two thirds of the file, and which nothing here reads.
_TEXT = rb'"documentation"\s*:\s*"[^"\\]*(?:\\.[^"\\]*)*"'
_DOCUMENTATION = re.compile(rb",\s*" + _TEXT + rb"|" + _TEXT + rb"\s*,?")


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _read(service: Service) -> dict[str, Any]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise RuntimeError("botocore is not installed: it carries Amazon's service model")
    folder = Path(spec.origin).parent / "data" / service
    version = sorted(path for path in folder.iterdir() if path.is_dir())[-1]
    packed = version / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (version / "service-2.json").read_bytes()
    text = _DOCUMENTATION.sub(b"", text)
    try:
        whole = msgspec.json.decode(text, type=dict[str, Raw])
        large = {name: _Undecoded(msgspec.json.decode(whole[name], type=dict[str, Raw])) for name in _LARGE}
        return {"metadata": strict_json.decode_own(bytes(whole["metadata"])), **large}
    except msgspec.MsgspecError:
        raw: dict[str, Any] = strict_json.decode_own(text)
        return raw


class _Undecoded(dict[str, Any]):
    """The members of a JSON object.

    Each is decoded when it is first asked for.

    A process needs few operations of the model, and no documentation of others.
    """

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if isinstance(value, Raw):
            value = self[name] = self.read_once(name)
        return value

    def read_once(self, name: str) -> Any:
        """Return a member without keeping it: the caller keeps what is made of it."""
        value = super().__getitem__(name)
        return strict_json.decode_own(bytes(value)) if isinstance(value, Raw) else value


def _read_once(section: dict[str, Any], name: str) -> Any:
    return section.read_once(name) if isinstance(section, _Undecoded) else section[name]


@lru_cache(maxsize=len(SERVICES))
def service_model(service: Service) -> ServiceModel:
    """Return the installed model of `service`, which is read once a process."""
    return ServiceModel(service, _read(service))


_WORD = re.compile(r"[A-Z]+s?(?=[A-Z][a-z]|\b|_|[0-9])|[A-Z]?[a-z]+[0-9]*|[0-9]+|[A-Z]+")


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """Return a member's name in snake case.

    `UserPoolId` -> `user_pool_id`, `SMSMfaSettings` -> `sms_mfa_settings`, `CallbackURLs` -> `callback_urls`.
    """
    return "_".join(word.lower() for word in _WORD.findall(name))
