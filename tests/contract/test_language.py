"""The language of docstrings, and the tags that say where a rule comes from."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader

from cognito_emulator.wire.model import SERVICES
from tests.contract.provenance import PACKAGE, ROOT, Tag, assumed, counts, is_well_formed, report, tags_of, texts
from tests.helpers.newest import needs_newest
from tests.helpers.wrong_files import OURS, wrong_files

MODELS = [Loader().load_service_model(service, "service-2") for service in (*SERVICES, "kms", "sts")]
API = {
    "CommonErrors",
    "LocalStack",
    *(name for model in MODELS for kind in ("operations", "shapes") for name in model[kind]),
}
LONGEST_FIRST_LINE = 80
# What does not begin an order. Ruff's D401 knows many more; these it lets pass.
WORDS = (
    "a above across after all also an and any anything are as at back because before below beside beyond both but by "
    "each every everything false first for from has have here how if in inside into is it its just last like many more "
    "most neither never no none not nothing of off on once one only or other others our out outside own over per same "
    "several since so some something such than that the their them then there these they this those three to too "
    "true two under unless until up what when where whether which while who whose why with within without you "
    "yes zero"
)
NO_VERBS = frozenset(WORDS.split())
TAGGED = re.compile(r"\[(?:docs|model|observed|RFC|own wording|assumed)\b")
# Claims about the service, which need a tag in the same docstring or comment.
CLAIMS = re.compile(
    r"\b(?:recorded|(?:is|are) (?:not )?(?:known from|documented)|undocumented|the service was seen|developer guide"
    r"|API reference|stricter reading|AWS-verified|AWS is silent|reported by|measured on"
    r"|(?:the|these) (?:name|words|text|texts)\b[\w ]* (?:is|are) ours)\b",
    re.IGNORECASE,
)


def docstrings(tree: ast.AST) -> Iterator[tuple[str, str, bool]]:
    """List name, docstring, and whether it has to begin with a verb, of each module, class and function."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text is not None:
                yield getattr(node, "name", "module"), text, _is_called(node)


def _is_called(node: ast.AST) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return not any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def is_order(text: str) -> bool:
    """Tell whether a docstring may begin with a verb in the imperative."""
    word = re.match(r"[A-Z][a-z]+(?![\w(.'`-])", text)
    if word is None or word[0].lower() in NO_VERBS:
        return False
    return not re.search(r"(?:[^s]s|ing|ed)$", word[0]) or word[0] in {"Bring", "Embed", "Feed", "Need", "Seed", "Sing"}


def mistakes(source: str) -> list[str]:
    """List the docstrings that do not begin with a verb, or whose first line is too long."""
    found = []
    for name, text, is_called in docstrings(ast.parse(source)):
        first = text.split("\n")[0]
        if len(first) > LONGEST_FIRST_LINE:
            found.append(f"{name}: {len(first)} characters: {first}")
        if is_called and not is_order(text):
            found.append(f"{name}: no verb in the imperative: {first}")
    return found


def claims(source: str) -> list[str]:
    """List the docstrings and comments that claim something of the service and have no tag."""
    return [
        f"{text.line}: {found[0]}"
        for text in texts(source)
        if (found := CLAIMS.search(text.words)) and not TAGGED.search(text.words)
    ]


def api_pages(source: str) -> list[str]:
    """List the pages of an API reference, and the shapes of its model, that tags name."""
    parts = [part for tag in tags_of(source, "") for part in tag.parts if part.startswith(("docs: ", "model: "))]
    return [
        page for part in parts for page in re.findall(r"(?:: |, )([A-Z]\w*)(?=[.,]|$)", re.sub('"[^"]*"', "", part))
    ]


def test_docstrings_begin_with_a_verb_and_a_short_line() -> None:
    assert wrong_files(mistakes) == {}


@pytest.mark.processes
def test_ruff_agrees_about_the_mood() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "D401", "--output-format", "concise"]
    done = subprocess.run([*command, *map(str, OURS)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def malformed(source: str) -> list[str]:
    """List the tags that have no known form, each with its line."""
    return [f"{tag.line}: [{tag.text}]" for tag in tags_of(source, "") if not is_well_formed(tag)]


def test_tags_are_well_formed() -> None:
    assert wrong_files(malformed) == {}


@needs_newest
def test_pages_of_the_api_reference_exist() -> None:
    assert wrong_files(lambda text: [page for page in api_pages(text) if page not in API]) == {}


def test_claims_have_a_source() -> None:
    assert wrong_files(claims) == {}


@pytest.mark.parametrize(
    ("docstring", "count"),
    [
        ("Return the user.", 0),
        ("Pass the value on.", 0),
        ("The user.", 1),
        ("Whether the user has MFA.", 1),
        ("Returns the user.", 1),
        ("Making of a user.", 1),
        ("`value` is taken.", 1),
        ("SRP_A that is no number.", 1),
        ("Return " + "x" * 74, 1),
        ("The " + "x" * 77, 2),
    ],
)
def test_a_docstring_of_another_form_is_seen(docstring: str, count: int) -> None:
    assert len(mistakes(f'def f():\n    """{docstring}"""')) == count
    assert len(mistakes(f'class F:\n    @property\n    def f(self):\n        """{docstring}"""')) == (
        len(docstring) > 80
    )


@pytest.mark.parametrize(
    "text",
    [
        "docs: quotas",
        "docs: user-pool-lambda-challenge",
        'docs: cognito-user-pools-saml-idp, "Case sensitivity of SAML user names"',
        "docs: GetDevice, ListDevices",
        "docs: AWS CLI confirm-device",
        "docs: GetDevice; observed: amplify-js#12171",
        "model: LanguageIdType",
        "observed: aws-amplify/amplify-js#1234, aws-cdk#10998",
        "observed: hashicorp/terraform-provider-aws",
        "RFC 6749 §5.2",
        "RFC 8693",
        "own wording",
        "assumed",
        "docs: quotas; assumed",
    ],
)
def test_a_tag_is_read(text: str) -> None:
    (tag,) = tags_of(f"# A rule [{text}].\n", "f.py")
    assert tag == Tag("f.py", 1, text, "A rule")
    assert is_well_formed(tag)


@pytest.mark.parametrize(
    "text",
    [
        "docs",
        "docs:",
        "docs: the developer guide",
        "docs: Importing users into user pools",
        "observed",
        "observed: ",
        "observed: measured",
        "observed: users of AWS",
        "seen: amplify-js#1",
        "recorded",
        "guessed",
        "model",
        "RFC 6749, section 5.2",
        "own wording for the others",
        "docs: quotas; recorded",
    ],
)
def test_a_malformed_tag_is_refused(text: str) -> None:
    (tag,) = tags_of(f"# A rule [{text}].\n", "f.py")
    assert not is_well_formed(tag)


@pytest.mark.parametrize("text", ["list[str]", "`[a, b]`", "arn:aws:[x]", "[1]", "[:<qualifier>]", "[text](link)"])
def test_other_brackets_are_no_tags(text: str) -> None:
    assert tags_of(f"# A rule {text}.\n", "f.py") == []


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("docs: GetDevice, ListDevices", ["GetDevice", "ListDevices"]),
        ("model: TermsType.Links; own wording", ["TermsType"]),
        ('docs: quotas, "Title"; docs: IAM CreateSAMLProvider', []),
        ('docs: GetDevice, "In: Quotes, Too"', ["GetDevice"]),
        ("observed: getmoto/moto", []),
    ],
)
def test_pages_of_the_api_reference_are_found(text: str, pages: list[str]) -> None:
    assert api_pages(f"# A rule [{text}].\n") == pages


PLANTED = '''"""A module [docs: quotas]."""

LIMIT = 5  # a user [assumed]

# [assumed]
OTHER = 6


def check(value):
    """Refuse a value.

    Zero is taken [docs: quotas]. A larger one is refused, in every Region and
    for every client [assumed; own wording]. The end.

    Raises:
        InvalidParameter: more than five [model: Limit].
    """
    return value  # the order is that of the service [observed: amplify-js#1, amplify-js#2]
'''


def test_the_table_has_what_is_assumed(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "limit.py").write_text(PLANTED, "utf-8")
    tags = tags_of(PLANTED, "domain/limit.py")
    assert counts(tags) == {"docs": 2, "model": 1, "observed": 1, "RFC": 0, "own wording": 1, "assumed": 3}
    assert assumed(tags) == [
        "domain/limit.py:3  LIMIT = 5: a user",
        "domain/limit.py:5  OTHER = 6",
        "domain/limit.py:13  check: A larger one is refused, in every Region and for every client",
    ]
    written = report(tmp_path).splitlines()
    assert [line.split() for line in written[:6]][-1] == ["3", "assumed"]
    assert written[7:] == assumed(tags)


@pytest.mark.processes
def test_the_command_prints_the_table_of_the_package() -> None:
    command = [sys.executable, "-m", "tests.contract.provenance"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == report(PACKAGE) + "\n"
    assert " assumed\n" in done.stdout


@pytest.mark.parametrize(
    ("comment", "count"),
    [
        ("The text is recorded.", 1),
        ("The text is recorded [observed: amplify-js#1].", 0),
        ('Five a second (developer guide, "Quotas").', 1),
        ("Five a second [docs: quotas].", 0),
        ("A limit; the words are ours.", 1),
        ("The name in the error is ours.", 1),
        ("A limit [own wording].", 0),
        ("How AWS orders them is not documented [assumed].", 0),
    ],
)
def test_a_claim_without_a_source_is_seen(comment: str, count: int) -> None:
    assert len(claims(f"# {comment}\n")) == count
