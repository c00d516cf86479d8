"""Seeds: YAML in the API's own member names, validated against the model and made by calling operations."""
