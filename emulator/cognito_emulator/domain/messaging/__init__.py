"""Messages: which one is due, its text, and codes encrypted for custom senders."""
