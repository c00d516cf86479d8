"""State the rules of calls as such, and of the service model."""

from __future__ import annotations

from cognito_emulator.domain.reasons import Rule

RULES = (
    Rule(
        "api.pool-unknown",
        "This emulator has no such user pool.",
        "service model",
        "ListUserPools names them. Without --data nothing is kept after a restart; a client or Region of AWS "
        "itself does not exist here.",
    ),
    Rule(
        "api.client-unknown",
        "This emulator has no such app client.",
        "service model",
        "ListUserPoolClients names them; put them in a seed to have fixed IDs.",
    ),
    Rule(
        "api.parameter-missing",
        "A parameter that the flow or challenge needs is missing.",
        "docs: InitiateAuth",
        "Send it; names in AuthParameters and ChallengeResponses are in capitals.",
    ),
    Rule("api.parameter-value", "The value is not one of the allowed ones.", "our own reading"),
    Rule("api.one-of", "Exactly one of these parameters is sent.", "our own reading"),
    Rule(
        "api.pagination-token",
        "The token for the next page is not one that this operation returned.",
        "our own reading",
        "Send it unchanged, with the same parameters.",
    ),
    Rule("api.ip-address", "The address is no IP address.", "docs: UserContextDataType"),
    Rule("api.quota", "A quota is exceeded.", "docs: quotas"),
    Rule(
        "api.rate",
        "More calls than the quota per second.",
        "docs: quotas",
        "Wait and try again, as AWS SDKs do; UpdateProvisionedLimit sets a rate.",
    ),
    Rule("api.limit-category", "The category is no adjustable limit.", "docs: exporting-quotas-and-usage"),
    Rule("api.limit-value", "A limit cannot be set below its default.", "docs: UpdateProvisionedLimit"),
    Rule("api.size", "The body is larger than this server takes.", "our own reading", "Raise the setting."),
    Rule(
        "api.origin",
        "A page of another site calls an operation with credentials.",
        "our own reading",
        "Allow its origin, or call from a server.",
    ),
    Rule(
        "api.other-service",
        "The call is signed for another AWS service, or has the form of one.",
        "our own reading",
        "Set AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER in place of AWS_ENDPOINT_URL, or start with --fallback.",
    ),
    Rule(
        "api.fallback",
        "The call was to be passed on, and the server of --fallback does not answer, or is an emulator itself.",
        "our own reading",
        "Start that server, or name another one.",
    ),
    Rule(
        "kms.key",
        "There is no such key here, or the code was encrypted with another one.",
        "docs: user-pool-lambda-custom-sender-triggers",
        "Use the KMSKeyID of the pool.",
    ),
    Rule(
        "kms.ciphertext",
        "The ciphertext was not made here, or its context differs.",
        "docs: user-pool-lambda-custom-sender-triggers",
    ),
    Rule("kms.dry-run", "DryRun answers by an error.", "docs: user-pool-lambda-custom-sender-triggers"),
    Rule("kms.request", "The request to decrypt is not one that KMS takes.", "our own reading"),
    Rule("secrets.request", "The request is not one that Secrets Manager takes.", "our own reading"),
    Rule("secrets.unknown", "There is no such secret here.", "our own reading"),
    Rule("api.concurrent-change", "Another change is under way.", "service model", "Try again."),
    Rule("api.json", "The body is no JSON that fits the operation's types.", "service model"),
    Rule(
        "api.unknown-operation",
        "X-Amz-Target or Content-Type names no operation.",
        "service model",
        "Content-Type application/x-amz-json-1.1 and X-Amz-Target AWSCognitoIdentityProviderService.Operation.",
    ),
    Rule(
        "api.credentials-missing",
        "The operation needs AWS credentials.",
        "docs: CommonErrors",
        "Any will do here, such as AWS_ACCESS_KEY_ID=local.",
    ),
    Rule(
        "api.signature",
        "The Authorization header is no signature for this service.",
        "docs: CommonErrors",
        "Let an SDK sign the call.",
    ),
    Rule("model.required", "A required member is missing.", "service model"),
    Rule("model.length", "A value is shorter or longer than the model allows.", "service model"),
    Rule("model.range", "A number is outside of the model's range.", "service model"),
    Rule("model.enum", "A value is not one of the model's.", "service model"),
    Rule("model.pattern", "A value does not match the model's pattern.", "service model"),
    Rule(
        "emulator.not-implemented",
        "This emulator does not have that part of Cognito.",
        "our own reading",
        "The guide's page Operations lists what there is.",
    ),
    Rule(
        "emulator.extra-missing",
        "The library for this part is not installed.",
        "our own reading",
        "Install the extra that the message names.",
    ),
    Rule(
        "emulator.fault",
        "A fault rule has let this request fail.",
        "our own reading",
        "Remove the rule: on the console's page Faults, or by DELETE /_emulator/faults/<id>.",
    ),
    Rule("emulator.failure", "The emulator has failed; its log has the cause.", "our own reading", "Please report it."),
)
