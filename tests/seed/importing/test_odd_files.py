"""Files that are wrong: a sentence with file and place, or something less in the seed; never an exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.seed.importing.functions import SHORT_TAGS
from cognito_emulator.seed.importing.options import Options
from cognito_emulator.seed.importing.recognise import FORMATS, Importer
from cognito_emulator.seed.importing.values import plain, typed
from cognito_emulator.seed.nodes import from_python
from cognito_emulator.seed.parse import Parser
from cognito_emulator.seed.problems import Notes
from cognito_emulator.seed.read_yaml import read
from tests.helpers.imported_files import FILES

ODD: tuple[Any, ...] = ("odd", ["odd"], {"odd": {"odd": 1}}, [{"odd": None}], None, 7, [[]])
OBJECTS = sorted(
    str(path.relative_to(FILES)) for path in FILES.rglob("*") if path.suffix in (".json", ".yaml") and path.is_file()
)


def value_of(name: str) -> Any:
    text = (FILES / name).read_text("utf-8")
    return typed(plain(read(text, functions=SHORT_TAGS))) if name.endswith(".yaml") else json.loads(text)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: replaced(item, path[1:], new) if key == path[0] else item for key, item in value.items()}
    return [replaced(item, path[1:], new) if number == path[0] else item for number, item in enumerate(value)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", OBJECTS)
def test_any_value_may_be_of_another_form(name: str) -> None:
    value = value_of(name)
    options = Options(parameters={"CallbackUrl": "http://localhost:3000/callback"})
    for number, path in enumerate(places(value)):
        for odd in (ODD[number % len(ODD)], ODD[(number + 3) % len(ODD)]):
            importer = Importer(options, Notes())
            if importer.take(name, from_python(replaced(value, path, odd))):
                importer.finish()


def mistakes(tmp_path: Path, name: str, text: str, **options: Any) -> list[str]:
    path = tmp_path / name
    path.write_text(text)
    parser = Parser(Options(**options))
    parser.import_file(path, FORMATS)
    parser.imported()
    return [str(one).removeprefix(f"{tmp_path}/") for one in parser.notes.told()]


POOL = "  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties:\n"


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        ("!Ref Nothing", "Ref names 'Nothing', which is no parameter and no resource"),
        ("!Ref Stage", "the parameter Stage has no default; give it by --parameter Stage=VALUE"),
        ("!Ref Path", "the parameter Path is read from SSM; give it by --parameter Path=VALUE"),
        ("!GetAtt Nothing.Arn", "Fn::GetAtt names 'Nothing', which is no resource"),
        ("!GetAtt Pool.Colour", "AWS::Cognito::UserPool has no attribute 'Colour'"),
        ("!ImportValue net-name", "Fn::ImportValue takes 'net-name' from another stack; give it by"),
        ("!Select [3, [a, b]]", "there is no item 3 of 2 for Fn::Select, which counts from 0"),
        ("!FindInMap [A, B, C]", "Fn::FindInMap finds nothing at A.B.C"),
        ("!If [Round, a, b]", "the condition Round depends on itself"),
        ("!If [None, a, b]", "there is no condition 'None'"),
        ("!Join [a]", "Fn::Join has a list of two values"),
        ("!GetAZs us-east-1", "Fn::GetAZs is not evaluated; write its value in the template"),
        ('!Sub ["${a}${a}${a}", {a: !Ref Long}]', "Fn::Sub makes more than 200000 characters"),
    ],
)
def test_functions_without_a_value(tmp_path: Path, value: str, mistake: str) -> None:
    text = (
        "Parameters:\n  Stage: {Type: String}\n  Long: {Type: String}\n"
        "  Path: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}\n"
        "Conditions: {Round: {Condition: Round}}\n"
        f"Resources:\n{POOL}      UserPoolName: {value}\n"
    )
    found = mistakes(tmp_path, "t.yaml", text, parameters={"Long": "x" * 90_000})
    assert found[0].startswith(f"t.yaml:10: Resources.Pool.UserPoolName: {mistake}"), found


def test_an_import_value_is_a_parameter(tmp_path: Path) -> None:
    text = f"Resources:\n{POOL}      UserPoolName: !Sub ['${{net}}-pool', {{net: !ImportValue net-name}}]\n"
    parser = Parser(Options(parameters={"net-name": "blue"}))
    (tmp_path / "t.yaml").write_text(text)
    parser.import_file(tmp_path / "t.yaml", FORMATS)
    made = parser.imported()
    assert made is not None
    assert made.content["UserPools"][0]["PoolName"] == "blue-pool"
    assert made.left_out == []


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("x.json", '{"a": 1}', "x.json: is none of the files that can be imported: a CloudFormation"),
        ("x.yaml", "UserPools: []", "x.yaml: is none of the files that can be imported"),
        ("x.json", '{"a": ', "x.json:1: no JSON: it ends too early"),
        ("x.yaml", "a: !Ref x\n", "x.yaml:1: the tag !Ref is not read; write the value itself"),
        ("x.yaml", "Type: AWS::x\na: !Unknown x\n", "x.yaml:2: the tag !Unknown is not read"),
        ("x.js", "export const answer = 42;", "x.js: is none of the files that can be imported"),
        ("x.js", "export default { aws_user_pools_id: `${id}` };", "x.js:1: the script's object is not read: no YAML"),
        (
            "x.json",
            '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}',
            "x.json: the template has no resource of Amazon",
        ),
        ("x.json", '{"format_version": "1.0", "values": {}}', "x.json: there is no resource of Amazon Cognito"),
        ("x.json", '{"UserPool": {"Name": "p"}}', "x.json:1: the user pool has no Id in AWS's form"),
        ("x.csv", "name,cognito:username\na,b,c\n", "x.csv:2: the row has 3 values, the header 2 columns"),
    ],
)
def test_files_that_cannot_be_imported(tmp_path: Path, name: str, text: str, mistake: str) -> None:
    (found,) = mistakes(tmp_path, name, text)
    assert found.startswith(mistake), found


def test_aliases_and_nesting_are_limited(tmp_path: Path) -> None:
    bomb = "Resources: {Pool: {Type: AWS::Cognito::UserPool}}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert "aliases repeat more than" in mistakes(tmp_path, "bomb.yaml", bomb)[0]
    deep = f"Type: AWS::x\nName: {'!Sub [' * 60}{']' * 60}\n"
    assert "nested too deeply" in mistakes(tmp_path, "deep.yaml", deep)[0]


def test_long_texts_take_no_long_time(tmp_path: Path) -> None:
    """Each would take hours, if it were read again from each of its beginnings."""
    script = "export default {" + "/*" * 200_000
    assert len(mistakes(tmp_path, "x.js", script)) == 1
    text = f"Resources:\n{POOL}      UserPoolName: !Sub '{'${' * 90_000}'\n"
    assert mistakes(tmp_path, "t.yaml", text) == []


def test_users_without_a_pool_of_their_own(tmp_path: Path) -> None:
    pools = {f"{n}.json": json.dumps({"UserPool": {"Id": f"us-east-1_{n}", "Name": n}}) for n in ("one", "two")}
    parser = Parser(Options())
    for name, text in {**pools, "users.json": '{"Users": []}'}.items():
        (tmp_path / name).write_text(text)
        parser.import_file(tmp_path / name, FORMATS)
    parser.imported()
    (mistake,) = parser.notes.told()
    assert "the users name no user pool, and there are several: us-east-1_one, us-east-1_two" in str(mistake)
