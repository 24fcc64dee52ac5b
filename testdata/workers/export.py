"""Export files that look like a SavedModel, as the user param `layout` says: a JSON object of paths below
`saved_model_dir` and what they hold; a number stands for so many MiB that do not compress."""
import json
import os


def main(config):
    print("attributes", sorted(vars(config)))
    if config.task_type == "chief":
        for path, content in json.loads(config.user_params["layout"]).items():
            write(os.path.join(config.saved_model_dir, path), content)
    if config.user_params.get("fail"):
        raise ValueError("as asked for")


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        if isinstance(content, str):
            file.write(content.encode())
        else:
            for _ in range(content):
                file.write(os.urandom(1 << 20))
