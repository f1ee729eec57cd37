"""Both functions as Lambda runs them: cold start, first invocation, warm invocation."""
