"""The listing of a bucket in memory."""

import html
from collections.abc import Mapping
from urllib.parse import parse_qs, quote


def listing(sizes: Mapping[str, int], query: str) -> bytes:
    """Return the answer of ListObjectsV2, all on one page.

    Args:
        sizes: the size of each object in bytes, by key.
        query: the query of the request's URL.
    """
    fields = parse_qs(query)
    prefix, delimiter = (fields.get(name, [""])[0] for name in ("prefix", "delimiter"))
    parts: dict[str, None] = {}
    for key in sorted(key for key in sizes if key.startswith(prefix)):
        head, found, _ = key[len(prefix) :].partition(delimiter or "\0")
        if found:
            folder = html.escape(quote(f"{prefix}{head}{delimiter}"))
            parts[f"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"] = None
        else:
            parts[
                f"<Contents><Key>{html.escape(quote(key))}</Key><Size>{sizes[key]}</Size>"
                "<LastModified>2024-01-01T00:00:00Z</LastModified>"
                f"<ETag>&quot;{sizes[key]}&quot;</ETag></Contents>"
            ] = None
    head = "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult>{head}{''.join(parts)}</ListBucketResult>".encode()
