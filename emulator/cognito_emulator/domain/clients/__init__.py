"""App clients: their settings and secrets, resource servers, terms."""
