"""Users: sign-up, passwords, attributes, administration, search and import."""
