// SPDX-License-Identifier: LGPL-2.1-or-later
// Volumes without device-mapper: one process per volume, which presents the plaintext as a file (FUSE), and for root a
// loop device over that file.
#pragma once

#include <chrono>

#include "activate/backend.h"
#include "activate/userspace/message.h"
#include "activate/userspace/order.h"
#include "activate/userspace/places.h"

namespace latchkey::userspace {

class UserspaceBackend final : public activate::Backend {
  public:
    [[nodiscard]] std::string_view name() const override { return "userspace"; }
    [[nodiscard]] Result<void> available() override;
    [[nodiscard]] Result<MappingInfo> activate(Context&, const activate::Request&) override;
    [[nodiscard]] Result<MappingInfo> status(Context&, std::string_view name) override;
    [[nodiscard]] Result<SecretBuffer> table(Context&, std::string_view name,
                                             bool show_key) override;
    [[nodiscard]] Result<void> close(Context&, std::string_view name,
                                     const mapping::CloseOptions&) override;
    [[nodiscard]] Result<void> resize(Context&, std::string_view name, std::uint64_t size_sectors,
                                      const VolumeKey* key) override;
    [[nodiscard]] Result<MappingInfo> refresh(Context&, const activate::Request&) override;
    [[nodiscard]] Result<void> suspend(Context&, std::string_view name) override;
    [[nodiscard]] Result<void> resume(Context&, std::string_view name, const MappingPlan&,
                                      const KeyRing&, const ActivateOptions&) override;
    [[nodiscard]] Result<std::unique_ptr<model::DataUsers>> users(
        Context&, const activate::UsersRequest&) override;
    [[nodiscard]] Result<std::vector<std::string>> mappings_over(const Device&) override {
        return std::vector<std::string>();
    }

  private:
    struct Served {
        Places places;
        MappingInfo info;
    };
    // Returns a volume that a process serves: NoDevice if there is none, or if its process has ended.
    [[nodiscard]] Result<Served> served(Context& context, std::string_view name);
    // Makes the last user who closes the file, or its loop device, close the volume; or takes that back.
    [[nodiscard]] Result<void> close_with_last_user(Context& context, std::string_view name,
                                                    bool wanted);
    static constexpr std::chrono::seconds kAnswerLimit{60};  // a flush may take long
    // Sends an operation to the process that serves the name, followed by a key if there is one; returns the answer.
    // Busy if there is none within `limit`.
    [[nodiscard]] Result<Message> ask(const Context& context, const Places& places,
                                      const Message& verb, const KeyRing* keys = nullptr,
                                      std::chrono::seconds limit = kAnswerLimit);
};

}  // namespace latchkey::userspace
