"""Recognises what a file of markup is by its first element: a web page, or a document of an office program."""

from __future__ import annotations

import re

from intake_bot.files.facts import Kind

_PROLOG = r"(?:\s|<\?[^<>]*>|<!--(?:[^-]|-(?!->))*-->|<!doctype[^<>\[]*(?:\[[^\]]*\]\s*)?>)*+"
_ROOT = re.compile(rf"{_PROLOG}<(?:[\w.-]+:)?([\w.-]+)([^<>]*)", re.I)
_PAGE_ELEMENTS = frozenset(
    {
        *("html", "head", "body", "meta", "title", "style", "link", "base", "script"),
        *("table", "div", "p", "span", "center", "font", "h1", "h2", "h3", "br", "form"),
    }
)
_PAGE = re.compile(r"<(?:!--|!doctype|\?xml|html|head|body|meta|title|table|div|script|svg)\b|<!--", re.I)
_PROGRAM = re.compile(r"<\?mso-application[^<>]*progid=[\"'](\w+)\.", re.I)
_PROGRAMS = {"word": Kind.WORDML, "excel": Kind.SPREADSHEETML}


def find_markup_kind(text: str) -> Kind | None:
    """Returns the kind of a text that begins with a tag; None for other texts.

    Kind.PACKAGE stands for flat OPC, whose main part shows which program it belongs to.
    """
    if not text.startswith("<"):
        return None
    if found := _ROOT.match(text):
        kind = _find_kind_of_root(found[1], found[2])
        if kind is not None:
            return kind
    if (program := _PROGRAM.search(text[:5000])) and (kind := _PROGRAMS.get(program[1].lower())):
        return kind
    if not _PAGE.match(text):
        return None
    is_page = found is None or found[1].lower() in _PAGE_ELEMENTS or not text.startswith("<?xml")
    return Kind.HTML if is_page else Kind.XML


def _find_kind_of_root(name: str, attributes: str) -> Kind | None:
    match name:
        case "svg":
            return Kind.SVG
        case "wordDocument":
            return Kind.WORDML
        case "Workbook" if "schemas-microsoft-com:office:spreadsheet" in attributes:
            return Kind.SPREADSHEETML
        case "package" if "office/2006/xmlPackage" in attributes:
            return Kind.PACKAGE
        case "document" if "opendocument:xmlns:office" in attributes:
            return Kind.ODF
        case "UOF":
            return Kind.XML
    return None
