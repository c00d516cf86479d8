"""Messages and Lambda triggers."""
