"""The factors of MFA, and which of them a pool offers.

The names are those of the challenges. EMAIL_OTP is the name of a first factor too (`auth.first_factor`).
"""

from __future__ import annotations

from cognito_emulator.domain.pools.pool import Pool

SMS_MFA = "SMS_MFA"
SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"
EMAIL_OTP = "EMAIL_OTP"
FACTORS = (SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP)


def offered(pool: Pool) -> list[str]:
    """List the factors that the pool has switched on, if it has MFA at all.

    With an SmsConfiguration SMS is among them, whatever else was sent: "After you configure SMS in your user pool, you
    can't disable SMS messages as an available MFA factor" [docs: user-pool-settings-mfa-sms-email-message].
    """
    if pool.mfa.mode == "OFF":
        return []
    on = {SMS_MFA: pool.mfa.sms or pool.has_sms, SOFTWARE_TOKEN_MFA: pool.mfa.totp, EMAIL_OTP: pool.mfa.email}
    return [factor for factor in FACTORS if on[factor]]
