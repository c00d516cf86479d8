"""The browser's side. So far: discovery and keys for token verifiers."""
