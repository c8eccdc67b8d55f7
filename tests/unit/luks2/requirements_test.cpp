// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/requirements.h"

#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

TEST(Luks2Requirements, AreKnownByName) {
    EXPECT_EQ(classify_requirement("offline-reencrypt"), Requirement::OfflineReencrypt);
    for (const char* name : {"online-reencrypt", "online-reencrypt-v2", "online-reencrypt-v3"})
        EXPECT_EQ(classify_requirement(name), Requirement::OnlineReencrypt) << name;
    for (const char* name : {"opal", "opal-v2"})
        EXPECT_EQ(classify_requirement(name), Requirement::Opal) << name;
    EXPECT_EQ(classify_requirement("inline-hw-tags"), Requirement::InlineHwTags);
    for (const char* name : {"", "online-reencrypt-v4", "online-reencrypt-", "Opal", "opal-v3"})
        EXPECT_EQ(classify_requirement(name), Requirement::Unknown) << name;
}

TEST(Luks2Requirements, OfReencryptionHaveVersions) {
    for (const char* name : {"online-reencrypt", "online-reencrypt-v2", "online-reencrypt-v10"})
        EXPECT_TRUE(is_online_reencrypt_name(name)) << name;
    for (const char* name : {"offline-reencrypt", "online-reencrypt-", "online-reencrypt-v",
                             "online-reencrypt-vx", "online-reencrypt2"})
        EXPECT_FALSE(is_online_reencrypt_name(name)) << name;
}

TEST(Luks2Requirements, AreMetOrNamed) {
    EXPECT_TRUE(check_requirements({}));
    const Config known{.requirements = {"opal", "inline-hw-tags"}};
    EXPECT_EQ(requirements_of(known), Requirement::Opal | Requirement::InlineHwTags);
    EXPECT_TRUE(check_requirements(known, Requirement::Opal | Requirement::InlineHwTags));
    EXPECT_EQ(refusal(check_requirements(known, Requirement::Opal), Errc::NotSupported),
              "not while the header has the requirement \"inline-hw-tags\"");
    const Config future{.requirements = {"opal", "future-feature-x"}};
    EXPECT_EQ(refusal(check_requirements(future), Errc::UnmetRequirement),
              "unknown LUKS2 requirement \"future-feature-x\"");
    EXPECT_TRUE(check_requirements(future, Requirement::Opal | Requirement::Unknown));
}

}  // namespace
}  // namespace latchkey::luks2
