"""User pools: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.hosted_domain import check_tier
from cognito_emulator.domain.page import page_across
from cognito_emulator.domain.pools import pool_mfa, pool_settings, pool_tags
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_pool
from cognito_emulator.domain.threats import log_delivery
from cognito_emulator.domain.users.import_job import check_idle
from cognito_emulator.flows.pools import replicas
from cognito_emulator.operations._given import given
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_POOLS = 1000  # an account and region; developer guide, "Quotas"

# Members that CreateUserPool and UpdateUserPool share. A value listed with a member that is not honoured yet is its
# default, so it changes nothing.
_NESTED = (
    "Policies.PasswordPolicy",
    "Policies.PasswordPolicy.MinimumLength",
    "Policies.PasswordPolicy.RequireUppercase",
    "Policies.PasswordPolicy.RequireLowercase",
    "Policies.PasswordPolicy.RequireNumbers",
    "Policies.PasswordPolicy.RequireSymbols",
    "Policies.PasswordPolicy.PasswordHistorySize",
    "Policies.PasswordPolicy.TemporaryPasswordValidityDays",
    "Policies.SignInPolicy",
    "Policies.SignInPolicy.AllowedFirstAuthFactors",
    "VerificationMessageTemplate.SmsMessage",
    "VerificationMessageTemplate.EmailMessage",
    "VerificationMessageTemplate.EmailSubject",
    "VerificationMessageTemplate.EmailMessageByLink",
    "VerificationMessageTemplate.EmailSubjectByLink",
    "VerificationMessageTemplate.DefaultEmailOption",
    "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
    "DeviceConfiguration.ChallengeRequiredOnNewDevice",
    "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt",
    "EmailConfiguration.SourceArn",
    "EmailConfiguration.ReplyToEmailAddress",
    "EmailConfiguration.EmailSendingAccount",
    "EmailConfiguration.From",
    "EmailConfiguration.ConfigurationSet",
    "SmsConfiguration.SnsCallerArn",
    "SmsConfiguration.ExternalId",
    "SmsConfiguration.SnsRegion",
    "SmsConfiguration.EumsSms",
    "SmsConfiguration.EumsSms.CallerArn",
    "SmsConfiguration.EumsSms.ExternalId",
    "SmsConfiguration.EumsSms.OriginationIdentity",
    "SmsConfiguration.EumsSms.ConfigurationSetName",
    "SmsConfiguration.EumsSms.InEntityId",
    "SmsConfiguration.EumsSms.InTemplateId",
    "SmsConfiguration.EumsSms.Region",
    "AdminCreateUserConfig.AllowAdminCreateUserOnly",
    "AdminCreateUserConfig.UnusedAccountValidityDays",
    "AdminCreateUserConfig.InviteMessageTemplate",
    "AdminCreateUserConfig.InviteMessageTemplate.SMSMessage",
    "AdminCreateUserConfig.InviteMessageTemplate.EmailMessage",
    "AdminCreateUserConfig.InviteMessageTemplate.EmailSubject",
    "AcrConfiguration.AcrValue",
    "KeyConfiguration.KeyType",
    "KeyConfiguration.KmsKeyArn",
    "IssuerConfiguration.Type",
    "DcrConfiguration.EnableStatus",
    "DcrConfiguration.OpenDcrEnabled",
    "DcrConfiguration.AuthenticatedGrantTypes",
    "DcrConfiguration.OpenDcrGrantTypes",
    "DcrConfiguration.AllowedScopes",
    "AccountRecoverySetting.RecoveryMechanisms",
    "AccountRecoverySetting.RecoveryMechanisms.Priority",
    "AccountRecoverySetting.RecoveryMechanisms.Name",
    "UserPoolAddOns.AdvancedSecurityMode",
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows",
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode",
    "LambdaConfig.KMSKeyID",
    "LambdaConfig.PreSignUp",
    "LambdaConfig.PostConfirmation",
    "LambdaConfig.UserMigration",
    "LambdaConfig.CustomMessage",
    "LambdaConfig.PreAuthentication",
    "LambdaConfig.PostAuthentication",
    "LambdaConfig.DefineAuthChallenge",
    "LambdaConfig.CreateAuthChallenge",
    "LambdaConfig.VerifyAuthChallengeResponse",
    "LambdaConfig.PreTokenGeneration",
    "LambdaConfig.PreTokenGenerationConfig",
    "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
    "LambdaConfig.PreTokenGenerationConfig.LambdaArn",
    "LambdaConfig.CustomSMSSender",
    "LambdaConfig.CustomSMSSender.LambdaVersion",
    "LambdaConfig.CustomSMSSender.LambdaArn",
    "LambdaConfig.CustomEmailSender",
    "LambdaConfig.CustomEmailSender.LambdaVersion",
    "LambdaConfig.CustomEmailSender.LambdaArn",
    "LambdaConfig.InboundFederation",
    "LambdaConfig.InboundFederation.LambdaVersion",
    "LambdaConfig.InboundFederation.LambdaArn",
)
_NESTED_OF_CREATE = (
    "Schema.Name",
    "Schema.AttributeDataType",
    "Schema.DeveloperOnlyAttribute",
    "Schema.Mutable",
    "Schema.Required",
    "Schema.NumberAttributeConstraints",
    "Schema.NumberAttributeConstraints.MinValue",
    "Schema.NumberAttributeConstraints.MaxValue",
    "Schema.StringAttributeConstraints",
    "Schema.StringAttributeConstraints.MinLength",
    "Schema.StringAttributeConstraints.MaxLength",
    "UsernameConfiguration.CaseSensitive",
)


def _describe(world: World, pool: Pool) -> dict[str, Any]:
    """UserPoolType, with the defaults that AWS fills in."""
    shown = {name: value for name, value in pool.settings.items() if name not in pool_mfa.NOT_DESCRIBED}
    answer = {
        "Id": pool.id,
        "Name": pool.name,
        "Arn": pool.arn,
        **shown,
        "LastModifiedDate": stamp(pool.modified),
        "CreationDate": stamp(pool.created),
        "SchemaAttributes": [spec.describe() for spec in pool.schema.values()],
        "MfaConfiguration": pool.mfa.mode,
        "EstimatedNumberOfUsers": world.store.users.count("pool", pool.id),
        **_domains(world, pool),
    }
    if pool.tier == "LITE":
        # The names of the levels need Essentials; whether a Lite pool shows them is not known.
        answer.pop("AcrConfiguration", None)
    return answer


def _domains(world: World, pool: Pool) -> dict[str, str]:
    """Domain (the prefix) and CustomDomain, each where the pool has one."""
    return {"CustomDomain" if domain.is_custom else "Domain": domain.name for domain in world.domains(pool)}


@operation(
    "CreateUserPool",
    nested=(*_NESTED, *_NESTED_OF_CREATE),
    simplified="A customer managed key encrypts nothing: pools live in memory.",
)
async def create_user_pool(
    world: World,
    *,
    caller: Caller,
    pool_name: str,
    policies: Mapping[str, Any] | None = None,
    lambda_config: Mapping[str, Any] | None = None,
    deletion_protection: str | None = None,
    auto_verified_attributes: list[str] | None = None,
    alias_attributes: list[str] | None = None,
    username_attributes: list[str] | None = None,
    sms_verification_message: str | None = None,
    email_verification_message: str | None = None,
    email_verification_subject: str | None = None,
    verification_message_template: Mapping[str, Any] | None = None,
    sms_authentication_message: str | None = None,
    mfa_configuration: str | None = None,
    user_attribute_update_settings: Mapping[str, Any] | None = None,
    device_configuration: Mapping[str, bool] | None = None,
    email_configuration: Mapping[str, Any] | None = None,
    sms_configuration: Mapping[str, Any] | None = None,
    user_pool_tags: Mapping[str, str] | None = None,
    admin_create_user_config: Mapping[str, Any] | None = None,
    schema: list[Mapping[str, Any]] | None = None,
    user_pool_add_ons: Mapping[str, Any] | None = None,
    username_configuration: Mapping[str, Any] | None = None,
    account_recovery_setting: Mapping[str, Any] | None = None,
    user_pool_tier: str | None = None,
    key_configuration: Mapping[str, Any] | None = None,
    issuer_configuration: Mapping[str, Any] | None = None,
    acr_configuration: Mapping[str, Any] | None = None,
    dcr_configuration: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    members = given(
        PoolName=pool_name,
        Policies=policies,
        LambdaConfig=lambda_config,
        DeletionProtection=deletion_protection,
        AutoVerifiedAttributes=auto_verified_attributes,
        AliasAttributes=alias_attributes,
        UsernameAttributes=username_attributes,
        SmsVerificationMessage=sms_verification_message,
        EmailVerificationMessage=email_verification_message,
        EmailVerificationSubject=email_verification_subject,
        VerificationMessageTemplate=verification_message_template,
        SmsAuthenticationMessage=sms_authentication_message,
        MfaConfiguration=mfa_configuration,
        UserAttributeUpdateSettings=user_attribute_update_settings,
        DeviceConfiguration=device_configuration,
        EmailConfiguration=email_configuration,
        SmsConfiguration=sms_configuration,
        UserPoolTags=user_pool_tags,
        AdminCreateUserConfig=admin_create_user_config,
        Schema=schema,
        UserPoolAddOns=user_pool_add_ons,
        UsernameConfiguration=username_configuration,
        AccountRecoverySetting=account_recovery_setting,
        UserPoolTier=user_pool_tier,
        KeyConfiguration=key_configuration,
        IssuerConfiguration=issuer_configuration,
        AcrConfiguration=acr_configuration,
        DcrConfiguration=dcr_configuration,
    )
    pool_id = pool_tags.custom_id(user_pool_tags or {}, caller.region)
    pool_id = pool_id or f"{caller.region}_{world.ids.pool_suffix()}"
    pool = pool_settings.new_pool(pool_id, caller.account, caller.region, world.clock.now(), members)
    if pool_id in world.store.pools:
        # Only an id that the caller chose can be taken.
        raise errors.InvalidParameter(f"User pool {pool_id} already exists.")
    if world.store.pools.count("home", (caller.account, caller.region)) >= MAX_POOLS:
        raise errors.LimitExceeded(f"The limit of {MAX_POOLS} user pools per account and Region is reached.")
    with world.store.write():
        world.store.pools.put(pool)
    return {"UserPool": _describe(world, pool)}


@operation("DescribeUserPool", simplified="EstimatedNumberOfUsers is the exact number at every moment.")
async def describe_user_pool(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    return {"UserPool": _describe(world, world.pool(user_pool_id, caller.account, caller.region))}


@operation("ListUserPools")
async def list_user_pools(
    world: World, *, caller: Caller, max_results: int, next_token: str | None = None
) -> Mapping[str, Any]:
    home = (caller.account, caller.region)
    now = world.clock.now()
    page = page_across(
        (world.store.pools, world.store.replicas),
        "home",
        home,
        f"ListUserPools:{home}",
        max_results,
        next_token,
        lambda record: isinstance(record, Pool) or record.serves(now),
    )
    pools = [item if isinstance(item, Pool) else world.pool(item.pool_id, *home) for item in page.items]
    return {"UserPools": [_summary(world, pool) for pool in pools], "NextToken": page.token}


def _summary(world: World, pool: Pool) -> dict[str, Any]:
    """UserPoolDescriptionType; ReplicaRegions are all Regions of a replicated pool, whose primary is a replica too."""
    others = [replica.region for replica in replicas.of_pool(world, pool)]
    return {
        "ReplicaRegions": [pool.primary_region, *others] if others else None,
        "Id": pool.id,
        "Name": pool.name,
        "LambdaConfig": pool.settings["LambdaConfig"],
        "LastModifiedDate": stamp(pool.modified),
        "CreationDate": stamp(pool.created),
    }


@operation(
    "UpdateUserPool",
    nested=_NESTED,
    simplified="A customer managed key encrypts nothing: pools live in memory.",
)
async def update_user_pool(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    pool_name: str | None = None,
    policies: Mapping[str, Any] | None = None,
    lambda_config: Mapping[str, Any] | None = None,
    deletion_protection: str | None = None,
    auto_verified_attributes: list[str] | None = None,
    sms_verification_message: str | None = None,
    email_verification_message: str | None = None,
    email_verification_subject: str | None = None,
    verification_message_template: Mapping[str, Any] | None = None,
    sms_authentication_message: str | None = None,
    mfa_configuration: str | None = None,
    user_attribute_update_settings: Mapping[str, Any] | None = None,
    device_configuration: Mapping[str, bool] | None = None,
    email_configuration: Mapping[str, Any] | None = None,
    sms_configuration: Mapping[str, Any] | None = None,
    user_pool_tags: Mapping[str, str] | None = None,
    admin_create_user_config: Mapping[str, Any] | None = None,
    user_pool_add_ons: Mapping[str, Any] | None = None,
    account_recovery_setting: Mapping[str, Any] | None = None,
    user_pool_tier: str | None = None,
    key_configuration: Mapping[str, Any] | None = None,
    issuer_configuration: Mapping[str, Any] | None = None,
    acr_configuration: Mapping[str, Any] | None = None,
    dcr_configuration: Mapping[str, Any] | None = None,
) -> None:
    """What is left out goes back to its default or stays: see `domain.pools.pool_settings.KEPT`."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    members = given(
        PoolName=pool_name,
        Policies=policies,
        LambdaConfig=lambda_config,
        DeletionProtection=deletion_protection,
        AutoVerifiedAttributes=auto_verified_attributes,
        SmsVerificationMessage=sms_verification_message,
        EmailVerificationMessage=email_verification_message,
        EmailVerificationSubject=email_verification_subject,
        VerificationMessageTemplate=verification_message_template,
        SmsAuthenticationMessage=sms_authentication_message,
        MfaConfiguration=mfa_configuration,
        UserAttributeUpdateSettings=user_attribute_update_settings,
        DeviceConfiguration=device_configuration,
        EmailConfiguration=email_configuration,
        SmsConfiguration=sms_configuration,
        UserPoolTags=user_pool_tags,
        AdminCreateUserConfig=admin_create_user_config,
        UserPoolAddOns=user_pool_add_ons,
        AccountRecoverySetting=account_recovery_setting,
        UserPoolTier=user_pool_tier,
        KeyConfiguration=key_configuration,
        IssuerConfiguration=issuer_configuration,
        AcrConfiguration=acr_configuration,
        DcrConfiguration=dcr_configuration,
    )
    check_idle(world.store.import_jobs.where("pool", pool.id))
    changed = pool_settings.updated(pool, world.clock.now(), members)
    check_tier(changed, [domain.version for domain in world.store.domains.where("pool", pool.id)])
    regions = [pool.primary_region, *(replica.region for replica in replicas.of_pool(world, pool))]
    exports = [world.store.log_deliveries.get((pool.id, region)) for region in regions]
    log_delivery.check_tier(changed, [logs for logs in exports if logs])
    replicas.check_change(world, pool, changed)
    with world.store.write():
        replicas.put_pool(world, changed)


@operation("DeleteUserPool")
async def delete_user_pool(world: World, *, caller: Caller, user_pool_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    if pool.settings["DeletionProtection"] == "ACTIVE":
        raise errors.InvalidParameter(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
            "inactivated first."
        )
    if world.store.domains.count("pool", pool.id):
        raise errors.InvalidParameter(
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
        )
    if replicas.of_pool(world, pool):
        # Not documented; as with a domain.
        raise errors.InvalidParameter("User pool cannot be deleted. It has replicas that should be deleted first.")
    check_idle(world.store.import_jobs.where("pool", pool.id))
    with world.store.write():
        remove_pool(world.store, pool)
