"""Differences between two recordings of one scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from tests.conformance.recording import Recording, Step

_NONE = object()


@dataclass(frozen=True)
class Difference:
    """One place in which an answer is not as it was recorded.

    `kind` is calls, outcome, member (missing or left over), type, order or text.
    """

    step: int
    call: str
    place: str
    kind: str
    recorded: Any
    got: Any

    def __str__(self) -> str:
        return f"step {self.step} {self.call} {self.place}: {self.kind}: recorded {self.recorded!r}, got {self.got!r}"


def differences(recorded: Recording, got: Recording) -> list[Difference]:
    """List what differs in members, types, texts and order."""
    found: list[Difference] = []
    for number, (old, new) in enumerate(zip_longest(recorded.steps, got.steps), 1):
        if old is None or new is None or old.call != new.call:
            names = [step.call if step else None for step in (old, new)]
            return [*found, Difference(number, names[0] or names[1] or "", "", "calls", *names)]
        found += _of_step(number, old, new)
    return found


def _of_step(number: int, old: Step, new: Step) -> Iterator[Difference]:
    if (old.error is None) != (new.error is None):
        yield Difference(number, old.call, "", "outcome", old.error or "answered", new.error or "answered")
        return
    was, now = (old.answer, new.answer) if old.error is None else (old.error, new.error)
    for place, kind, left, right in _of_values("", was, now):
        yield Difference(number, old.call, place, kind, left, right)


def _of_values(place: str, old: Any, new: Any) -> Iterator[tuple[str, str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*old, *(name for name in new if name not in old)]:
            left, right = old.get(name, _NONE), new.get(name, _NONE)
            if left is _NONE or right is _NONE:
                missing = (None, right) if left is _NONE else (left, None)
                yield f"{place}.{name}", "member", *missing
            else:
                yield from _of_values(f"{place}.{name}", left, right)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(place, old, new)
    elif type(old) is not type(new):
        yield place, "type", old, new
    elif old != new:
        yield place, "text", old, new


def _of_lists(place: str, old: list[Any], new: list[Any]) -> Iterator[tuple[str, str, Any, Any]]:
    if old != new and len(old) == len(new) and sorted(map(repr, old)) == sorted(map(repr, new)):
        yield place, "order", old, new
        return
    for number, (left, right) in enumerate(zip_longest(old, new, fillvalue=_NONE)):
        if left is _NONE or right is _NONE:
            yield f"{place}[{number}]", "member", *((None, right) if left is _NONE else (left, None))
        else:
            yield from _of_values(f"{place}[{number}]", left, right)
