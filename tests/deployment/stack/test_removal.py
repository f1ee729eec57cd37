"""The deployment page's lines that remove the stack. pytest runs this module last in its folder."""

from tests.deployment.support.page_lines import PAGE, Pasted, inventory, lines_of, outputs

covers = PAGE.covers


@covers(("Removing the stack", "sh", 0), ("Removing the stack", "sh", 2))
def test_nothing_is_left_beside_the_stack(stack: Pasted) -> None:
    bucket = outputs(stack.account)["OutputBucketName"]
    assert bucket.startswith("scedc-outputbucket-")  # as the page says
    names = PAGE.blocks["Using the stack", "sh", 0]
    stack.account.paste(f"{names}\n{lines_of('Removing the stack')}", stack.folder)
    assert stack.account.commands()[-1] == "sam delete"
    left = inventory(stack.account)
    assert left.pop("buckets") == stack.before["buckets"] - {bucket}
    assert left == {kind: names for kind, names in stack.before.items() if kind != "buckets"}
