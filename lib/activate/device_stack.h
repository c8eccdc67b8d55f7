// SPDX-License-Identifier: LGPL-2.1-or-later
// The devices of one mapping while it is being made: all of them stay, or none.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "activate/kernel.h"

namespace latchkey::activate {

class DeviceStack {
  public:
    explicit DeviceStack(DeviceMapper& mapper) : mapper_(mapper) {}
    DeviceStack(const DeviceStack&) = delete;
    DeviceStack& operator=(const DeviceStack&) = delete;
    // Removes the devices, the top one first, unless keep() was called.
    ~DeviceStack() {
        for (; !names_.empty(); names_.pop_back()) (void)mapper_.remove(names_.back(), false);
        if (any_) mapper_.settle();
    }

    void made(std::string name) {
        names_.push_back(std::move(name));
        any_ = true;
    }
    void keep() {
        names_.clear();
        any_ = false;
    }

  private:
    DeviceMapper& mapper_;
    std::vector<std::string> names_;
    bool any_ = false;
};

}  // namespace latchkey::activate
