"""The part of `server.Emulator` that lets calls fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from cognito_emulator.world import World

T = TypeVar("T")


class FaultMethods:
    """Methods for faults, of a class with a world that runs on a loop."""

    @property
    def world(self) -> World:
        raise NotImplementedError

    def on_loop(self, work: Callable[[], T]) -> T:
        raise NotImplementedError

    def fail(
        self, operation: str | Sequence[str] | None = None, error: Any = None, times: int | None = 1, **rule: Any
    ) -> str:
        """Let the next calls fail; return the rule's id, which `clear_faults` takes.

        Args:
            operation: of the API, one or several, "*" for all; with another `target` what that has.
            error: the error's name, a status, or `{"code": …, "status": …, "message": …}`.
            times: how many calls fail; None for all.
            rule: further members of the rule, as `PUT /_emulator/faults` takes them: target, path, match, drop, ...

        Raises:
            ValueError: the rule is wrong; the text says what is allowed.
        """
        members = {"operation": operation, "error": error, "times": times, **rule}
        return self._add_fault(members)

    def slow(
        self,
        operation: str | Sequence[str] | None = None,
        seconds: float = 1.0,
        times: int | None = None,
        **rule: Any,
    ) -> str:
        """Let calls wait before they are answered; as `fail`."""
        return self._add_fault({"operation": operation, "latency_ms": seconds * 1000, "times": times, **rule})

    def clear_faults(self, fault_id: str | None = None) -> None:
        """Remove one rule, or all."""
        self.on_loop(lambda: self.world.faults.remove(lambda fault: fault_id in (None, fault.id)))

    def _add_fault(self, members: Mapping[str, Any]) -> str:
        from cognito_emulator.control import faults  # with Starlette, which few tests need

        rule = {name: list(item) if isinstance(item, tuple) else item for name, item in members.items()}
        given = {name: item for name, item in rule.items() if item is not None}
        return self.on_loop(lambda: faults.add(self.world.faults, given))
