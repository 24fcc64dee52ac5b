// csv_gen ROWS OUT.csv [SEED]: the benchmark's table. Columns f0 … f9 (doubles in [-1, 1], shortest
// text) and label (1 if their sum is positive, else 0), with a header line.
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace {

constexpr int kFeatures = 10;
constexpr std::size_t kFlushBytes = 1U << 20U;

void append_row(std::string& text, std::mt19937_64& generator) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  double sum = 0;
  for (int i = 0; i < kFeatures; ++i) {
    const double value = uniform(generator);
    sum += value;
    char digits[32];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    text += ',';
  }
  text += sum > 0 ? "1\n" : "0\n";
}

std::string header() {
  std::string text;
  for (int i = 0; i < kFeatures; ++i) {
    text += "f" + std::to_string(i) + ",";
  }
  return text + "label\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: csv_gen ROWS OUT.csv [SEED]\n";
    return 2;
  }
  const std::int64_t rows = std::stoll(argv[1]);
  std::mt19937_64 generator(argc > 3 ? std::stoull(argv[3]) : 1);
  std::ofstream out(argv[2], std::ios::binary);
  std::string text = header();
  for (std::int64_t row = 0; row < rows; ++row) {
    append_row(text, generator);
    if (text.size() > kFlushBytes) {
      out << text;
      text.clear();
    }
  }
  out << text;
  return out.flush() ? 0 : 1;
}
