"""Results of sender authentication that the mailbox's own server recorded (Authentication-Results, RFC 8601). Pure.

Only the topmost header of the configured authserv-id counts: a server adds its own above the headers that arrived with
the mail, and anybody can write such a header into a mail (section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="()]+|[;=]', re.DOTALL)
_MAXIMUM_LENGTH = 10_000
"""Characters read of one header."""


def read_authentication_results(headers: Iterable[str], authserv_id: str) -> Mapping[str, str]:
    """Results by method, both in lower case: {"spf": "pass", "dkim": "none"}.

    Empty if this server added no header, or checked nothing. If a method has several results (two DKIM signatures),
    "pass" wins. Never raises.
    """
    for header in headers:
        tokens = _tokens(header)
        if tokens and tokens[0].strip('"').lower() == authserv_id.lower():
            return _results(tokens[1:])
    return {}


def is_doubtful(results: Mapping[str, str]) -> bool:
    """Whether the sender's domain denies the mail: DMARC fails, or SPF fails and no DKIM signature is valid.

    Missing results raise no doubt: many school servers sign nothing. Forwarding breaks SPF but not the signature.
    """
    unsigned = results.get("dkim", "none") in ("none", "fail", "neutral", "policy")
    if results.get("dmarc") in ("pass", "fail"):
        return results["dmarc"] == "fail"
    return results.get("spf") == "fail" and unsigned


def _tokens(header: str) -> list[str]:
    return _TOKEN.findall(_without_comments(header[:_MAXIMUM_LENGTH]))


def _without_comments(text: str) -> str:
    """The text without comments, which may be nested and may contain what looks like a result (RFC 5322, 3.2.2)."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            kept.append(" ")
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _results(tokens: list[str]) -> dict[str, str]:
    """Reads each `method=result` that directly follows a semicolon; the rest are properties (smtp.mailfrom=…)."""
    results: dict[str, str] = {}
    for separator, method, equals, result in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if separator == ";" and equals == "=":
            name, found = method.partition("/")[0].lower(), result.strip('"').lower()
            if results.get(name) != "pass":
                results[name] = found
    return results
