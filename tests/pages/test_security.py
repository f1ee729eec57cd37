"""SECURITY.md: its statements about the stack, and how to report a vulnerability."""

import re

from shared.invocation.large_replies import LINK_SECONDS
from tests.deployment.support.deployed_stack import template
from tests.support.commands import PROJECT
from tests.support.pages import page

PAGE = page("SECURITY.md")
TEXT = " ".join(PAGE.text.split())


def test_reports_are_private() -> None:
    assert "Security > Advisories > Report a vulnerability" in TEXT
    assert not re.search(r"\S@\S", TEXT)  # no address that nobody reads


def test_supported_python_versions() -> None:
    versions = template()["Parameters"]["PythonVersion"]["AllowedValues"]
    assert set(re.findall(r"3\.\d+", PAGE.sections["Supported versions"])) <= set(versions)


def test_links_expire() -> None:
    assert f"expire after {LINK_SECONDS // 60} minutes" in TEXT


def test_roles_cannot_read_or_list_results_or_delete() -> None:
    assert "They cannot read or list the results of response removal, nor delete anything." in TEXT
    roles = [item for item in template()["Resources"].values() if item["Type"] == "AWS::IAM::Role"]
    statements = [
        statement
        for role in roles
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert len(roles) == 2
    for statement in statements:
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        others = [one for one in actions if not one.startswith("sqs:")]
        assert not any("Delete" in one or "*" in one for one in others)
        if any("List" in one for one in others):
            assert others == ["s3:ListBucket"]
            prefixes = statement["Condition"]["StringLike"]["s3:prefix"]
            assert prefixes == ["windows/*", "fdsnws/*"]
        if "s3:GetObject" in actions:
            folders = [one["Fn::Sub"][0].partition("}/")[2] for one in statement["Resource"]]
            assert [*map(str, folders)] == ["windows/*", "fdsnws/*"]


def test_open_only_by_choice() -> None:
    assert "accept only requests signed by callers that you allow" in TEXT
    assert template()["Parameters"]["WindowsAuthorization"]["Default"] == "AWS_IAM"


def test_audit_is_part_of_ci() -> None:
    assert "`make audit`, which is part of the project's CI" in TEXT
    assert "make audit" in (PROJECT / ".ci" / "run").read_text()
