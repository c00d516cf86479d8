"""What a pool of very many users costs beside one of few."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from tests.benchmarks.load import measure
from tests.benchmarks.scene import Requests, Scene

TURNS = 9  # more than elsewhere: a table that grows, or a collection of garbage, makes one of them an exception


def growth(small: Scene, large: Scene, requests: int, users: int) -> dict[str, float]:
    """Return the processor time of the same requests in both pools, as ratios; `users` are in the large one."""
    made: dict[str, Callable[[Scene, int, int], Requests]] = {
        "AdminGetUser": lambda s, last, _: s.admin("AdminGetUser", Username=f"user{last}"),
        "ListUsers, a page of 10": lambda s, *_: s.admin("ListUsers", Limit=10),
        "ListUsers, email =": lambda s, last, _: s.admin("ListUsers", Filter=f'email = "user{last}@example.com"'),
        "ListUsers, username =": lambda s, last, _: s.admin("ListUsers", Filter=f'username = "user{last}"'),
        "AdminCreateUser": lambda s, _, turn: lambda n: s.admin_create(n, f"grown{turn}-"),
    }
    count, found = max(requests // TURNS, 2), {}
    for name, make in made.items():
        ratios = []
        for turn in range(TURNS):
            few = measure(small.served, make(small, 9, turn), count).cpu
            ratios.append(measure(large.served, make(large, users - 1, turn), count).cpu / few)
        found[f"growth, {name}"] = median(ratios)
    return found
