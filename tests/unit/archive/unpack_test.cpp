#include "archive/unpack.hpp"

#include "unit/archive/made.hpp"
#include "unit/result.hpp"
#include "unit/sys/scratch.hpp"

namespace alinktf::archive {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// A folder with an archive and, beside it, the directory that it is unpacked into.
class Place {
 public:
  Place() { fs::create_directory(out()); }

  Result<void> unpack(Kind kind, const std::vector<Entry>& entries, const Limits& limits = {}) {
    make_archive(scratch_ / "a", kind, entries);
    return archive::unpack(scratch_ / "a", out(), limits, {});
  }
  Result<void> unpack(const std::string& bytes) {
    return archive::unpack(scratch_.write("a", bytes), out(), {}, {});
  }
  [[nodiscard]] std::string out(const std::string& name = "") const {
    return scratch_ / ("out" + (name.empty() ? "" : "/" + name));
  }
  [[nodiscard]] std::string text(const std::string& name) const { return sys::text_of(out(name)); }
  [[nodiscard]] std::string archive_path() const { return scratch_ / "a"; }
  [[nodiscard]] std::string archive_bytes() const { return sys::text_of(scratch_ / "a"); }
  /// Nothing but the archive and the directory is there.
  [[nodiscard]] bool nothing_else() const { return scratch_.names().size() == 2; }

 private:
  sys::Scratch scratch_;
};

TEST_CASE("Archives of every kind are unpacked", "[archive][unpack]") {
  const auto kind = GENERATE(
      Kind::kTar, Kind::kPax, Kind::kTarGz, Kind::kTarBz2, Kind::kTarXz, Kind::kTarZst, Kind::kZip);
  CAPTURE(static_cast<int>(kind));
  Place place;
  take(place.unpack(kind,
                    {{.name = "dir/", .type = AE_IFDIR, .mode = 0755},
                     {.name = "dir/a.txt", .bytes = "one"},
                     {.name = "deep/er/run", .bytes = std::string(300000, 'x'), .mode = 0755},
                     {.name = "empty"}}));
  CHECK(place.text("dir/a.txt") == "one");
  CHECK(place.text("deep/er/run") == std::string(300000, 'x'));
  CHECK(fs::file_size(place.out("empty")) == 0);
  CHECK((fs::status(place.out("deep/er/run")).permissions() & fs::perms(0100)) == fs::perms(0100));
  CHECK((fs::status(place.out("dir/a.txt")).permissions() & fs::perms(0111)) == fs::perms(0));
}

TEST_CASE("Names may be in any language", "[archive][unpack]") {
  const auto kind = GENERATE(Kind::kTar, Kind::kPax, Kind::kZip);
  CAPTURE(static_cast<int>(kind));
  Place place;
  take(place.unpack(kind, {{.name = "数据/größe.txt", .bytes = "1"}}));
  CHECK(place.text("数据/größe.txt") == "1");
}

TEST_CASE("Links inside an archive are made", "[archive][unpack]") {
  Place place;
  take(place.unpack(Kind::kPax,
                    {{.name = "lib/x.1", .bytes = "x"},
                     {.name = "lib/x", .type = AE_IFLNK, .link = "x.1"},
                     {.name = "y", .hard_link = "lib/x.1"}}));
  CHECK(place.text("lib/x") == "x");
  CHECK(fs::equivalent(place.out("y"), place.out("lib/x.1")));
}

struct Harm {
  std::vector<Entry> entries;
  std::string entry;  ///< that is named
  std::string text;
};

TEST_CASE("Archives that mean harm are refused and nothing is written outside",
          "[archive][unpack]") {
  const auto harm = GENERATE(values<Harm>({
      {{{.name = "../evil", .bytes = "x"}}, "../evil", "'..'"},
      {{{.name = "ok"}, {.name = "a/../../evil"}}, "a/../../evil", "'..'"},
      {{{.name = "/tmp/alinktf-evil"}}, "/tmp/alinktf-evil", "absolute"},
      {{{.name = "l", .type = AE_IFLNK, .link = "/etc"}}, "l", "stays in"},
      {{{.name = "l", .type = AE_IFLNK, .link = ".."}, {.name = "l/evil"}}, "l", "stays in"},
      {{{.name = "d/b", .type = AE_IFLNK, .link = ".."},
        {.name = "d/a", .type = AE_IFLNK, .link = "b/.."}},
       "d/a",
       "stays in"},
      {{{.name = "real/", .type = AE_IFDIR},
        {.name = "l", .type = AE_IFLNK, .link = "real"},
        {.name = "l/x", .bytes = "x"}},
       "l/x",
       "expected a directory as 'l'"},
      {{{.name = "h", .hard_link = "../a"}}, "h", "hard link"},
      {{{.name = "h", .hard_link = "/etc/passwd"}}, "h", "hard link"},
      {{{.name = "h", .hard_link = "none"}}, "h", "hard link to a file before it"},
      {{{.name = "null", .type = AE_IFCHR}}, "null", "device"},
      {{{.name = "disk", .type = AE_IFBLK}}, "disk", "device"},
      {{{.name = "fifo", .type = AE_IFIFO}}, "fifo", "FIFO"},
  }));
  CAPTURE(harm.entry);
  Place place;
  CHECK_THAT(failure(place.unpack(Kind::kPax, harm.entries), ErrorCode::kSpec),
             Contains("/a': entry '" + harm.entry + "': ") && Contains(harm.text));
  CHECK(place.nothing_else());
}

TEST_CASE("Names that no file can have are refused before anything is made", "[archive][unpack]") {
  const auto kind = GENERATE(Kind::kPax, Kind::kZip);
  CAPTURE(static_cast<int>(kind));
  Place place;
  const auto refused = [&](const Entry& entry, const std::string& why) {
    CHECK_THAT(failure(place.unpack(kind, {entry}), ErrorCode::kSpec),
               Contains("archive '" + place.archive_path() + "': entry '") && Contains(why));
    CHECK(fs::is_empty(place.out()));
  };
  const std::string most(255, 'n');
  refused({.name = "d/" + most + "n"},
          "expected names of at most 255 bytes between slashes, found 256");
  std::string deep;
  while (deep.size() < 4096) {
    deep += most + "/";
  }
  const std::string room = std::to_string(4095 - place.out("").size() - 1);
  refused({.name = deep + "x"},
          "at most " + room + " bytes below the archive's directory, found one of 4097");
  take(place.unpack(kind, {{.name = "d/" + most, .bytes = "1"}}));
  CHECK(place.text("d/" + most) == "1");
}

TEST_CASE("A symbolic link to a path that is too long is the archive's fault",
          "[archive][unpack]") {
  Place place;
  const std::string target(5000, 't');
  CHECK_THAT(failure(place.unpack(Kind::kPax, {{.name = "l", .type = AE_IFLNK, .link = target}}),
                     ErrorCode::kSpec),
             Contains("entry 'l': make link 'l'"));
}

TEST_CASE("A zip that leads out is refused", "[archive][unpack]") {
  Place place;
  CHECK_FALSE(place.unpack(Kind::kZip, {{.name = "../evil", .bytes = "x"}}).ok());
  CHECK_FALSE(place.unpack(Kind::kZip, {{.name = "l", .type = AE_IFLNK, .link = "../evil"}}).ok());
  CHECK(place.nothing_else());
}

TEST_CASE("What is unpacked is bounded in bytes and entries", "[archive][unpack]") {
  Place place;
  const Limits limits{.bytes = 1000, .entries = 2};
  const std::string most(1000, 'x');
  take(place.unpack(Kind::kTarGz, {{.name = "a", .bytes = most}}, limits));
  const auto kind = GENERATE(Kind::kTarGz, Kind::kZip);
  CHECK_THAT(
      failure(place.unpack(kind, {{.name = "a", .bytes = most + "x"}}, limits), ErrorCode::kSpec),
      Contains("entry 'a': expected at most 1000 bytes"));
  CHECK_THAT(failure(place.unpack(kind, {{.name = "a"}, {.name = "b"}, {.name = "c"}}, limits),
                     ErrorCode::kSpec),
             Contains("entry 'c': expected at most 2 entries"));
  CHECK_FALSE(
      place.unpack(kind, {{.name = "a", .bytes = most}, {.name = "b", .bytes = "x"}}, limits).ok());
}

TEST_CASE("A size that an archive only declares is refused before it is written",
          "[archive][unpack]") {
  Place place;
  // The writer fills up what is missing, so the limit is small rather than the size large.
  const Entry huge{.name = "huge", .size = 1 << 20};
  CHECK_THAT(failure(place.unpack(Kind::kPax, {huge}, {.bytes = 1 << 19}), ErrorCode::kSpec),
             Contains("entry 'huge': expected at most"));
}

TEST_CASE("Damaged archives and other files are told apart from good ones", "[archive][unpack]") {
  Place place;
  CHECK_THAT(failure(place.unpack("def main(config): pass\n"), ErrorCode::kSpec),
             Contains("archive '") && Contains("expected a zip or tar archive"));
  CHECK_FALSE(place.unpack("").ok());
  std::string bytes(200000, 'x');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i * i / 7U);
  }
  const auto kind = GENERATE(Kind::kTar, Kind::kTarGz, Kind::kZip);
  take(place.unpack(kind, {{.name = "big", .bytes = bytes}}));
  const std::string whole = place.archive_bytes();
  CHECK_FALSE(place.unpack(whole.substr(0, whole.size() / 2)).ok());
  if (kind != Kind::kTar) {  // which has no checksums of its data
    std::string changed = whole;
    changed[changed.size() / 2] = static_cast<char>(~changed[changed.size() / 2]);
    CHECK_FALSE(place.unpack(changed).ok());
  }
}

TEST_CASE("An archive that is missing is named", "[archive][unpack]") {
  CHECK_THAT(failure(unpack("/none/a.zip", "/tmp", {}, {}), ErrorCode::kSpec),
             Contains("archive '/none/a.zip'"));
}

TEST_CASE("Unpacking ends when it is interrupted", "[archive][unpack]") {
  const sys::Scratch scratch;
  make_archive(scratch / "a", Kind::kTar, {{.name = "x", .bytes = "1"}, {.name = "y"}});
  fs::create_directory(scratch / "out");
  int calls = 0;
  const sys::Interruption interruption{.check = [&]() -> Result<void> {
    return ++calls < 2 ? Result<void>() : Error(ErrorCode::kCancelled, "stop");
  }};
  CHECK_THAT(
      failure(unpack(scratch / "a", scratch / "out", {}, interruption), ErrorCode::kCancelled),
      Contains("stop"));
  CHECK_FALSE(fs::exists(scratch / "out/y"));
}

}  // namespace
}  // namespace alinktf::archive
