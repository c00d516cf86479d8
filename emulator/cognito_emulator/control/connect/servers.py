"""Settings for servers in Java, C# and Go."""

from __future__ import annotations

from cognito_emulator.control.connect.target import Target, as_json, quoted


def spring(to: Target) -> str:
    return f"""spring:
  security:
    oauth2:
      resourceserver:
        jwt:
          issuer-uri: {to.issuer}
          jwk-set-uri: {to.jwks}
      client:
        registration:
          cognito:
            client-id: {to.client.id}
            scope: {", ".join(to.scopes)}
            authorization-grant-type: authorization_code
        provider:
          cognito:
            issuer-uri: {to.issuer}
            user-name-attribute: username"""


def dotnet(to: Target) -> str:
    """Write the part of appsettings.json for AddJwtBearer and the AWS SDK."""
    settings = {
        "AWS": {"Region": to.pool.region, "ServiceURL": to.url},
        "Cognito": {"UserPoolId": to.pool.id, "ClientId": to.client.id},
        "Authentication": {
            "Schemes": {
                "Bearer": {
                    "Authority": to.issuer,
                    "ValidIssuer": to.issuer,
                    "RequireHttpsMetadata": to.issuer.startswith("https:"),
                }
            }
        },
    }
    return as_json(settings)


def dotnet_note(_: Target) -> str:
    return (
        "appsettings.Development.json. An access token has no aud: set TokenValidationParameters.ValidateAudience to "
        "false and compare its client_id. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may be test."
    )


def go(to: Target) -> str:
    return f"""package main

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

const poolID, clientID = {quoted(to.pool.id)}, {quoted(to.client.id)}

func main() {{
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion({quoted(to.pool.region)}),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
	if err != nil {{
		log.Fatal(err)
	}}
	cognito := cognitoidentityprovider.NewFromConfig(cfg, func(o *cognitoidentityprovider.Options) {{
		o.BaseEndpoint = aws.String({quoted(to.url)})
	}})
	users, err := cognito.ListUsers(ctx, &cognitoidentityprovider.ListUsersInput{{UserPoolId: aws.String(poolID)}})
	if err != nil {{
		log.Fatal(err)
	}}
	fmt.Println(clientID, len(users.Users))
}}"""
