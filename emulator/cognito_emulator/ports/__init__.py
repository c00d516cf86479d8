"""What is outside: time, ids, keys, the outbox. Each has a real form and one for tests; nothing else may read them."""
