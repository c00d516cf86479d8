"""Everything outside: time, ids, keys, the outbox.

Each port has a real form and one for tests. No other module may read the clock, randomness or the network.
"""
