"""User pools: settings, schema, sign-in policy, triggers, replicas."""
