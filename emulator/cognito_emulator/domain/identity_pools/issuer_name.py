"""Name the issuer of identity pools."""

NAME = "cognito-identity"  # the path of the issuer, and the name of its keys
