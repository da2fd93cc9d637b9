"""Reads OFD (GB/T 33190), the format of Chinese official documents."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path

from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.package import Package
from intake_bot.files.documents.xml_events import Reader
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_MAXIMUM_UNITS = 20_000
"""Maximum number of times that composite units are drawn. Units that draw each other may grow without end."""
_MAXIMUM_DEPTH = 8
_MARKS = frozenset({"Watermark", "Popup"})
"""Types of annotations that are no content of the page."""


def read_ofd(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the lines and pictures of all pages with their templates, composite units and annotations.

    A template counts once, however many pages it stands on: it is the head of the paper. Watermarks and what is marked
    as invisible do not count. Raises Unreadable: UNSUPPORTED when no page has text.
    """
    with Package(path, limits.document_bytes) as package:
        roots = _Locations("DocRoot")
        package.read("OFD.xml", roots)
        canvas = _Canvas(Layout(limits.text_length))
        for root, _ in roots.found:
            _read_document(package, _resolve("OFD.xml", root), canvas)
    facts = canvas.facts()
    if not facts.words:
        raise Unreadable(Trouble.UNSUPPORTED)
    return facts


def _read_document(package: Package, root: str, canvas: _Canvas) -> None:
    document = _Locations("Page", "TemplatePage", "PublicRes", "DocumentRes", "Annotations")
    package.read(root, document)
    for location, _ in document.of("PublicRes", "DocumentRes"):
        _read_units(package, _resolve(root, location), canvas)
    annotations = _find_annotations(package, root, document)
    templates = {element["ID"]: location for location, element in document.of("TemplatePage") if "ID" in element}
    for location, element in document.of("Page"):
        part = _resolve(root, location)
        page = _Page()
        package.read(part, page)
        for resource, _ in page.resources.found:
            _read_units(package, _resolve(part, resource), canvas)
        seen = [templates.pop(template) for template in page.templates if template in templates]
        canvas.draw(_read_objects(package, [_resolve(root, template) for template in seen]))
        canvas.draw(page.objects)
        canvas.draw(_read_objects(package, annotations.get(element.get("ID", ""), ())))


def _find_annotations(package: Package, root: str, document: _Locations) -> dict[str, list[str]]:
    """Returns the parts with annotations of each page, by its ID."""
    found: dict[str, list[str]] = {}
    for location, _ in document.of("Annotations"):
        part = _resolve(root, location)
        if package.has(part):
            listed = _AnnotationList()
            package.read(part, listed)
            for page, file in listed.files:
                found.setdefault(page, []).append(_resolve(part, file))
    return found


def _read_units(package: Package, part: str, canvas: _Canvas) -> None:
    if package.has(part):
        units = _Units()
        package.read(part, units)
        canvas.units.update(units.found)


def _read_objects(package: Package, parts: Iterable[str]) -> list[_Object]:
    """Reads templates or annotations. Viewers show the page also where one is missing."""
    reader = _Objects()
    for part in parts:
        if package.has(part):
            package.read(part, reader)
    return reader.objects


def _resolve(base: str, location: str) -> str:
    """Returns the part at a location (7.3): from the root with a slash, else from the folder of the part `base`."""
    location = location.replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), location)).lstrip("/")


# ---- structure -------------------------------------------------------------------------------------------------------


class _Locations(Reader):
    """Collects the locations that elements of some names give, in their text or in BaseLoc (7.4 to 7.6)."""

    def __init__(self, *names: str) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []
        """Each location with the attributes of its element."""
        self._names_found: list[str] = []
        self._names = names
        self._pieces: list[str] | None = None
        self._attributes: dict[str, str] = {}

    def of(self, *names: str) -> list[tuple[str, dict[str, str]]]:
        """Returns the locations in elements of these names."""
        return [one for one, name in zip(self.found, self._names_found, strict=True) if name in names]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._names:
            self._pieces, self._attributes = [attributes.get("BaseLoc", "")], attributes

    def data(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if self._pieces is not None and name in self._names:
            if location := "".join(self._pieces).strip():
                self.found.append((location, self._attributes))
                self._names_found.append(name)
            self._pieces = None


class _AnnotationList(_Locations):
    """Collects the parts with annotations, each with the ID of its page (15.1)."""

    def __init__(self) -> None:
        super().__init__("FileLoc")
        self._page = ""

    @property
    def files(self) -> list[tuple[str, str]]:
        return [(attributes["PageID"], location) for location, attributes in self.found]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Page":
            self._page = attributes.get("PageID", "")
        super().start(name, {"PageID": self._page})


# ---- drawings --------------------------------------------------------------------------------------------------------

_Object = tuple[str, str]
"""What a page draws: ("text", its line), ("picture", ""), or ("unit", the ID of a composite unit)."""


class _Objects(Reader):
    """Collects the visible objects of pages, templates, annotations and composite units (9 to 13), in order."""

    def __init__(self) -> None:
        self.objects: list[_Object] = []
        self._hidden_depth = 0
        self._in_text = False
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        is_mark = name == "Annot" and attributes.get("Type", "") in _MARKS
        if self._hidden_depth or is_mark or attributes.get("Visible", "").lower() == "false":
            self._hidden_depth += 1
            return
        match name:
            case "TextObject":
                self._pieces = []
            case "TextCode":
                self._in_text = True
            case "ImageObject":
                self.objects.append(("picture", ""))
            case "CompositeObject":
                self.objects.append(("unit", attributes.get("ResourceID", "")))

    def data(self, text: str) -> None:
        if self._in_text and not self._hidden_depth:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if self._hidden_depth:
            self._hidden_depth -= 1
        elif name == "TextObject":
            self.objects.append(("text", "".join(self._pieces)))
        elif name == "TextCode":
            self._in_text = False


class _Page(_Objects):
    """Collects the objects of a page, its resources, and the IDs of its templates (7.7)."""

    def __init__(self) -> None:
        super().__init__()
        self.resources = _Locations("PageRes")
        self.templates: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Template":
            self.templates.append(attributes.get("TemplateID", ""))
        self.resources.start(name, attributes)
        super().start(name, attributes)

    def data(self, text: str) -> None:
        self.resources.data(text)
        super().data(text)

    def end(self, name: str) -> None:
        self.resources.end(name)
        super().end(name)


class _Units(_Objects):
    """Collects the objects of composite units, by the ID of the unit (13)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[_Object]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("CompositeGraphicUnit", "CompositeGraphUnit"):
            self.objects = self.found.setdefault(attributes.get("ID", ""), [])
        super().start(name, attributes)


class _Canvas:
    """Lays out the text and counts the pictures of what is drawn."""

    def __init__(self, layout: Layout) -> None:
        self.units: dict[str, list[_Object]] = {}
        self._layout = layout
        self._pictures = 0
        self._units_left = _MAXIMUM_UNITS

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures)

    def draw(self, objects: Iterable[_Object], depth: int = _MAXIMUM_DEPTH) -> None:
        """Draws objects, and the units among them. Raises Unreadable when these are too many or too deep."""
        for kind, value in objects:
            match kind:
                case "text":
                    self._layout.add_paragraph(value)
                case "picture":
                    self._pictures += 1
                case "unit" if value in self.units:
                    self._units_left -= 1
                    if not depth or self._units_left < 0:
                        raise Unreadable(Trouble.UNSUPPORTED)
                    self.draw(self.units[value], depth - 1)
