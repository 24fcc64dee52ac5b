"""Jobs whose scripts tell what lies beside their dataset, in every role."""

import json
import os

import support
from support import JobTest, script

ROLES = ("chief_0", "worker_0", "ps_0")


class SideFiles(JobTest):
    def see(self, rows: str, schema: str, **keys) -> support.Ended:
        """A job of a chief, a worker and a PS over `rows`."""
        self.work.write_file("in.csv", rows)
        os.mkdir(self.work.file("seen"))
        self.work.write_job(
            **{
                "input": {"filePath": "in.csv", "schemaStr": schema},
                "mainScriptFile": script("see"),
                "userParams": {"out": self.work.file("seen")},
                "outputSchemaStr": "role string, rows long",
                "numWorkers": 2,
                "numPSs": 1,
                **keys,
            }
        )
        return self.work.run("run", "job.json")

    def seen(self, role: str) -> dict:
        return json.loads(self.work.read_file(f"seen/{role}.json"))
