"""Lambda events in, replies out: the handler around a function's `process`."""

from shared.invocation.handler import lambda_handler
from shared.reply import Reply

__all__ = ["Reply", "lambda_handler"]
