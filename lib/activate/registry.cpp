// SPDX-License-Identifier: LGPL-2.1-or-later
// The only list of back ends.  To add one, add a folder under lib/activate/ and a line here.
#include "activate/kernel_backend.h"
#include "activate/userspace/userspace_backend.h"

namespace latchkey::activate {

std::vector<std::unique_ptr<Backend>> backends(Context& context) {
    std::vector<std::unique_ptr<Backend>> all;
    all.push_back(std::make_unique<KernelBackend>(running_kernel(context)));
    all.push_back(std::make_unique<userspace::UserspaceBackend>());
    return all;
}

}  // namespace latchkey::activate
