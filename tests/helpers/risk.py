"""Risk configurations."""

from __future__ import annotations

COMPROMISED = {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}}
EMAIL = {"Subject": "Sign-in", "HtmlBody": "<p>Was it you?</p>", "TextBody": "Was it you?"}
NOTIFY = {
    "From": "a@example.com",
    "ReplyTo": "b@example.com",
    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com",
    "BlockEmail": EMAIL,
    "NoActionEmail": EMAIL,
    "MfaEmail": EMAIL,
}
TAKEOVER = {
    "NotifyConfiguration": NOTIFY,
    "Actions": {
        "LowAction": {"Notify": False, "EventAction": "NO_ACTION"},
        "MediumAction": {"Notify": True, "EventAction": "MFA_IF_CONFIGURED"},
        "HighAction": {"Notify": True, "EventAction": "BLOCK"},
    },
}
EXCEPTIONS = {"BlockedIPRangeList": ["10.10.10.10/32", "2001:db8::/32"], "SkippedIPRangeList": ["10.10.10.12/32"]}
BLOCKS = {
    "CompromisedCredentialsRiskConfiguration": COMPROMISED,
    "AccountTakeoverRiskConfiguration": TAKEOVER,
    "RiskExceptionConfiguration": EXCEPTIONS,
}
