"""Users: names, attributes, passwords, groups, devices, search and import."""
