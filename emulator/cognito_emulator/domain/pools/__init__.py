"""User pools: their settings and schema, sign-in policy, triggers' configuration, replicas."""
