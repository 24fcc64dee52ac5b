"""Every column type there and back: TensorFlow parses our Examples, and what it finds is written as rows again."""

import csv
import json
import struct

import tf

# Name, type, dtype of the feature, and for two rows: text in the CSV file, values of the feature; text that comes back
# (None: the same).
COLUMNS = [
    ("b", "boolean", "int64", "true", [1], None, "false", [0], None),
    ("y", "byte", "int64", "-128", [-128], None, "127", [127], None),
    ("sh", "short", "int64", "-32768", [-32768], None, "7", [7], None),
    ("i", "int", "int64", "-2147483648", [-(2**31)], None, "0", [0], None),
    ("l", "long", "int64", "9223372036854775807", [2**63 - 1], None, "-5", [-5], None),
    ("f", "float", "float32", "1.5", [1.5], None, "-1.0E10", [-1e10], None),
    ("d", "double", "float32", "0.25", [0.25], None, "1.0E-4", [1e-4], "9.999999747378752E-5"),
    ("dec", "decimal(10,2)", "float32", "3.5", [3.5], None, "-2", [-2.0], "-2.0"),
    ("s", "string", "string", "héllo", ["hÃ©llo"], None, "x", ["x"], None),
    ("vb", "varbinary", "string", "AAH/", ["\x00\x01\xff"], None, "eA==", ["x"], None),
    ("da", "date", "string", "2021-01-31", ["2021-01-31"], None, "1970-01-01", ["1970-01-01"], None),
    ("ti", "time", "string", "23:59:59", ["23:59:59"], None, "00:00:00", ["00:00:00"], None),
    (
        "ts",
        "timestamp",
        "string",
        "2021-01-31 12:00:00.5",
        ["2021-01-31 12:00:00.5"],
        None,
        "1970-01-01 00:00:00.0",
        ["1970-01-01 00:00:00.0"],
        None,
    ),
    ("v", "vector", "float32", "1 2 3", [1, 2, 3], "1.0 2.0 3.0", "$3$1:5", [0, 5, 0], "0.0 5.0 0.0"),
    ("dv", "dense_vector", "float32", "1.5 -2", [1.5, -2], "1.5 -2.0", "0 1", [0, 1], "0.0 1.0"),
    ("sv", "sparse_vector", "float32", "$2$0:1", [1, 0], "$2$0:1.0", "$2$", [0, 0], None),
    ("t", "tensor", "int64", "INT#2#1 2 ", [1, 2], "LONG#2#1 2 ", "INT#2#3 4 ", [3, 4], "LONG#2#3 4 "),
    (
        "ft",
        "float_tensor",
        "float32",
        "FLOAT#2,2#1 2 3 4",
        [1, 2, 3, 4],
        "FLOAT#4#1.0 2.0 3.0 4.0 ",
        "FLOAT#2,2#5 6 7 8",
        [5, 6, 7, 8],
        "FLOAT#4#5.0 6.0 7.0 8.0 ",
    ),
    (
        "dt",
        "double_tensor",
        "float32",
        "DOUBLE#1,2#1 2",
        [1, 2],
        "DOUBLE#2#1.0 2.0 ",
        "DOUBLE#1,2#3 4",
        [3, 4],
        "DOUBLE#2#3.0 4.0 ",
    ),
    ("it", "int_tensor", "int64", "INT#1#-1 ", [-1], None, "INT#1#1 ", [1], None),
    ("lt", "long_tensor", "int64", "LONG#1#9223372036854775807 ", [2**63 - 1], None, "LONG#1#1 ", [1], None),
    ("bt", "bool_tensor", "int64", "BOOLEAN#2#true false ", [1, 0], None, "BOOLEAN#2#false true ", [0, 1], None),
    ("yt", "byte_tensor", "string", "BYTE#2,1#1 -128 ", ["\x01", "\x80"], None, "BYTE#2,1#65 1 ", ["A", "\x01"], None),
    ("ut", "ubyte_tensor", "int64", "UBYTE#2#1 127 ", [1, 127], None, "UBYTE#2#0 1 ", [0, 1], None),
    ("st", "string_tensor", "string", "STRING#2#2 3 #ab bcd ", ["ab", "bcd"], None, "STRING#2#1 1 #a b ", ["a", "b"], None),
]
SHAPES = {"v": [3], "dv": [2], "sv": [2], "t": [2], "ft": [2, 2], "dt": [1, 2], "it": [1], "lt": [1]}
SHAPES.update({"bt": [2], "yt": [2, 1], "ut": [2], "st": [2]})
TYPES = {"v": "double", "dv": "double", "sv": "double", "ft": "float", "dt": "double", "it": "int", "lt": "long"}
TYPES.update({"bt": "boolean", "yt": "byte", "ut": "ubyte", "st": "string"})
DEFAULTS = {"int64": -1, "float32": -1.0, "string": "none"}


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def single(value):
    """As a float holds it."""
    return struct.unpack("<f", struct.pack("<f", value))[0] if isinstance(value, float) else value


def reshaped(values: list, shape: "list[int]"):
    if not shape:
        return values[0]
    step = len(values) // shape[0]
    return [reshaped(values[at : at + step], shape[1:]) for at in range(0, len(values), step)]


class TypesTest(tf.TensorFlowTest):
    def run_types(self) -> dict:
        """A job over two rows and one of nulls; what the script has found."""
        lines = [",".join(quoted(column[index]) for column in COLUMNS) for index in (3, 6)]
        self.work.write_file("in.csv", "\n".join(lines + ["," * (len(COLUMNS) - 1)]) + "\n")
        schema = ", ".join(f"{column[0]} {column[1]}" for column in COLUMNS)
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": schema},
            mainScriptFile=tf.support.script("parse"),
            userParams={
                "out": self.work.file("found.json"),
                "dtypes": json.dumps({column[0]: column[2] for column in COLUMNS}),
            },
            outputSchemaStr=schema,
            pythonEnv=None,
        )
        ended = self.work.run("run", "job.json", "--python", tf.PYTHON, *tf.component("TensorFlow2BatchOp"), timeout=tf.LIMIT)
        self.assert_done(ended)
        return json.loads(self.work.read_file("found.json"))

    def test_every_type_there_and_back(self):
        found = self.run_types()
        self.assertEqual((found["types"], found["shapes"]), (TYPES, SHAPES))
        for name, _, dtype, _, first, _, _, second, _ in COLUMNS:
            rows = [[single(value) for value in values] for values in (first, second)]
            with self.subTest(column=name):
                self.assertEqual([row[name] for row in found["ragged"]], rows + [[]])
                shape = SHAPES.get(name, [])
                shape = shape[:-1] if name == "yt" else shape
                nothing = [DEFAULTS[dtype]] * len(first)
                self.assertEqual(
                    found["fixed"][name], [reshaped(values, shape) for values in rows + [nothing]]
                )
        self.assert_comes_back()

    def assert_comes_back(self) -> None:
        """What the script has written: the values as they went out, tensors with one dimension."""
        with open(self.work.file("out.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(len(rows), 3)
        for number, text, back in ((0, 3, 5), (1, 6, 8)):
            for column, found in zip(COLUMNS, rows[number]):
                with self.subTest(row=number, column=column[0]):
                    self.assertEqual(found, column[text] if column[back] is None else column[back])
        self.assertEqual(rows[2], [""] * len(COLUMNS))


if __name__ == "__main__":
    tf.main()
