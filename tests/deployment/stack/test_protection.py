"""The operating page's lines that have ECR scan the stack's images."""

from tests.deployment.support.deployed_stack import STACK
from tests.deployment.support.page_lines import OPERATING, Pasted

covers = OPERATING.covers


@covers(("Protection", "sh", 0))
def test_registry_scans_on_push(stack: Pasted) -> None:
    found = stack.account.client("ecr").get_registry_scanning_configuration()
    assert found["scanningConfiguration"] == {
        "scanType": "BASIC",
        "rules": [
            {
                "scanFrequency": "SCAN_ON_PUSH",
                "repositoryFilters": [{"filter": f"{STACK}*", "filterType": "WILDCARD"}],
            }
        ],
    }


def test_repositories_that_sam_creates_match_the_filter() -> None:
    """SAM names them by the stack, in lower case and without other characters."""
    assert STACK.isalpha()
    assert STACK.islower()
    assert f"'{STACK}'" in OPERATING.blocks["Protection", "sh", 1]


@covers(("Protection", "sh", 1))
def test_findings_in_the_newest_image(stack: Pasted) -> None:
    ecr = stack.account.client("ecr")
    (image,) = ecr.describe_images(repositoryName=STACK)["imageDetails"]
    options = stack.account.not_sent("describe-image-scan-findings")
    assert options["--repository-name"] == STACK
    assert options["--image-id"] == f"imageDigest={image['imageDigest']}"
    assert options["--query"] == "imageScanFindings.findingSeverityCounts"
