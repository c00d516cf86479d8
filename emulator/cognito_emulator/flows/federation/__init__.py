"""Sign-in at identity providers: redirect, answer, links, mock providers."""
