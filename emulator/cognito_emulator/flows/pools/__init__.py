"""User pools: their replicas."""
