"""What a data folder costs: each change, and the start."""

from __future__ import annotations

import time
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory

from cognito_emulator import Emulator
from tests.benchmarks.load import measure
from tests.benchmarks.scene import ROUNDS, Scene
from tests.benchmarks.served import add_users


def writes(small: Scene, kept: Scene, requests: int) -> dict[str, float]:
    """Return writes with a data folder against the same without, on connections whose changes share commits."""
    count, found = max(requests // ROUNDS, 2), {}
    for name, make in (("SignUp", Scene.sign_up), ("AdminCreateUser", Scene.admin_create)):
        rates, cpus = [], []
        for turn in range(ROUNDS * 2 + 1):
            word = f"kept{name}{turn}-"
            before, after = (
                measure(scene.served, partial(make, scene, word=word), count, 16) for scene in (small, kept)
            )
            rates.append(after.rate / before.rate)
            cpus.append(after.cpu / before.cpu)
        found[f"data, {name}: rate with a data folder"] = median(rates)
        found[f"data, {name}: CPU with a data folder"] = median(cpus)
    return found


def start(users: int) -> dict[str, float]:
    """Return the processor time of a start from a data folder with very many users, in seconds."""
    with TemporaryDirectory() as folder:
        with Emulator(data=folder, log_codes=False) as emulator:
            pool = emulator.client().create_user_pool(PoolName="p")["UserPool"]["Id"]
            emulator.on_loop(lambda: add_users(emulator.world, pool, users))
        started = time.process_time()
        with Emulator(data=folder, log_codes=False):
            return {"data, start s": time.process_time() - started}
