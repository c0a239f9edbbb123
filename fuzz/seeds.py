"""What is right, for a target's mutations to start from: seeds.py TARGET FOLDER."""

import io
import json
import pathlib
import sys
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def workbook(packing):
    """The smallest workbook: one sheet of two rows."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}relationships">'
        f'<Relationship Id="rId1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'
        '<row r="2"><c r="A2"><v>12.5</v></c></row></sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, text in parts.items():
            archive.writestr(name, head + text)
    return file.getvalue()


def frames():
    for line in (ROOT / "docs/protocol.md").read_text().splitlines():
        if line.startswith("{"):
            yield line.encode()


def sheets():
    yield b"\0code,name,units\nMILK,\xe7\x89\x9b\xe5\xa5\xb6,12\n\"a \"\"b\"\"\",'=1+1,0.5\n"
    yield b"\1" + workbook(zipfile.ZIP_STORED)
    yield b"\1" + workbook(zipfile.ZIP_DEFLATED)


def words():
    yield from (b"019ab3c0-0000-7000-8000-000000000001", b"1795002400000", b"-12.50", b"13800001234")
    yield from (b'{"lat":30.6,"lon":114.3}', b'"019ab3c0-0000-7000-8000-000000000001"', b"8928308280fffff")


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, value):
    """One field of a protocol buffer: a number, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def packed(numbers):
    return b"".join(varint(number) for number in numbers)


def differences(numbers):
    """Each less the one before it, the sign in the last bit."""
    steps = [now - before for before, now in zip([0, *numbers], numbers)]
    return packed([step << 1 if step >= 0 else -step * 2 - 1 for step in steps])


def blob(kind, content, is_packed):
    body = field(2, len(content)) + field(3, zlib.compress(content)) if is_packed else field(1, content)
    head = field(1, kind) + field(3, len(body))
    return len(head).to_bytes(4, "big") + head + body


def osm(is_packed):
    """Three nodes and a street along them, as OSM PBF."""
    words = [b"", b"highway", b"primary", b"oneway", b"yes", b"maxspeed", b"60"]
    ids, lats, lons = [1, 2, 3], [306000000, 306010000, 306020000], [1143000000, 1143010000, 1143000000]
    dense = field(1, differences(ids)) + field(8, differences(lats)) + field(9, differences(lons))
    way = field(1, 9) + field(2, packed([1, 3, 5])) + field(3, packed([2, 4, 6]))
    way += field(8, differences(ids))
    block = field(1, b"".join(field(1, word) for word in words))
    block += field(2, field(2, dense)) + field(2, field(3, way))
    head = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
    return blob(b"OSMHeader", head, is_packed) + blob(b"OSMData", block, is_packed)


def roads():
    line = {"type": "LineString", "coordinates": [[114.3, 30.6], [114.31, 30.6]]}
    feature = {"type": "Feature", "properties": {"class": "primary", "oneway": "yes"}, "geometry": line}
    yield json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    crossing = {**line, "coordinates": [[114.305, 30.59], [114.305, 30.6], [114.305, 30.61]]}
    lines = {"type": "MultiLineString", "coordinates": [crossing["coordinates"], line["coordinates"]]}
    features = [
        {**feature, "geometry": crossing, "properties": {"highway": "residential", "name": "一路"}},
        {**feature, "geometry": lines, "properties": {"highway": "tertiary", "maxspeed": "30"}},
    ]
    yield json.dumps({"type": "FeatureCollection", "features": [feature, *features]}).encode()
    yield osm(is_packed=False)
    yield osm(is_packed=True)


def tiles():
    places = [127, 5, 132, 2, 0, 0, 134, 5, 1, 1, 1]
    header = b"PMTiles\3" + b"".join(place.to_bytes(8, "little") for place in places)
    header += bytes([1, 1, 1, 2, 0, 0]) + bytes(16) + b"\0" + bytes(8)
    yield header + bytes([1, 0, 1, 5, 1]) + b"{}whole"


def days():
    yield b"\0".join(
        [
            b"order\tx\ty\tplacement_time\trestaurant\tready_time\no1\t300\t400\t5\tr1\t17\n",
            b"restaurant\tx\ty\nr1\t0\t0\n",
            b"courier\tx\ty\ton_time\toff_time\nc1\t10\t10\t0\t90\n",
            b"meters_per_minute\tpickup service minutes\tdropoff service minutes\t"
            b"target click-to-door\tmaximum click-to-door\tpay per order\tguaranteed pay per hour\n"
            b"300\t4\t4\t40\t90\t10\t15\n",
            b"",
        ]
    )


TARGETS = {make.__name__: make for make in (frames, sheets, words, roads, tiles, days)}
folder = pathlib.Path(sys.argv[2])
# The other targets know theirs themselves: given.rs.
for number, seed in enumerate(TARGETS.get(sys.argv[1], list)()):
    (folder / f"seed-{number}").write_bytes(seed)
