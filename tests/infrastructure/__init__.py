"""Infrastructure tools written in Go: what they send, read, send back and take away, for each kind of resource."""
