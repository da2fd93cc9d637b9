"""What the mailbox's own server found out about a mail's sender (Authentication-Results, RFC 8601). Pure.

Only the topmost header of the configured authserv-id is believed: a server puts its own above all that came with the
mail, and anybody can write such a header into a mail (section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="()]+|[;=]', re.DOTALL)
_LONGEST = 10_000


def authentication_results(headers: Iterable[str], authserv_id: str) -> Mapping[str, str]:
    """Method → result, both in lower case ({"spf": "pass", "dkim": "none"}), from the topmost header of this server.

    Empty where it wrote none, or wrote that it checked nothing. Of a method with several results (two DKIM
    signatures) the best counts, which is the one that the mail may stand on. Never raises.
    """
    for header in headers:
        tokens = _tokens(header)
        if tokens and tokens[0].strip('"').lower() == authserv_id.lower():
            return _results(tokens[1:])
    return {}


def is_doubtful(results: Mapping[str, str]) -> bool:
    """True where the sender's domain disowns the mail: DMARC fails, or SPF fails and no signature speaks for it.

    Nothing known is no doubt: many school servers sign nothing, and a forwarded mail breaks SPF but not its signature.
    """
    unsigned = results.get("dkim", "none") in ("none", "fail", "neutral", "policy")
    if results.get("dmarc") in ("pass", "fail"):
        return results["dmarc"] == "fail"
    return results.get("spf") == "fail" and unsigned


def _tokens(header: str) -> list[str]:
    return _TOKEN.findall(_without_comments(header[:_LONGEST]))


def _without_comments(text: str) -> str:
    """Comments may be nested, and hold what looks like a result (RFC 5322, 3.2.2)."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            kept.append(" ")
            continue
        if not depth:
            kept.append(sign)
    return "".join(kept)


def _results(tokens: list[str]) -> dict[str, str]:
    """Only `method=result` right behind a semicolon is one; what follows it are properties (smtp.mailfrom=…)."""
    results: dict[str, str] = {}
    for sign, method, equals, result in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if sign == ";" and equals == "=":
            name, found = method.partition("/")[0].lower(), result.strip('"').lower()
            if results.get(name) != "pass":
                results[name] = found
    return results
