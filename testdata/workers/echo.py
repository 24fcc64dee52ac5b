"""Write every row back as it came."""
import struct


def main(config):
    with open(config.dataset_file, "rb") as file:
        for header in iter(lambda: file.read(12), b""):
            config.output_writer.write(file.read(struct.unpack("<Q4x", header)[0]))
            file.seek(4, 1)
