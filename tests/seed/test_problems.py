"""Every mistake in a seed is told, with its line and path."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cognito_emulator.seed import SeedError, parse_files, parse_mapping, parse_text


def mistakes(text: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        parse_text(dedent(text), "s.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def in_pool(text: str) -> list[str]:
    """Mistakes of lines inside a pool: they begin in line 3, the pool's path is left out."""
    indented = "".join(f"    {line}\n" for line in dedent(text).strip("\n").split("\n"))
    return [line.replace(" UserPools[0].", " ", 1) for line in mistakes(f"UserPools:\n  - PoolName: p\n{indented}")]


def of_user(text: str) -> list[str]:
    """Mistakes of members of a user: they begin in line 6, the user's path is left out."""
    indented = "".join(f"    {line}\n" for line in dedent(text).strip("\n").split("\n"))
    whole = f"Groups: [{{GroupName: admins}}]\nUsers:\n  - Username: u\n{indented}"
    return [line.replace(" Users[0].", " ", 1) for line in in_pool(whole)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "s.yaml: is empty; a seed begins with UserPools:"),
        ("# nothing\n", "s.yaml: is empty; a seed begins with UserPools:"),
        ("null", "s.yaml:1: is empty; a seed begins with UserPools:"),
        ("hello", "s.yaml:1: a mapping is expected (Key: value)"),
        ("- 1", "s.yaml:1: a mapping is expected (Key: value)"),
        ("IdentityPool: []", "s.yaml:1: IdentityPool: unknown key. Did you mean IdentityPools?"),
        ("UserPool: []", "s.yaml:1: UserPool: unknown key. Did you mean UserPools?"),
        ("UserPools: x", "s.yaml:1: UserPools: a list is expected, such as [{PoolName: local}]"),
        ("UserPools:\n- x", "s.yaml:2: UserPools[0]: a mapping is expected (Key: value)"),
        ("UserPools: []\nUserPools: []", "s.yaml:2: UserPools: the key is here twice (first in line 1)"),
        ("a: b\n---\nc: d", "s.yaml:2: one document is expected, a second one begins here"),
        ("UserPools: !Ref x", "s.yaml:1: the tag !Ref is not read; write the value itself"),
        ("UserPools: !!binary x", "s.yaml:1: the tag !!binary is not read; write the value itself"),
        ("a: *x", "s.yaml:1: the alias *x has no anchor above it"),
        ("a: &x [*x]", "s.yaml:1: the alias *x has no anchor above it"),
        ("\n? [a]\n: b", "s.yaml:2: a key must be a word, not a list or mapping"),
        ("[" * 60 + "]" * 60, "s.yaml:1: nested too deeply"),
        ('{\n"UserPools": [1,,2]}', "s.yaml:2: no JSON: unexpected ','"),
        ('{"a": 1} x', "s.yaml:1: no JSON: unexpected 'x'"),
        ('{"a": 1,\n2 3 : "]', "s.yaml:2: no JSON: unexpected '2'"),
        ('{"UserPools": [', "s.yaml:1: no JSON: it ends too early"),
        ('{"UserPools": "\\x"}', "s.yaml:1: no JSON: Invalid \\escape"),
        ('{"a": "\\ud800"}', "s.yaml:1: half a surrogate pair is no character"),
        ('{"UserPools": [],\n"UserPools": []}', "s.yaml:2: UserPools: the key is here twice (first in line 1)"),
        ("{UserPools: [], x: 1}", "s.yaml:1: x: unknown key."),
    ],
)
def test_texts_that_are_no_seed(text: str, expected: str) -> None:
    assert mistakes(text) == [expected]


@pytest.mark.parametrize(("text", "line"), [("a: 1\n b: 2", 2), ("\na: \x07", 2), ("a: @", 1)])
def test_broken_yaml(text: str, line: int) -> None:
    """The words after that are those of the YAML library in use."""
    (found,) = mistakes(text)
    assert found.startswith(f"s.yaml:{line}: no YAML: ")
    assert "\n" not in found


def test_aliases_cannot_multiply() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert mistakes("\n".join(lines)) == ["s.yaml:5: aliases repeat more than 100000 values"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PoolNam: q", "s.yaml:3: PoolNam: unknown key. Did you mean PoolName?"),
        ("poolname: q", "s.yaml:3: poolname: unknown key. Did you mean PoolName?"),
        ("UserPoolName: q", "s.yaml:3: UserPoolName: unknown key. Did you mean PoolName?"),
        ("<<: {a: b}",
         "s.yaml:3: <<: merge keys are not read; write the members out, or use an alias for a whole value"),
        ("PoolName: q", "s.yaml:3: PoolName: the key is here twice (first in line 2)"),
        (
            "MfaConfiguration: On",
            "s.yaml:3: MfaConfiguration: Member must satisfy enum value set: [OFF, ON, OPTIONAL]. Did you mean ON?",
        ),
        ("Policies: x", "s.yaml:3: Policies: a mapping is expected (Key: value)"),
        ("Policies: [x]", "s.yaml:3: Policies: a mapping is expected (Key: value)"),
        ("AliasAttributes: email", "s.yaml:3: AliasAttributes: a list is expected, such as [phone_number]"),
        ("AliasAttributes: {a: b}", "s.yaml:3: AliasAttributes: a list is expected, such as [phone_number]"),
        ("SmsVerificationMessage: [a]", "s.yaml:3: SmsVerificationMessage: one value is expected, not a list"),
        ("SmsVerificationMessage: {a: b}", "s.yaml:3: SmsVerificationMessage: one value is expected, not a mapping"),
        ("UsernameConfiguration: {}", "s.yaml:3: UsernameConfiguration: CaseSensitive is missing"),
        ("UserPoolTags: {a: [b]}", "s.yaml:3: UserPoolTags.a: one value is expected, not a list"),
        (
            "Policies:\n  PasswordPolicy:\n    MinimumLength: 5",
            "s.yaml:5: Policies.PasswordPolicy.MinimumLength: Member must have value greater than or equal to 6",
        ),
        (
            "Schema:\n  - Name: a\n  - Nam: b",
            "s.yaml:5: Schema[1].Nam: unknown key. Did you mean Name?",
        ),
        ("Schema: []", "s.yaml:3: Schema: Member must have length greater than or equal to 1"),
        ("Id: local", "s.yaml:3: Id: a pool id is a region, _ and letters or digits, such as us-east-1_localpool"),
        ("Id: local_x1", "s.yaml:3: Id: a pool id is a region, _ and letters or digits, such as us-east-1_localpool"),
        (f"Id: us-east-1_{'x' * 46}", "s.yaml:3: Id: Member must have length less than or equal to 55"),
        ("MfaConfig: {MfaConfiguration: MAYBE}",
         "s.yaml:3: MfaConfig.MfaConfiguration: Member must satisfy enum value set: [OFF, ON, OPTIONAL]"),
        ("Clients: [{ClientId: a b, ClientName: c}]",
         r"s.yaml:3: Clients[0].ClientId: Member must satisfy regular expression pattern: [\w+]+"),
        ("Clients: [{ClientId: c}]", "s.yaml:3: Clients[0]: ClientName is missing"),
        ("Clients:\n  - ClientName: c\n    ClientSecret: short",
         "s.yaml:5: Clients[0].ClientSecret: Member must have length greater than or equal to 24"),
        ("Clients:\n  - ClientName: c\n    ClientSecret: aaaaaaaaaaaaaaaaaaaaaaaa\n    GenerateSecret: false",
         "s.yaml:6: Clients[0].GenerateSecret: a client with a ClientSecret has GenerateSecret true, or no word of it"),
        ("Clients: [{ClientName: c, UserPoolId: x}]",
         "s.yaml:3: Clients[0].UserPoolId: leave it out; the block stands inside its pool"),
        ("Clients:\n  - {ClientId: x, ClientName: c}\n  - {ClientId: x, ClientName: d}",
         "s.yaml:5: Clients[1].ClientId: the ClientId is used already, at s.yaml:4"),
        ("Groups:\n  - GroupName: a\n  - GroupName: a",
         "s.yaml:5: Groups[1]: the GroupName is used already, at s.yaml:4"),
        ("Groups: [{GroupName: a, Precedence: first}]",
         "s.yaml:3: Groups[0].Precedence: a number in digits is expected"),
        ("Users:\n  - Username: a\n  - Username: a",
         "s.yaml:5: Users[1].Username: the Username is used already, at s.yaml:4"),
        ("UsernameConfiguration: {CaseSensitive: false}\nUsers:\n  - Username: a\n  - Username: A",
         "s.yaml:6: Users[1].Username: the Username is used already, at s.yaml:5"),
        ("Users: [Sub: x]", "s.yaml:3: Users[0]: Username is missing"),
    ],
)  # fmt: skip
def test_mistakes_in_a_pool(text: str, expected: str) -> None:
    assert expected in in_pool(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sub: x", ["s.yaml:6: Sub: a sub is a UUID in lower case"]),
        ("Sub: A0000000-0000-4000-8000-000000000000", ["s.yaml:6: Sub: a sub is a UUID in lower case"]),
        ("Password: a\nTemporaryPassword: abcdefgh",
         ["s.yaml:6: Password: a user has a Password or a TemporaryPassword, not both",
          "s.yaml:6: Password: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$"]),
        ("Confirmed: false", ["s.yaml:6: Confirmed: Confirmed needs Password"]),
        ("Password: abcdefgh\nConfirmed: no", ["s.yaml:7: Confirmed: true or false is expected"]),
        ("Enabled: 'TRUE'", ["s.yaml:6: Enabled: true or false is expected"]),
        ("MessageAction: RESEND", ["s.yaml:6: MessageAction: a seed sends no messages"]),
        ("ClientMetadata: {}", ["s.yaml:6: ClientMetadata: a seed calls no triggers"]),
        ("Groups: [admin]", ["s.yaml:6: Groups[0]: the pool has no group of that name. Did you mean admins?"]),
        ("Groups:\n  - admins\n  - admins", ["s.yaml:8: Groups[1]: the group is used already, at s.yaml:7"]),
        ("Groups: admins", ["s.yaml:6: Groups: a list is expected, such as [admins]"]),
        ("Attributes: {sub: x}", ["s.yaml:6: Attributes.sub: a fixed sub is written as Sub beside Username"]),
        ("UserAttributes:\n  - {Name: sub, Value: x}",
         ["s.yaml:7: UserAttributes[0]: a fixed sub is written as Sub beside Username"]),
        ("UserAttributes:\n  - {Name: a}\n  - {Name: a}",
         ["s.yaml:8: UserAttributes[1]: the attribute is used already, at s.yaml:7"]),
        ("UserAttributes: {email: x}",
         ["s.yaml:6: UserAttributes: a list is expected, such as [{Name: ..., Value: ...}]"]),
        ("Attributes: []", ["s.yaml:6: Attributes: a mapping is expected (Key: value)"]),
        ("Attributes: {a: b}\nUserAttributes: []",
         ["s.yaml:6: Attributes: write Attributes or UserAttributes, not both"]),
        (f"Attributes: {{{'n' * 33}: b}}",
         [f"s.yaml:6: Attributes.{'n' * 33}: Member must have length less than or equal to 32"]),
        ("Attributes:\n  nickname:\n",
         ["s.yaml:7: Attributes.nickname: there is no value; leave the key out, or write '' for an empty text"]),
        ("Attributes:\n  family_name: Null",
         ["s.yaml:7: Attributes.family_name: write 'Null' in quotes if the text is meant, else leave the key out"]),
        ("MFAPreference: {SMSMfaSettings: {Enable: true}}",
         ["s.yaml:6: MFAPreference.SMSMfaSettings.Enable: unknown key. Did you mean Enabled?"]),
    ],
)  # fmt: skip
def test_mistakes_in_a_user(text: str, expected: list[str]) -> None:
    assert of_user(text) == expected


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("JBSWY3DPEHPK3PX1", "a TOTP secret is base32 (A-Z and 2-7)"),
        ("jbswy3dpehpk3pxpjbswy3dpehpk3pxp", "a TOTP secret is base32 (A-Z and 2-7)"),
        ("A" * 25, "a TOTP secret is base32 (A-Z and 2-7)"),
        ("JBSWY3DPEHPK3PXP", "a TOTP secret has at least 112 bits; this one has 80"),
        ("''", "a TOTP secret has at least 112 bits; this one has 0"),
    ],
)
def test_authenticator_secrets(secret: str, expected: str) -> None:
    offered = "MfaConfig: {SoftwareTokenMfaConfiguration: {Enabled: true}}\nUsers:\n  - Username: u\n    TOTPSecret: "
    assert in_pool(offered + secret) == [f"s.yaml:6: Users[0].TOTPSecret: {expected}"]


def test_an_authenticator_needs_a_pool_that_offers_it() -> None:
    assert of_user(f"TOTPSecret: {'A' * 32}") == [
        "s.yaml:6: TOTPSecret: the pool does not offer authenticators; "
        "it needs MfaConfig: {SoftwareTokenMfaConfiguration: {Enabled: true}}"
    ]


def test_no_mistake_shows_a_password_or_secret() -> None:
    found = in_pool("""
        Clients: [{ClientName: c, ClientSecret: tell-nobody-of-it-please-x}]
        Users: [{Username: u, Password: " tell-nobody", TOTPSecret: tellnobody, TemporaryPassword: " tell-nobody"}]
    """)
    assert len(found) == 6
    assert not [line for line in found if "nobody" in line]


def test_all_mistakes_are_told_in_order_of_lines() -> None:
    found = mistakes("""\
        UserPools:
          - Id: x
            Users:
              - Username: u
                Groups: [a]
            PoolName: p
            Clients: [{}]
          - Id: us-east-1_a
            PoolName: p
          - Id: us-east-1_a
            PoolName: q
    """)
    assert [line.split(": ")[:2] for line in found] == [
        ["s.yaml:2", "UserPools[0].Id"],
        ["s.yaml:5", "UserPools[0].Users[0].Groups[0]"],
        ["s.yaml:7", "UserPools[0].Clients[0]"],
        ["s.yaml:10", "UserPools[2].Id"],
    ]


def test_ids_are_unique_in_all_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.json"
    first.write_text("UserPools: [{Id: us-east-1_a, PoolName: p, Clients: [{ClientId: c, ClientName: c}]}]")
    second.write_text(
        '{"UserPools":\n[{"PoolName": "q",\n"Id": "us-east-1_a",\n"Clients": [{"ClientName": "c", "ClientId": "c"}]}]}'
    )
    with pytest.raises(SeedError) as caught:
        parse_files([first, second])
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        f"{second}:3: UserPools[0].Id: the Id is used already, at {first}:1",
        f"{second}:4: UserPools[0].Clients[0].ClientId: the ClientId is used already, at {first}:1",
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"UserPools:\n- PoolName: caf\xe9\n")
    (tmp_path / "empty.yaml").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    paths: list[Path | str] = [
        tmp_path / "none.yaml",
        tmp_path / "folder",
        tmp_path / "latin.yaml",
        tmp_path / "empty.yaml",
        "a\0b",
    ]
    with pytest.raises(SeedError) as caught:
        parse_files(paths)
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory",
        f"{tmp_path / 'folder'}: the folder has no seed (*.yaml, *.yml, *.json)",
        f"{tmp_path / 'latin.yaml'}:2: is not UTF-8",
        f"{tmp_path / 'empty.yaml'}: is empty; a seed begins with UserPools:",
        "a\0b: cannot be read: embedded null byte",
    ]


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({"UserPools": [{"PoolName": object()}]}, "seed: a seed cannot hold a object"),
        ({1: 2}, "seed: a key is a int, not text"),
        ({"UserPools": [{"PoolName": 10**5000}]}, "seed: a number of too many digits"),
        ({}, None),
        ({"UserPools": [{"PoolName": None}]},
         "seed: UserPools[0].PoolName: there is no value; leave the key out, or write '' for an empty text"),
        ({"UserPools": [{"PoolName": "p", "Groups": [{"GroupName": "g", "Precedence": 1.5}]}]},
         "seed: UserPools[0].Groups[0].Precedence: a number in digits is expected"),
    ],
)  # fmt: skip
def test_mappings(mapping: dict[str, object], expected: str | None) -> None:
    if expected is None:
        assert parse_mapping(mapping).pools == ()
        return
    with pytest.raises(SeedError) as caught:
        parse_mapping(mapping)
    assert str(caught.value) == expected
