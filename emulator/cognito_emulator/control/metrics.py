"""Serve `/_emulator/metrics`: Cognito's CloudWatch metrics, JSON or Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from cognito_emulator.control.inputs import object_body, query, world_of
from cognito_emulator.domain.metrics import Metric
from cognito_emulator.ports.metric_times import SHOWN
from cognito_emulator.ports.metrics import Metrics

FORMATS = ("json", "prometheus")
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def as_json(metrics: Metrics, name: str | None = None) -> list[dict[str, Any]]:
    """Return the metrics, or those of one name, as CloudWatch's statistics show them."""
    return [
        {
            "namespace": metric.namespace,
            "name": metric.name,
            "dimensions": dict(metric.dimensions),
            "unit": "Count",
            "sum": total,
            "sampleCount": number,
            "average": total / number,
        }
        for metric, total, number in metrics
        if name in (None, metric.name)
    ]


def as_prometheus(metrics: Metrics, name: str | None = None) -> str:
    """Return the metrics as summaries.

    `_sum` adds up the data points, `_count` counts them.
    """
    lines: list[str] = []
    last = ""
    for metric, total, number in metrics:
        if name not in (None, metric.name):
            continue
        if metric.name != last:
            lines += [f"# HELP {metric.name} {metric.namespace}, Count", f"# TYPE {metric.name} summary"]
            last = metric.name
        labels = _labels(metric)
        lines += [f"{metric.name}_sum{labels} {total}", f"{metric.name}_count{labels} {number}"]
    return "".join(f"{line}\n" for line in lines)


def _labels(metric: Metric) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in metric.dimensions) + "}"


def series(metrics: Metrics, length: int, now: float, name: str | None = None) -> list[dict[str, Any]]:
    """Return when data points came, by metric, in periods of that many seconds."""
    return [
        {
            "name": one,
            "period": length,
            "points": [
                {"time": _iso(period.start), "sum": period.sum, "sampleCount": period.number}
                for period in metrics.times.periods(one, length, now)
            ],
        }
        for one in metrics.times.names()
        if name in (None, one)
    ]


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def show(request: Request) -> Response:
    """Answer `GET /_emulator/metrics?name=&period=60|3600&format=json|prometheus`.

    Without a format the Accept header decides. With a period the answer also has what came when: of the last 60
    minutes or the last 24 hours, whatever the dimensions.
    """
    values = query(request, "name", "format", "period")
    period = values.get("period")
    if period is not None and period not in map(str, SHOWN):
        raise HTTPException(400, f"Query parameter 'period' must be one of: {', '.join(map(str, SHOWN))}.")
    wanted = values.get("format") or ("prometheus" if _wants_text(request) else "json")
    if wanted not in FORMATS:
        raise HTTPException(400, f"Query parameter 'format' must be one of: {', '.join(FORMATS)}.")
    world = world_of(request)
    metrics = world.metrics
    if wanted == "prometheus" and period is not None:
        raise HTTPException(400, "Query parameter 'period' goes with format=json.")
    if wanted == "prometheus":
        return PlainTextResponse(as_prometheus(metrics, values.get("name")), headers={"content-type": _PROMETHEUS})
    shown: dict[str, Any] = {"metrics": as_json(metrics, values.get("name"))}
    if period is not None:
        shown["series"] = series(metrics, int(period), world.clock.now(), values.get("name"))
    return JSONResponse(shown)


def _wants_text(request: Request) -> bool:
    """Tell whether the client names a text format first, as Prometheus' server does."""
    first = request.headers.get("accept", "").split(",")[0].split(";")[0].strip().lower()
    return first in ("text/plain", "application/openmetrics-text")


async def clear(request: Request) -> Response:
    """Answer `DELETE /_emulator/metrics`: count from nothing."""
    query(request)
    if await object_body(request):
        raise HTTPException(400, "DELETE /_emulator/metrics takes no members.")
    world_of(request).metrics.clear()
    return JSONResponse({"metrics": []})
