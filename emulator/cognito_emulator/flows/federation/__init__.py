"""Sign-in at identity providers: the way there, the answer, links, mock providers."""
