"""The browser's side: OAuth 2.0 and OpenID Connect endpoints, the pages of the hosted login, federation."""
