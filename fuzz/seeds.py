"""What is right, for a target's mutations to start from: seeds.py TARGET FOLDER."""

import io
import json
import pathlib
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def workbook():
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
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, head + text)
    return file.getvalue()


def bodies():
    examples = json.loads((ROOT / "gateway/src/http/examples.json").read_text())
    for which in range(96):
        for body in examples.values():
            yield bytes([which]) + json.dumps(body, ensure_ascii=False).encode()


def frames():
    for line in (ROOT / "docs/protocol.md").read_text().splitlines():
        if line.startswith("{"):
            yield line.encode()


def sheets():
    yield b"\0code,name,units\nMILK,\xe7\x89\x9b\xe5\xa5\xb6,12\n\"a \"\"b\"\"\",'=1+1,0.5\n"
    yield b"\1" + workbook()


def words():
    yield from (b"019ab3c0-0000-7000-8000-000000000001", b"1795002400000", b"-12.50", b"13800001234")
    yield from (b'{"lat":30.6,"lon":114.3}', b'"019ab3c0-0000-7000-8000-000000000001"', b"8928308280fffff")


def roads():
    line = {"type": "LineString", "coordinates": [[114.3, 30.6], [114.31, 30.6]]}
    feature = {"type": "Feature", "properties": {"class": "primary", "oneway": "yes"}, "geometry": line}
    yield json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    # One blob of OSM PBF with nothing in it: its head's length, its head, itself.
    yield b"\0\0\0\x0d\x0a\x09OSMHeader\x18\0" + b"\0\0\0\x0b\x0a\x07OSMData\x18\x02\x0a\0"


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


TARGETS = {make.__name__: make for make in (bodies, frames, sheets, words, roads, tiles, days)}
folder = pathlib.Path(sys.argv[2])
for number, seed in enumerate(TARGETS[sys.argv[1]]()):
    (folder / f"seed-{number}").write_bytes(seed)
