"""Pictures and films in ISO boxes, made from bytes: HEIF (ISO/IEC 23008-12), MP4 and QuickTime (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

PICTURE = b"\x26\x01\xaf\x50picture!" * 4
"""Stands for what a decoder would decode."""


def box(kind: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">L", len(body) + 8) + kind.encode("latin-1") + body


def large_box(kind: str, *content: bytes) -> bytes:
    """A box whose size is written in 64 bits."""
    body = b"".join(content)
    return struct.pack(">L4sQ", 1, kind.encode(), len(body) + 16) + body


def full_box(kind: str, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">L", version << 24 | flags), *content)


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    return box("ftyp", brand, bytes(4), *compatible)


# ---- pictures --------------------------------------------------------------------------------------------------------


def ispe(width: int, height: int) -> bytes:
    return full_box("ispe", struct.pack(">LL", width, height))


def irot(turns: int) -> bytes:
    return box("irot", bytes([turns]))


def imir(axis: int = 0) -> bytes:
    return box("imir", bytes([axis]))


def clap(width: int, height: int, *, divisor: int = 1) -> bytes:
    return box("clap", struct.pack(">LLLLlLlL", width * divisor, divisor, height * divisor, divisor, 0, 1, 0, 1))


def grid(width: int, height: int, rows: int = 1, columns: int = 1, *, wide: bool = False) -> bytes:
    """The data of a grid (6.6.2.3.2)."""
    head = bytes([0, int(wide), rows - 1, columns - 1])
    return head + struct.pack(">LL" if wide else ">HH", width, height)


def overlay(width: int, height: int) -> bytes:
    """The data of an overlay of one picture (6.6.2.2.2)."""
    return bytes([0, 0]) + bytes(8) + struct.pack(">HHhh", width, height, 0, 0)


@dataclass(frozen=True)
class Item:
    """One item of a picture file. `properties` are whole boxes; items that state equal ones share them."""

    number: int
    kind: bytes = b"hvc1"
    properties: tuple[bytes, ...] = ()
    data: bytes = PICTURE
    made_of: tuple[int, ...] = ()
    thumbnail_of: int | None = None
    hidden: bool = False
    in_idat: bool = False


@dataclass(frozen=True)
class Layout:
    """How a picture file is written."""

    brand: bytes = b"heic"
    wide: bool = False
    """Item numbers of 32 bits and property numbers of 15, in the later versions of every table."""
    fillers: int = 0
    """Properties that nobody needs before the first one that is needed."""
    primary: bool = True
    """Whether the file says which item is shown."""
    data_first: bool = False
    """`mdat` before `meta`."""
    large_data: bool = False
    """`mdat` with a size of 64 bits."""
    endless_data: bool = False
    """`mdat` with size 0: it goes on to the end of the file."""
    extra: tuple[bytes, ...] = ()
    """Boxes behind `ftyp`."""
    behind: bytes = b""
    """Bytes at the end of the file."""


def heif(shown: int, *items: Item, layout: Layout | None = None) -> bytes:
    """A picture file whose item `shown` is the primary one."""
    how = layout or Layout()
    head = ftyp(how.brand, b"mif1", how.brand) + b"".join(how.extra)
    data = b"".join(item.data for item in items if not item.in_idat)
    mdat = large_box("mdat", data) if how.large_data else box("mdat", data)
    if how.endless_data:
        mdat = bytes(4) + mdat[4:]
    header = len(mdat) - len(data)
    if how.data_first:
        return head + mdat + _meta(shown, items, how, len(head) + header) + how.behind
    length = len(_meta(shown, items, how, 0))
    return head + _meta(shown, items, how, len(head) + length + header) + mdat + how.behind


def _meta(shown: int, items: Sequence[Item], how: Layout, start: int) -> bytes:
    number = ">L" if how.wide else ">H"
    boxes = [full_box("hdlr", bytes(4) + b"pict" + bytes(13))]
    if how.primary:
        boxes.append(full_box("pitm", struct.pack(number, shown), version=int(how.wide)))
    idat = b"".join(item.data for item in items if item.in_idat)
    if idat:
        boxes.append(box("idat", idat))
    boxes.append(_iloc(items, how, start))
    infos = [
        full_box(
            "infe", struct.pack(number + "H", item.number, 0), item.kind, b"\0",
            version=3 if how.wide else 2, flags=int(item.hidden),
        )
        for item in items
    ]  # fmt: skip
    boxes.append(full_box("iinf", struct.pack(number, len(items)), *infos, version=int(how.wide)))
    boxes.append(_iprp(items, how))
    links = [("dimg", item.number, item.made_of) for item in items if item.made_of]
    links += [("thmb", item.number, (item.thumbnail_of,)) for item in items if item.thumbnail_of is not None]
    if links:
        references = [
            box(kind, struct.pack(number + "H", source, len(to)), *(struct.pack(number, one) for one in to))
            for kind, source, to in links
        ]
        boxes.append(full_box("iref", *references, version=int(how.wide)))
    return full_box("meta", *boxes)


def _iloc(items: Sequence[Item], how: Layout, start: int) -> bytes:
    number, places = (">L" if how.wide else ">H"), []
    in_file, in_idat = start, 0
    for item in items:
        place = in_idat if item.in_idat else in_file
        entry = struct.pack(number + "HH", item.number, int(item.in_idat), 0)
        places.append(entry + struct.pack(">HLL", 1, place, len(item.data)))
        in_idat += len(item.data) * item.in_idat
        in_file += len(item.data) * (not item.in_idat)
    return full_box(
        "iloc", b"\x44\0", struct.pack(number, len(items)), *places, version=2 if how.wide else 1
    )  # fmt: skip


def _iprp(items: Sequence[Item], how: Layout) -> bytes:
    fillers = [box("free", bytes([n & 255])) for n in range(how.fillers)]
    properties = [*fillers, *dict.fromkeys(one for item in items for one in item.properties)]
    entries = []
    for item in items:
        numbers = [properties.index(one, how.fillers) + 1 for one in item.properties]
        essential = 0x8000 if how.wide else 0x80
        packed = (struct.pack(">H" if how.wide else ">B", one | essential) for one in numbers)
        entries.append(struct.pack(">L" if how.wide else ">H", item.number) + bytes([len(numbers)]) + b"".join(packed))
    ipma = full_box(
        "ipma", struct.pack(">L", len(items)), *entries, version=int(how.wide), flags=int(how.wide)
    )  # fmt: skip
    return box("iprp", box("ipco", *properties), ipma)


# ---- films -----------------------------------------------------------------------------------------------------------

FRAME = b"\0\0\0\x3c\x65\x88" + bytes(range(1, 59))
"""64 bytes that begin as a frame of H.264 begins: the length of what follows."""
_VISUAL = (b"vide", b"pict", b"auxv")
_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


@dataclass(frozen=True)
class Track:
    """One track of a film; its frames are equally long."""

    seconds: float
    width: int = 0
    height: int = 0
    frames: Sequence[bytes] = (FRAME,) * 10
    handler: bytes = b"vide"
    kind: bytes = b"avc1"
    entry: bytes = b""
    """The whole sample entry, where it is more than its kind and its sides."""
    enabled: bool = True
    turned: int = 0
    from_second: float = 0
    """Where an edit list begins, and it goes on for `seconds`; the samples last longer by so much."""


@dataclass(frozen=True)
class Film:
    """How a film is written."""

    tracks: tuple[Track, ...]
    brand: bytes = b"isom"
    tables_first: bool = True
    chunk: int = 4
    """Frames of one track that lie side by side."""
    large_offsets: bool = False
    elsewhere: bool = False
    """The frames lie in another file."""
    placed: list[int] = field(default_factory=list, compare=False)
    """Where each frame of the first track lies, once the film is written."""

    def __bytes__(self) -> bytes:
        head = ftyp(self.brand, self.brand)
        data, places = _interleaved(self.tracks, self.chunk)
        start = len(head) + 8 + (len(self._moov(places, 0)) if self.tables_first else 0)
        moov, mdat = self._moov(places, start), box("mdat", data)
        self.placed[:] = [start + place for place in _frame_places(self.tracks[0], places[0], self.chunk)]
        return head + (moov + mdat if self.tables_first else mdat + moov)

    def _moov(self, places: Sequence[Sequence[int]], start: int) -> bytes:
        length = max((track.seconds for track in self.tracks), default=0)
        tracks = [
            _trak(number, track, [start + place for place in places[number - 1]], self)
            for number, track in enumerate(self.tracks, 1)
        ]
        return box("moov", mvhd(length), *tracks)


def mvhd(seconds: float) -> bytes:
    times = struct.pack(">LLLL", 0, 0, 1000, round(seconds * 1000))
    return full_box("mvhd", times, struct.pack(">LHHLL", 0x10000, 0x100, 0, 0, 0), _matrix(0), bytes(24), b"\0\0\0\x09")


def _matrix(degrees: int) -> bytes:
    a, b, c, d = (round(part * 0x10000) for part in _TURNS[degrees])
    return struct.pack(">9l", a, b, 0, c, d, 0, 0, 0, 0x40000000)


def _interleaved(tracks: Sequence[Track], chunk: int) -> tuple[bytes, list[list[int]]]:
    """The frames of all tracks, a chunk of each in turn, and for each track where its chunks begin."""
    data = bytearray()
    places: list[list[int]] = [[] for _ in tracks]
    for first in range(0, max(len(track.frames) for track in tracks), chunk):
        for track, begin in zip(tracks, places, strict=True):
            if frames := track.frames[first : first + chunk]:
                begin.append(len(data))
                data += b"".join(frames)
    return bytes(data), places


def _frame_places(track: Track, chunks: Sequence[int], chunk: int) -> list[int]:
    return [
        start + sum(len(frame) for frame in track.frames[number * chunk : number * chunk + inside])
        for number, start in enumerate(chunks)
        for inside in range(len(track.frames[number * chunk : (number + 1) * chunk]))
    ]


def visual_entry(kind: bytes, width: int, height: int, *boxes: bytes) -> bytes:
    head = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", width, height)
    return box(
        kind.decode(), head, struct.pack(">LLLH", 0x480000, 0x480000, 0, 1), bytes(32), b"\0\x18\xff\xff", *boxes
    )


def encrypted_entry(width: int, height: int) -> bytes:
    """The sample entry of a film under a key (ISO/IEC 23001-7)."""
    scheme = full_box("schm", b"cenc", struct.pack(">L", 0x10000))
    key = box("schi", full_box("tenc", b"\0\0\1\x08", bytes(16)))
    return visual_entry(b"encv", width, height, box("sinf", box("frma", b"avc1"), scheme, key))


def _entry(track: Track) -> bytes:
    if track.entry:
        return track.entry
    if track.handler in _VISUAL:
        return visual_entry(track.kind, track.width, track.height)
    if track.handler == b"soun":
        sound = bytes(6) + b"\0\1" + bytes(8) + struct.pack(">HHLL", 2, 16, 0, 44100 << 16)
        return box(track.kind.decode(), sound)
    return box(track.kind.decode(), bytes(6) + b"\0\1" + bytes(30))


def _trak(number: int, track: Track, chunks: Sequence[int], film: Film) -> bytes:
    ticks = round(track.seconds * 1000)
    whole = ticks + round(track.from_second * 1000)
    flags = 7 if track.enabled else 2
    header = struct.pack(">LLLLL", 0, 0, number, 0, ticks) + bytes(16) + _matrix(track.turned)
    header += struct.pack(">LL", track.width << 16, track.height << 16)
    edit = struct.pack(">LLlL", 1, ticks, round(track.from_second * 1000), 0x10000)
    edits = box("edts", full_box("elst", edit)) if track.from_second else b""
    count = len(track.frames)
    lengths = [len(frame) for frame in track.frames]
    runs = [(1, film.chunk)] if count >= film.chunk else []
    if count % film.chunk:
        runs.append((len(chunks), count % film.chunk))
    stbl = box(
        "stbl",
        full_box("stsd", struct.pack(">L", 1), _entry(track)),
        full_box("stts", struct.pack(">LLL", 1, count, whole // max(count, 1))),
        full_box("stsc", struct.pack(">L", len(runs)), *(struct.pack(">LLL", *run, 1) for run in runs)),
        full_box("stsz", struct.pack(">LL", 0, count), struct.pack(f">{count}L", *lengths)),
        full_box("co64", struct.pack(f">L{len(chunks)}Q", len(chunks), *chunks))
        if film.large_offsets
        else full_box("stco", struct.pack(f">L{len(chunks)}L", len(chunks), *chunks)),
    )
    here = full_box("url ", b"film.mov\0") if film.elsewhere else full_box("url ", flags=1)
    information = box(
        "minf",
        _media_header(track.handler),
        box("dinf", full_box("dref", struct.pack(">L", 1), here)),
        stbl,
    )
    media = box(
        "mdia",
        full_box("mdhd", struct.pack(">LLLLHH", 0, 0, 1000, whole, 0x55C4, 0)),
        full_box("hdlr", bytes(4), track.handler, bytes(12), b"\0"),
        information,
    )
    return box("trak", full_box("tkhd", header, flags=flags), edits, media)


def _media_header(handler: bytes) -> bytes:
    if handler == b"soun":
        return full_box("smhd", bytes(4))
    return full_box("vmhd", bytes(8), flags=1) if handler in _VISUAL else full_box("nmhd")


def initial_segment(track: Track, brand: bytes = b"iso5") -> bytes:
    """What a player of a fragmented film begins with: tables without frames."""
    film = Film((Track(0, track.width, track.height, (), track.handler, track.kind, track.entry),), brand)
    moov = film._moov([[]], 0)
    extends = box("mvex", full_box("trex", struct.pack(">LLLLL", 1, 1, 0, 0, 0)))
    return ftyp(brand, brand, b"dash") + box("moov", moov[8:], extends)


def fragment(number: int, track: Track) -> bytes:
    """One `moof` with its `mdat`; all frames of the track are in it."""
    duration = round(track.seconds * 1000 / len(track.frames))

    def moof(place: int) -> bytes:
        rows = b"".join(struct.pack(">LL", duration, len(frame)) for frame in track.frames)
        run = full_box("trun", struct.pack(">Ll", len(track.frames), place), rows, flags=0x301)
        header = full_box("tfhd", struct.pack(">L", 1), flags=0x020000)
        start = full_box("tfdt", struct.pack(">Q", round((number - 1) * track.seconds * 1000)), version=1)
        return box("moof", full_box("mfhd", struct.pack(">L", number)), box("traf", header, start, run))

    return moof(len(moof(0)) + 8) + box("mdat", *track.frames)


def media_segment(track: Track) -> bytes:
    """One piece of a film as a website hands it out."""
    return box("styp", b"msdh", bytes(4), b"msdhmsix") + fragment(1, track)
