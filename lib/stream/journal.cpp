// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "latchkey/new_file.h"
#include "latchkey/number.h"

namespace latchkey::stream {
namespace {

constexpr std::string_view kMagic = "latchkey copy 1";
constexpr std::size_t kLargestFile = 16 * 1024;  // bytes; a path is shorter

Error file_error(const char* what, const std::string& path) {
    return fail(errno == ENOSPC ? Errc::DeviceFull : Errc::Io, "cannot %s %s: %s", what,
                path.c_str(), std::strerror(errno));
}

// Removes "name value\n" from the front of the text.
bool take_line(std::string_view& text, std::string_view name, std::string_view& value) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) || name.size() >= end ||
        text[name.size()] != ' ')
        return false;
    value = text.substr(name.size() + 1, end - name.size() - 1);
    text.remove_prefix(end + 1);
    return true;
}

bool take_number(std::string_view& text, std::string_view name, std::uint64_t& number) {
    std::string_view digits;
    if (!take_line(text, name, digits)) return false;
    const auto value = parse_number(digits);
    number = value.value_or(0);
    return value.has_value();
}

}  // namespace

std::string journal_text(const CopyIdentity& identity, std::uint64_t done_bytes) {
    return strprintf("%s\nof %s\nfrom-bytes %" PRIu64 "\nto-bytes %" PRIu64 "\nto-file %" PRIu64
                     "\ndone-bytes %" PRIu64 "\n",
                     kMagic.data(), identity.text.c_str(), identity.from_bytes, identity.to_bytes,
                     identity.to_file, done_bytes);
}

Result<JournalEntry> parse_journal(std::string_view text) {
    JournalEntry entry;
    std::string_view rest;
    std::string_view identity;
    const bool good = take_line(text, "latchkey", rest) && rest == kMagic.substr(9) &&
                      take_line(text, "of", identity) &&
                      take_number(text, "from-bytes", entry.identity.from_bytes) &&
                      take_number(text, "to-bytes", entry.identity.to_bytes) &&
                      take_number(text, "to-file", entry.identity.to_file) &&
                      take_number(text, "done-bytes", entry.done_bytes) && text.empty();
    if (!good || entry.done_bytes > entry.identity.from_bytes)
        return fail(Errc::InvalidArgument, "no journal of a copy");
    entry.identity.text = identity;
    return entry;
}

Result<std::optional<JournalEntry>> Journal::entry() const {
    if (!used()) return std::nullopt;
    const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) {
        if (errno == ENOENT) return std::nullopt;
        return file_error("open", path_);
    }
    std::array<char, kLargestFile> text{};
    const ssize_t length = ::read(fd.get(), text.data(), text.size());
    if (length < 0) return file_error("read", path_);
    auto entry = parse_journal({text.data(), static_cast<std::size_t>(length)});
    if (!entry) return std::move(entry).error().within(path_);
    CopyIdentity wanted = identity_;
    wanted.to_file = entry->identity.to_file;
    if (entry->identity != wanted)
        return fail(Errc::InvalidArgument,
                    "%s is the journal of another copy: %s, %" PRIu64 " to %" PRIu64
                    " bytes; this one is %s, %" PRIu64 " to %" PRIu64 " bytes",
                    path_.c_str(), entry->identity.text.c_str(), entry->identity.from_bytes,
                    entry->identity.to_bytes, identity_.text.c_str(), identity_.from_bytes,
                    identity_.to_bytes);
    return std::optional<JournalEntry>(std::move(entry).value());
}

Result<std::uint64_t> Journal::load() const {
    LK_ASSIGN(const auto known, entry());
    if (!known) return 0;
    if (known->identity.to_file != identity_.to_file)
        return fail(Errc::InvalidArgument,
                    "the journal %s is of a copy to another file: inode %" PRIu64 " != %" PRIu64,
                    path_.c_str(), known->identity.to_file, identity_.to_file)
            .with_hint(translate(N_("remove the journal to begin anew")));
    return known->done_bytes;
}

Result<void> Journal::check_for_new_target() const {
    LK_TRY(entry());
    return {};
}

Result<void> Journal::save(std::uint64_t done_bytes) const {
    if (!used()) return {};
    const std::string text = journal_text(identity_, done_bytes);
    const std::string fresh = path_ + ".new";
    // Never writes to an existing file, which may be left by a killed copy or be a link made by another user.
    (void)::unlink(fresh.c_str());
    UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!fd.valid()) return file_error("create", fresh);
    ScopeGuard remove([&fresh] { (void)::unlink(fresh.c_str()); });
    errno = latchkey::write_all(fd.get(), std::as_bytes(std::span(text)));
    if (errno != 0 || ::fsync(fd.get()) != 0) return file_error("write", fresh);
    if (std::rename(fresh.c_str(), path_.c_str()) != 0) return file_error("rename", fresh);
    remove.dismiss();
    return {};
}

void Journal::remove() const {
    if (used()) ::unlink(path_.c_str());
}

}  // namespace latchkey::stream
