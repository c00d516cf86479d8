"""Counters of the metrics that Amazon Cognito publishes, since the last reset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cognito_emulator.domain.auth.event_risk import Risk
from cognito_emulator.domain.metrics import (
    ADMIN,
    CALLS,
    FEDERATED,
    FEDERATION,
    REFRESH,
    SIGN_IN,
    SIGN_UP,
    SUCCESSES,
    THROTTLED_CALLS,
    THROTTLES,
    Metric,
    of_category,
    of_client,
    of_risk,
)
from cognito_emulator.ports.metric_times import Times

MOST = 20_000  # metrics with different dimensions; further ones are not counted


class Metrics:
    """Sums and numbers of data points, by metric.

    Args:
        now: the time of a data point.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.times = Times()
        self._points: dict[Metric, list[int]] = {}
        self._calls: dict[str, list[int]] = {}  # the points of CallCount: every call adds to one

    def __iter__(self) -> Iterator[tuple[Metric, int, int]]:
        for metric, (total, number) in sorted(self._points.items(), key=lambda item: _order(item[0])):
            yield metric, total, number

    def add(self, metric: Metric, value: int = 1) -> None:
        """Add a data point."""
        point = self._points.get(metric)
        if point is None:
            if len(self._points) >= MOST:
                return
            point = self._points[metric] = [0, 0]
        point[0] += value
        point[1] += 1
        self.times.add(metric.name, value, self._now())

    def clear(self) -> None:
        self.times.clear()
        self._points.clear()
        self._calls.clear()

    # --- what is counted ---------------------------------------------------------------------------------

    def call(self, category: str, *, throttled: bool = False) -> None:
        """Count a request of a category."""
        point = self._calls.get(category)
        if point is None:
            metric = of_category(CALLS, category)
            point = self._calls[category] = self._points.setdefault(metric, [0, 0])
        point[0] += 1
        point[1] += 1
        self.times.add(CALLS, 1, self._now())
        if throttled:
            self.add(of_category(THROTTLED_CALLS, category))

    def outcome(self, kind: str, pool: str, client: str, *, success: bool, throttled: bool = False) -> None:
        """Count a sign-up, a sign-in or a refresh that succeeded, or did not."""
        self.add(of_client(kind, SUCCESSES, pool, client), int(success))
        if throttled:
            self.add(of_client(kind, THROTTLES, pool, client))

    def sign_up(self, pool: str, client: str = ADMIN, *, success: bool) -> None:
        self.outcome(SIGN_UP, pool, client, success=success)

    def sign_in(self, pool: str, client: str, *, success: bool) -> None:
        self.outcome(SIGN_IN, pool, client, success=success)

    def refresh(self, pool: str, client: str, *, success: bool) -> None:
        self.outcome(REFRESH, pool, client, success=success)

    def federation(self, pool: str, client: str, provider: str, *, success: bool) -> None:
        self.add(of_client(FEDERATION, SUCCESSES, pool, client, provider), int(success))

    def hosted_sign_in(self, pool: str, client: str, provider: str) -> None:
        """Count the tokens of a user of the pages, or of an identity provider."""
        if provider == "COGNITO":
            self.sign_in(pool, client, success=True)
        else:
            self.federation(pool, client, provider, success=True)

    def answer_of_provider(self) -> None:
        """Count an answer of an identity provider in the category of its own."""
        self.call(FEDERATED)

    def risk(self, pool: str, operation: str, before: Risk, after: Risk) -> None:
        """Count what threat protection has newly found about an event."""
        for metric in of_risk(pool, operation, before, after):
            self.add(metric)


def _order(metric: Metric) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return metric.namespace, metric.name, metric.dimensions
