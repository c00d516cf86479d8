"""OAuth 2.0 and OpenID Connect endpoints, hosted login pages and federation."""
