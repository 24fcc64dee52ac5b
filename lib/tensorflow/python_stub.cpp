#include "tensorflow/python_stub.hpp"

#include "base/text.hpp"
#include "sys/fd.hpp"
#include "sys/mapped_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <optional>

#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>

namespace alinktf::tensorflow {

namespace {

constexpr std::size_t kZeroBytes = 4096;  // what the symbols stand for
constexpr std::size_t kBuckets = 256;

/// A T at `offset` of `bytes`; nothing if it does not lie in them.
template <typename T>
std::optional<T> read_at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string_view section_bytes(std::string_view elf, const Elf64_Shdr& section) {
  if (section.sh_offset > elf.size() || section.sh_size > elf.size() - section.sh_offset) {
    return {};
  }
  return elf.substr(section.sh_offset, section.sh_size);
}

bool is_python(std::string_view name) {
  return name.starts_with("Py") || name.starts_with("_Py");
}

/// The undefined symbols of the symbol table `symbols` with the names in `strings`.
std::vector<std::string> undefined_python(std::string_view symbols, std::string_view strings) {
  std::vector<std::string> names;
  for (std::size_t at = 0; const auto symbol = read_at<Elf64_Sym>(symbols, at);
       at += sizeof(Elf64_Sym)) {
    if (symbol->st_shndx != SHN_UNDEF || symbol->st_name >= strings.size()) {
      continue;
    }
    std::string_view name = strings.substr(symbol->st_name);
    name = name.substr(0, name.find('\0'));
    if (is_python(name)) {
      names.emplace_back(name);
    }
  }
  return names;
}

/// The hash function of ELF's symbol tables (System V ABI).
std::uint32_t elf_hash(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) {
    hash = (hash << 4U) + static_cast<unsigned char>(c);
    const std::uint32_t high = hash & 0xF0000000U;
    hash = (hash ^ (high >> 24U)) & ~high;
  }
  return hash;
}

template <typename T>
void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);  // NOLINT: bytes of a struct
}

/// The parts of the stub, each a multiple of 8 bytes.
struct Parts {
  std::string symbols;
  std::string hash;
  std::string strings;

  static std::string padded(std::string part) {
    part.resize((part.size() + 7) / 8 * 8);
    return part;
  }
};

Parts make_parts(const std::vector<std::string>& names, std::uint64_t address) {
  Parts parts;
  parts.strings.push_back('\0');
  append(parts.symbols, Elf64_Sym{});
  std::array<std::uint32_t, kBuckets> buckets{};
  std::vector<std::uint32_t> chains(1);
  for (const std::string& name : names) {
    Elf64_Sym symbol{};
    symbol.st_name = static_cast<Elf64_Word>(parts.strings.size());
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
    symbol.st_shndx = 1;  // any that is not SHN_UNDEF
    symbol.st_value = address;
    symbol.st_size = kZeroBytes;
    append(parts.symbols, symbol);
    parts.strings += name;
    parts.strings.push_back('\0');
    std::uint32_t& bucket = buckets[elf_hash(name) % kBuckets];
    chains.push_back(bucket);
    bucket = static_cast<std::uint32_t>(chains.size() - 1);
  }
  append(parts.hash, static_cast<std::uint32_t>(kBuckets));
  append(parts.hash, static_cast<std::uint32_t>(chains.size()));
  for (const std::uint32_t bucket : buckets) {
    append(parts.hash, bucket);
  }
  for (const std::uint32_t chain : chains) {
    append(parts.hash, chain);
  }
  parts.hash = Parts::padded(std::move(parts.hash));
  parts.strings = Parts::padded(std::move(parts.strings));
  return parts;
}

Elf64_Ehdr make_header(std::size_t segments) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
#if defined(__aarch64__)
  header.e_machine = EM_AARCH64;
#else
  header.e_machine = EM_X86_64;
#endif
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = static_cast<Elf64_Half>(segments);
  return header;
}

Elf64_Phdr make_segment(Elf64_Word type, std::uint64_t offset, std::uint64_t size) {
  Elf64_Phdr segment{};
  segment.p_type = type;
  segment.p_flags = PF_R | PF_W;
  segment.p_offset = offset;
  segment.p_vaddr = offset;
  segment.p_paddr = offset;
  segment.p_filesz = size;
  segment.p_memsz = size;
  segment.p_align = type == PT_LOAD ? 0x1000 : 8;
  return segment;
}

}  // namespace

Result<std::vector<std::string>> wanted_python_symbols(std::string_view elf) {
  const auto header = read_at<Elf64_Ehdr>(elf, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64) {
    return Error(ErrorCode::kSpec, "it is no 64 bit shared library");
  }
  const auto section_at = [&](std::uint64_t index) {
    return read_at<Elf64_Shdr>(elf, header->e_shoff + index * header->e_shentsize);
  };
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    const auto section = section_at(i);
    const auto names =
        section && section->sh_type == SHT_DYNSYM ? section_at(section->sh_link) : std::nullopt;
    if (names) {
      return undefined_python(section_bytes(elf, *section), section_bytes(elf, *names));
    }
  }
  return Error(ErrorCode::kSpec, "it has no table of symbols");
}

std::string make_stub_library(const std::vector<std::string>& names) {
  constexpr std::size_t kSegments = 3;
  constexpr std::size_t kDynamicEntries = 6;
  const std::uint64_t symbols_at = sizeof(Elf64_Ehdr) + kSegments * sizeof(Elf64_Phdr);
  // The zeroed memory comes last; its place follows from the sizes of the rest.
  const Parts sizes = make_parts(names, 0);
  const std::uint64_t hash_at = symbols_at + sizes.symbols.size();
  const std::uint64_t strings_at = hash_at + sizes.hash.size();
  const std::uint64_t dynamic_at = strings_at + sizes.strings.size();
  const std::uint64_t zero_at = dynamic_at + kDynamicEntries * sizeof(Elf64_Dyn);
  const Parts parts = make_parts(names, zero_at);
  std::string out;
  append(out, make_header(kSegments));
  append(out, make_segment(PT_LOAD, 0, zero_at + kZeroBytes));
  append(out, make_segment(PT_DYNAMIC, dynamic_at, kDynamicEntries * sizeof(Elf64_Dyn)));
  append(out, make_segment(PT_GNU_STACK, 0, 0));
  out += parts.symbols + parts.hash + parts.strings;
  const auto entry = [&](Elf64_Sxword tag, std::uint64_t value) {
    Elf64_Dyn dynamic{};
    dynamic.d_tag = tag;
    dynamic.d_un.d_val = value;
    append(out, dynamic);
  };
  entry(DT_HASH, hash_at);
  entry(DT_SYMTAB, symbols_at);
  entry(DT_STRTAB, strings_at);
  entry(DT_STRSZ, parts.strings.size());
  entry(DT_SYMENT, sizeof(Elf64_Sym));
  entry(DT_NULL, 0);
  out.resize(out.size() + kZeroBytes);
  return out;
}

Result<void> provide_python_symbols(const std::string& file) {
  const auto place = [&] { return quote(file); };
  ALINKTF_ASSIGN_OR_RETURN(const auto elf, sys::MappedFile::open(file));
  ALINKTF_ASSIGN_OR_RETURN(const auto names, wanted_python_symbols(elf.bytes()).context(place));
  const sys::Fd memory(::memfd_create("python-symbols", MFD_CLOEXEC));
  if (!memory) {
    return os_error(ErrorCode::kInternal, "memfd_create");
  }
  ALINKTF_TRY(sys::write_all(memory.get(), make_stub_library(names)));
  const std::string path = fmt::format("/proc/self/fd/{}", memory.get());
  if (::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    const char* const why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is per thread
    return Error(ErrorCode::kSpec,
                 fmt::format("{}: the symbols of Python that it wants cannot be provided: {}",
                             quote(file),
                             why == nullptr ? "no reason given" : why));
  }
  return {};
}

}  // namespace alinktf::tensorflow
