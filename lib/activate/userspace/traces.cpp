// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/traces.h"

#include <sys/mount.h>
#include <unistd.h>

#include "activate/userspace/block_node.h"
#include "activate/userspace/packet.h"
#include "activate/userspace/spawn.h"
#include "io/lock.h"

namespace latchkey::userspace {

Result<std::unique_ptr<io::BlockDevice::Lock>> wait_for_turn(const Places& places,
                                                             const io::LockWait& wait) {
    const std::string name = places.file.substr(places.folder.size() + 1);
    return io::acquire_file_lock(places.folder, "." + name + ".lock", "volume " + name, wait);
}

void remove_traces(const Places& places) {
    if (!places.node.empty()) (void)remove_block_node(places.node, Users::Ignored);
    if (::geteuid() == 0)
        ::umount2(places.file.c_str(), MNT_DETACH);
    else
        run_quietly({"fusermount3", "-u", "-z", "-q", "--", places.file});
    ::unlink(places.file.c_str());
    ::unlink(places.control.c_str());
}

void remove_own_traces(const Places& places) {
    const auto turn = wait_for_turn(places);
    if (!turn) return;
    const auto server = connect_to(places.control);
    const bool served =
        server || server.error().code == Errc::Refused || server.error().code == Errc::Busy;
    if (!served) remove_traces(places);
}

}  // namespace latchkey::userspace
