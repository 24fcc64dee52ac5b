// Output files that appear whole or not at all.
#pragma once

#include "base/result.hpp"
#include "sys/fd.hpp"

#include <string>
#include <string_view>

namespace alinktf::sys {

enum class Overwrite { kNo, kYes };

/// An output being written. Bytes go to `.NAME.alinktf-XXXXXX` beside the target; commit() gives
/// the target its name. Without commit() nothing is left. Move-only; not thread-safe.
///
/// "-" and /dev/stdout are standard output; that and existing FIFOs, sockets and devices are
/// written directly, so abandoning them cannot take back what was written.
/// Callers ignore SIGPIPE: a reader that has gone is an error of write().
class AtomicFile {
 public:
  /// Check that `path` can be written and open the temporary file. All errors are kOutput: the
  /// target exists (with Overwrite::kNo), is a directory or a link to nowhere; its folder is
  /// missing or not writable. A target that is a symbolic link is written where it points to.
  /// A FIFO is opened once it has a reader; kCancelled if a stop signal (INT, TERM, HUP) that the
  /// caller has blocked becomes pending meanwhile.
  static Result<AtomicFile> create(const std::string& path, Overwrite overwrite);

  /// The same for an output whose rows others may read as they come: they go to NAME.partial, which
  /// stays without commit() if something was written. That file must not exist with Overwrite::kNo.
  static Result<AtomicFile> create_growing(const std::string& path, Overwrite overwrite);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  /// Append `bytes`, all of them. kOutput with errno (disk full, reader gone).
  Result<void> write(std::string_view bytes);

  /// Flush to disk and give the file its name, mode 0666 less the umask at create(). Last call.
  ///
  /// kOutput if that fails; the target is as it was then. If with Overwrite::kNo a file of that
  /// name has appeared since create(), it stays and so does the temporary file, which the message
  /// names: a long job's rows are not thrown away.
  Result<void> commit();

  /// Nobody wants what was written: without commit(), NAME.partial goes too.
  void discard() { written_ = false; }

  /// NAME.partial; empty if there is none.
  [[nodiscard]] std::string growing_path() const { return growing_ ? temporary_ : std::string(); }

  /// True if a person will see what is written.
  [[nodiscard]] bool is_terminal() const;

  /// How messages name this output: the path as given, or "standard output".
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  AtomicFile(std::string name, Fd fd) : name_(std::move(name)), fd_(std::move(fd)) {}

  static Result<AtomicFile> create_as(const std::string& path, Overwrite overwrite, bool growing);
  static Result<AtomicFile> beside(const std::string& name, const std::string& target);
  static Result<AtomicFile> partial(const std::string& name,
                                    const std::string& target,
                                    Overwrite overwrite);
  Result<void> close();
  Result<void> give_name();
  void abandon() noexcept;

  std::string name_;
  Fd fd_;
  std::string target_;     ///< Empty: written directly.
  std::string temporary_;  ///< Not empty: ours to remove.
  Overwrite overwrite_ = Overwrite::kNo;
  bool growing_ = false;
  bool written_ = false;
};

}  // namespace alinktf::sys
