// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/devices.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/meant.h"
#include "cli/options.h"
#include "latchkey/ascii.h"
#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

// Returns a type as the library writes it; the command line has lower case.
std::string type_for_library(const Arguments& args) {
    return upper_case(args.get(opt::type).value_or(""));
}

// Adds which types there are, if the type is not LUKS.
Error about_type(Error error, const Arguments& args) {
    const std::string type = args.text(opt::type);
    if (error.code == Errc::NotThisFormat && !type.empty() && !type.starts_with("luks"))
        error.hint = about_value(opt::type, type);
    return error;
}

// Returns the file behind /dev/loopN; "" for other devices.
std::string loop_file(std::string_view device) {
    constexpr std::string_view kLoop = "/dev/loop";
    if (!device.starts_with(kLoop)) return {};
    const std::string path = "/sys/block/" + std::string(device.substr(5)) + "/loop/backing_file";
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return {};
    std::array<char, 4096> name;
    const ssize_t length = ::read(file, name.data(), name.size());
    ::close(file);
    if (length <= 0) return {};
    std::string_view found(name.data(), static_cast<std::size_t>(length));
    return std::string(found.substr(0, found.find('\n')));
}

}  // namespace

Result<Device> Devices::open_device(std::string_view path, Access access) {
    // A rehearsal does not write to the real device, so it need not be writable.
    LK_ASSIGN(Device device,
              Device::open(output_.context(), path, output_.dry_run() ? Access::ReadOnly : access));
    if (!output_.dry_run() && access != Access::ReadOnly)
        writable_.push_back({device.name(), device.write_mark()});
    if (!output_.dry_run() || access == Access::ReadOnly) return device;
    Device shadow = device.shadow();
    rehearsals_.push_back({std::move(device), shadow});
    return shadow;
}

Result<Volume> Devices::load_volume(const Arguments& args, std::string_view device, Access access) {
    const std::string_view path = args.get(opt::header).value_or(device);
    LoadOptions options{.type = type_for_library(args)};
    if (path != device) options.data_device = device;
    LK_ASSIGN(Device metadata, open_device(path, access));
    auto volume = Volume::load(output_.context(), std::move(metadata), options);
    if (!volume) return about_type(std::move(volume).error(), args);
    return volume;
}

Result<Volume> Devices::load_volume_of(const Arguments& args, const Device& data, Access access) {
    LoadOptions options{.type = type_for_library(args)};
    const auto header = args.get(opt::header);
    LK_ASSIGN(Device metadata, header ? open_device(*header, access) : Result<Device>(data));
    if (metadata.identity() != data.identity()) options.data_device = data.name();
    auto volume = Volume::load(output_.context(), std::move(metadata), options);
    if (!volume) return about_type(std::move(volume).error(), args);
    LK_TRY(volume->check_data_device(data));
    return volume;
}

std::string Devices::prompt_for(std::string_view device) const {
    const std::string file = loop_file(device);
    return text("Enter passphrase for %s: ",
                file.empty() ? std::string(device).c_str() : file.c_str());
}

}  // namespace latchkey::cli
