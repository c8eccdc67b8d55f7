// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/traces.h"

#include <sys/mount.h>
#include <unistd.h>

#include "activate/userspace/block_node.h"
#include "activate/userspace/spawn.h"

namespace latchkey::userspace {

void remove_traces(const Places& places) {
    if (!places.node.empty()) (void)remove_block_node(places.node);
    if (::geteuid() == 0)
        ::umount2(places.file.c_str(), MNT_DETACH);
    else
        run_quietly({"fusermount3", "-u", "-z", "-q", "--", places.file});
    ::unlink(places.file.c_str());
    ::unlink(places.control.c_str());
}

}  // namespace latchkey::userspace
