// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/requirements.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {

Result<std::vector<std::string>> read_requirements(const Node& root) {
    LK_ASSIGN(const Node config, root.object("config"));
    if (!config.has("requirements")) return std::vector<std::string>{};
    LK_ASSIGN(const Node requirements, config.object("requirements"));
    LK_ASSIGN(std::vector<std::string> mandatory, requirements.texts("mandatory", true));
    const std::string* reencrypt = nullptr;
    for (const std::string& name : mandatory) {
        if (!is_online_reencrypt_name(name)) continue;
        if (reencrypt != nullptr)
            return requirements.error("mandatory",
                                      quote(*reencrypt) + " and " + quote(name) + " at once");
        reencrypt = &name;
    }
    return mandatory;
}

}  // namespace latchkey::luks2
