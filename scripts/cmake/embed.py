"""Write a C++ file that holds other files: embed.py OUT.cpp NAME ROOT FILE..."""

import pathlib
import sys


def literal(data: bytes) -> str:
    """C++ string literals of `data`, one source line each."""
    lines = []
    for line in data.splitlines(keepends=True) or [b""]:
        body = "".join(
            chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in line
        )
        lines.append(f'     "{body}"')
    return "\n".join(lines)


def main() -> None:
    out, name, root, *files = sys.argv[1:]
    entries = []
    for file in sorted(files):
        data = pathlib.Path(file).read_bytes()
        path = pathlib.Path(file).resolve().relative_to(pathlib.Path(root).resolve())
        entries.append(f'    {{"{path}",\n     std::string_view(\n{literal(data)},\n     {len(data)})}},')
    pathlib.Path(out).write_text(
        '#include "base/embedded.hpp"\n\n#include <array>\n\n'
        "namespace alinktf::embedded {\n\nstd::span<const File> " + name + "() {\n"
        f"  static constexpr std::array<File, {len(entries)}> kFiles{{{{\n"
        + "\n".join(entries)
        + "\n  }};\n  return kFiles;\n}\n\n}  // namespace alinktf::embedded\n",
        encoding="ascii",
    )


if __name__ == "__main__":
    main()
