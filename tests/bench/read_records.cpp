// read_records csv|tfrecord THREADS IN: the framed records of a file, as a job reads them, to
// nowhere. A CSV file is one of csv_gen.
#include "source/open.hpp"
#include "spec/job_spec.hpp"

#include <iostream>
#include <string>

namespace {

using namespace alinktf;  // NOLINT(google-build-using-namespace): a program of one file.

Result<std::uint64_t> read(const std::string& format, int threads, const std::string& file) {
  spec::JobSpec job;
  job.input.file_paths = {file};
  job.input.threads = threads;
  job.input.format = spec::Format::kTfrecord;
  if (format == "csv") {
    job.input.format = spec::Format::kCsv;
    job.input.csv.header = true;
    ALINKTF_ASSIGN_OR_RETURN(
        job.input.schema,
        table::parse_schema("f0 double, f1 double, f2 double, f3 double, f4 double, f5 double, "
                            "f6 double, f7 double, f8 double, f9 double, label long"));
  }
  ALINKTF_ASSIGN_OR_RETURN(const auto stream, source::open_records(job, -1));
  source::RecordBatch batch;
  do {
    ALINKTF_TRY(stream->read(batch));
  } while (!batch.empty());
  return stream->counts().read;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: read_records csv|tfrecord THREADS IN\n";
    return 2;
  }
  const auto records = read(argv[1], std::stoi(argv[2]), argv[3]);
  if (!records.ok()) {
    std::cerr << records.error().str() << '\n';
    return 1;
  }
  std::cout << records.value() << " records\n";
  return 0;
}
