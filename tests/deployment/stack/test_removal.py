"""The pages' lines that remove the stack. pytest runs this module last in its folder."""

from tests.deployment.support.page_lines import DEPLOYMENT, EVENTS, Pasted, inventory, outputs

ROLES = ("Removing the roles", "sh", 0)
IMAGES, BUCKET = (("Removing the stack", "sh", number) for number in (0, 1))


@EVENTS.covers(ROLES)
@DEPLOYMENT.covers(BUCKET)
def test_nothing_is_left_beside_the_stack(stack: Pasted) -> None:
    bucket = outputs(stack.account)["OutputBucketName"]
    assert bucket.startswith("scedc-outputbucket-")  # as the page says
    names, roles = DEPLOYMENT.blocks["Using the stack", "sh", 0], EVENTS.blocks[ROLES]
    lines = [names, roles, *(DEPLOYMENT.blocks[key] for key in (IMAGES, BUCKET))]
    stack.account.paste("".join(lines), stack.folder)
    assert stack.account.commands()[-1] == "sam delete"
    left = inventory(stack.account)
    assert left.pop("buckets") == stack.before["buckets"] - {bucket}
    assert left == {kind: names for kind, names in stack.before.items() if kind != "buckets"}
