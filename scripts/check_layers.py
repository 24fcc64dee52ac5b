#!/usr/bin/env python3
"""Fail if a file under lib/, cmd/ or tests/ includes a room or a package that it may not.

The two tables below are the whole dependency rule; lib/README.md shows the same tables to people.
Usage: scripts/check_layers.py [repository root]
Exit status: 0 if every include is allowed, 1 otherwise (one line per offence on stderr).
"""

import pathlib
import re
import sys

FORMATS = {  # sub-folder of formats: what it may include (besides itself)
    "formats/text_form": {"base", "table"},
    "formats/tfrecord": {"base"},
    "formats/gzip": {"base", "formats/tfrecord"},
    "formats/zip": {"base"},
    "formats/example": {"base", "table", "formats/text_form", "formats/tfrecord"},
    "formats/csv": {"base", "table", "formats/text_form"},
    "formats/jsonl": {"base", "table", "formats/text_form"},
    "formats/java_random": {"base", "table"},
    "formats/chunk": {"base"},
    "formats/columns": {"base", "table", "formats/chunk", "formats/example", "formats/text_form"},
    "formats/ak": {"base", "table", "formats/text_form", "formats/zip"},
}
ROOMS = {  # room: rooms it may include (besides itself), lowest room first
    "base": set(),
    "log": {"base"},
    "sys": {"base"},
    "process": {"base", "log", "sys"},
    "archive": {"base", "sys"},
    "fetch": {"base", "sys"},
    "table": {"base"},
    **FORMATS,
    "spec": {"base", "table"},
    "cluster": {"base", "sys"},
    "model": {"base", "sys", "table", "formats/text_form", "formats/zip"},
    "source": {"base", "sys", "table", "spec", "model", *FORMATS},
    "sink": {"base", "sys", "table", "spec", "model", *FORMATS},
    "worker": {"base", "log", "sys", "process", "archive", "fetch", "table", "cluster", "spec", "formats/chunk"},
}
ROOMS["tensorflow"] = {"base", "sys", "formats/example"}
ROOMS["predict"] = {"base", "sys", "process", "archive", "table", "spec", "model", "source", "formats/text_form", "tensorflow"}
ROOMS["job"] = set(ROOMS)
ROOMS["serve"] = {
    "base", "log", "sys", "process", "table", "spec", "model", "source", "sink", "formats/text_form", "tensorflow",
    "predict", "job",
}
ROOMS["convert"] = {
    "base", "log", "sys", "process", "table", "spec", "source", "sink", "tensorflow", "predict", "job", *FORMATS,
}
ROOMS["doctor"] = {"base", "sys", "process", "cluster", "worker"}
ROOMS["cmd"] = {"base", "log", "sys", "process", "table", "spec", "cluster", "tensorflow", "predict", "job", "serve", "convert", "doctor"}

PACKAGES = {  # beginning of an include: rooms whose .cpp files may use it (fmt may be used anywhere)
    "CLI/": {"cmd"},
    "archive.h": {"archive"},
    "archive_entry.h": {"archive"},
    "boost/": {"process"},
    "curl/": {"fetch"},
    "google/protobuf/": set(),
    "nlohmann/": {"spec", "worker", "job", "doctor", "model", "formats/ak"},
    "md5.h": {"fetch"},
    "sha2.h": {"job"},
    "spdlog/": {"log"},
    "sqlite3.h": {"source"},
    "zlib.h": set(FORMATS),
    "catch2/": set(),
}
GENERATED = {".pb.h": set()}  # end of an include: rooms whose .cpp files may use it
TEST_PACKAGES = {"google/protobuf/", "catch2/", "nlohmann/", "zlib.h"}  # tests may use these as well

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    """The room that `path`, relative to lib/, lies in ("formats/csv" for that sub-folder), or None."""
    parts = path.split("/")
    for room in ("/".join(parts[:2]), parts[0]):
        if room in ROOMS:
            return room
    return None


def package_offence(target, room, suffix):
    """The rooms that may use the package of `target`, if `room` or a header may not; else None."""
    users = [rooms for start, rooms in PACKAGES.items() if target.startswith(start)]
    users += [rooms for end, rooms in GENERATED.items() if target.endswith(end)]
    for rooms in users:
        if room not in rooms or suffix != ".cpp":
            return rooms
    return None


def includes(path):
    """Yield (line number, quote, target) for each include of the file `path`."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            yield (number, *found.groups())


def source_offences(root, path, room):
    """Yield one message per include of a file in `room` that it may not have."""
    name = path.relative_to(root)
    for number, quote, target in includes(path):
        other = room_of(target) if quote == '"' else None
        if quote == '"' and other is None and not target.endswith(".pb.h"):
            yield f'{name}:{number}: "{target}" is not in a room; write "room/file.hpp", or <> for a package'
        if other is not None and other != room and other not in ROOMS[room]:
            yield f"{name}:{number}: {room} may not include {target}"
        rooms = package_offence(target, room, path.suffix)
        if rooms is not None:
            where = ", ".join(sorted(rooms)) or "no room"
            yield f"{name}:{number}: {target} is for the .cpp files of {where}"


def test_offences(root, path):
    """Yield one message per package that a test includes and may not. A test may include any room."""
    parts = path.relative_to(root / "tests").parts
    room = room_of("/".join(parts[1:])) if parts[0] == "unit" else None
    for number, _, target in includes(path):
        if any(target.startswith(start) for start in TEST_PACKAGES) or target.endswith(".pb.h"):
            continue
        rooms = package_offence(target, room, ".cpp")
        if rooms is not None:
            yield f"{path.relative_to(root)}:{number}: {target} is for {', '.join(sorted(rooms))} and its tests"


def offences(root):
    """Yield one message per include under `root` that is not allowed."""
    for path in sorted((root / "lib").rglob("*.?pp")):
        room = room_of(str(path.relative_to(root / "lib")))
        if room is None:
            yield f"{path.relative_to(root)}: not in a room of scripts/check_layers.py; add its folder there"
        else:
            yield from source_offences(root, path, room)
    for path in sorted((root / "cmd").rglob("*.?pp")):
        yield from source_offences(root, path, "cmd")
    for path in sorted((root / "tests").rglob("*.?pp")):
        yield from test_offences(root, path)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(offences(root))
    for message in found:
        print(message, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
