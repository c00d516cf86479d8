"""KMS Decrypt for the codes of custom senders, and the real Encryption SDK with it."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.helpers.build import refused
from tests.helpers.harness import Running

KEY_ID = "8a23102c-9b68-4fed-82ce-523c5363539e"
ARN = f"arn:aws:kms:us-east-1:000000000000:key/{KEY_ID}"
OTHER = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-4333-8444-555555555555"
CONTEXT = {"userpool-id": "us-east-1_localpool"}


@pytest.fixture
def kms(running: Running) -> Any:
    return running.client("kms")


@pytest.fixture
def blob(running: Running) -> bytes:
    return running.world.kms.encrypt(ARN, b"plain", CONTEXT)


@pytest.mark.parametrize("named", [{}, {"KeyId": ARN}, {"KeyId": KEY_ID}])
def test_decrypt(kms: Any, blob: bytes, named: dict[str, str]) -> None:
    answer = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, **named)
    assert (answer["Plaintext"], answer["KeyId"]) == (b"plain", ARN)
    assert answer["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"


@pytest.mark.parametrize("context", [{}, {"userpool-id": "us-east-1_other"}, {**CONTEXT, "more": "x"}])
def test_another_encryption_context(kms: Any, blob: bytes, context: dict[str, str]) -> None:
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)


@pytest.mark.parametrize("place", [0, 4, 40, 50, -1])
def test_an_altered_ciphertext(kms: Any, blob: bytes, place: int) -> None:
    altered = bytearray(blob)
    altered[place] ^= 1
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=bytes(altered), EncryptionContext=CONTEXT)


@pytest.mark.parametrize("text", [b"x", b"\x01\x02\x02\x00"])
def test_no_ciphertext_of_ours(kms: Any, text: bytes) -> None:
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=text)


def test_a_cut_ciphertext(kms: Any, blob: bytes) -> None:
    for length in range(1, len(blob), 7):
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=blob[:length], EncryptionContext=CONTEXT)


def test_another_key(running: Running, kms: Any, blob: bytes) -> None:
    running.world.kms.encrypt(OTHER, b"", {})
    text = "The key ID in the request does not identify a CMK that can perform this operation."
    with refused("IncorrectKeyException", text):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=OTHER)


def test_a_key_that_does_not_exist(kms: Any, blob: bytes) -> None:
    missing = ARN[:-1] + "0"
    with refused("NotFoundException", f"Key '{missing}' does not exist"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=missing)


def test_a_key_of_another_region(running: Running, blob: bytes) -> None:
    with refused("NotFoundException", "Invalid arn eu-north-1"):
        running.client("kms", region="eu-north-1").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=ARN)


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        ({}, "ValidationException",
         "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: "
         "Member must not be null"),
        ({"CiphertextBlob": b""}, "ValidationException",
         "1 validation error detected: Value 'java.nio.HeapByteBuffer' at 'ciphertextBlob' failed to satisfy "
         "constraint: Member must have length greater than or equal to 1"),
        ({"CiphertextBlob": b"x" * 6145}, "ValidationException",
         "1 validation error detected: Value 'java.nio.HeapByteBuffer' at 'ciphertextBlob' failed to satisfy "
         "constraint: Member must have length less than or equal to 6144"),
        ({"CiphertextBlob": b"x", "EncryptionAlgorithm": "ROT13"}, "ValidationException",
         "1 validation error detected: Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member "
         "must satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]"),
        ({"CiphertextBlob": b"x", "EncryptionAlgorithm": "SM2PKE"}, "InvalidKeyUsageException",
         "The algorithm SM2PKE does not fit the key, which is symmetric."),
        ({"CiphertextBlob": b"x", "Recipient": {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}},
         "NotImplementedException", "AWS KMS Decrypt.Recipient is not implemented."),
    ],
)  # fmt: skip
def test_what_decrypt_refuses(kms: Any, members: dict[str, Any], code: str, message: str) -> None:
    with refused(code, message):
        kms.decrypt(**members)


def test_a_dry_run_tells_only_whether_it_would_work(kms: Any, blob: bytes) -> None:
    with refused("DryRunOperationException", "The request would have succeeded, but the DryRun option is set."):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, DryRun=True)
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob, DryRun=True)


def test_other_operations_are_not_there(kms: Any) -> None:
    text = "AWS KMS DescribeKey is not implemented; keys are here to decrypt senders' codes only."
    with refused("NotImplementedException", text):
        kms.describe_key(KeyId=ARN)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "SerializationException"),
        (b'{"CiphertextBlob": 1}', "SerializationException"),
        (b'{"CiphertextBlob": "*"}', "SerializationException"),
        (b'{"CiphertextBlob": "eA==", "EncryptionContext": {"a": 1}}', "SerializationException"),
        (b'{"CiphertextBlob": "eA==", "EncryptionContext": [1]}', "SerializationException"),
        (b'{"CiphertextBlob": "eA==", "KeyId": {}}', "SerializationException"),
    ],
)
def test_wrong_types(post: Callable[..., dict[str, Any]], body: bytes, code: str) -> None:
    assert post(body)["__type"] == code


def test_a_call_is_signed_for_kms(post: Callable[..., dict[str, Any]]) -> None:
    assert post(b"{}", authorization="")["__type"] == "MissingAuthenticationTokenException"
    assert post(b"{}", service="cognito-idp")["__type"] == "InvalidSignatureException"


@pytest.fixture
def post(running: Running) -> Callable[..., dict[str, Any]]:
    import http.client

    def send(body: bytes, service: str = "kms", authorization: str | None = None) -> dict[str, Any]:
        credential = f"AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/{service}/aws4_request"
        signed = f"{credential}, SignedHeaders=host, Signature=00" if authorization is None else authorization
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt"}
        connection.request("POST", "/", body, {**headers, **({"authorization": signed} if signed else {})})
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    return send


@pytest.mark.parametrize("text", ["123456", "Aa1!&lt;ü", "x" * 4096, ""])
def test_the_encryption_sdk_for_python_reads_a_code(
    running: Running, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import aws_encryption_sdk
        from aws_encryption_sdk import CommitmentPolicy, StrictAwsKmsMasterKeyProvider

    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", running.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    code = running.world.kms.encrypt_code(ARN, text, CONTEXT)
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        provider = StrictAwsKmsMasterKeyProvider(key_ids=[ARN])
        plaintext, header = client.decrypt(source=base64.b64decode(code), key_provider=provider)
    assert plaintext.decode() == text
    assert header.algorithm.name == "AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384"
    assert header.encryption_context["userpool-id"] == "us-east-1_localpool"
    assert header.frame_length == 4096


def test_a_code_too_long_for_a_frame(running: Running) -> None:
    with pytest.raises(ValueError, match="more than 4096 bytes"):
        running.world.kms.encrypt_code(ARN, "x" * 4097, CONTEXT)


def test_a_code_begins_as_recorded_ones_do(running: Running) -> None:
    """awslabs/aws-sdk-rust#1250 quotes one of January 2025."""
    raw = base64.b64decode(running.world.kms.encrypt_code(ARN, "982921", CONTEXT))
    assert raw[:4] == b"\x01\x80\x03\x78"
    assert raw[20:22] == (2 + 2 + 21 + 2 + 68 + 2 + 11 + 2 + len(CONTEXT["userpool-id"])).to_bytes(2, "big")
    assert raw[22:47] == b"\x00\x02\x00\x15aws-crypto-public-key"
    assert b"\x00\x0buserpool-id\x00\x13us-east-1_localpool\x00\x01\x00\x07aws-kms" in raw
    assert b"\x02\x00\x00\x00\x00\x0c\x00\x00\x10\x00" + bytes(12) in raw


def test_two_emulators_share_no_key(running: Running) -> None:
    from cognito_emulator.settings import Settings
    from cognito_emulator.world import World

    blob = World(Settings()).kms.encrypt(ARN, b"plain", CONTEXT)
    running.world.kms.encrypt(ARN, b"", {})
    with refused("InvalidCiphertextException", ""):
        boto3.client(
            "kms", "us-east-1", endpoint_url=running.url, aws_access_key_id="t", aws_secret_access_key="t"
        ).decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
