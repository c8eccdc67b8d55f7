// SPDX-License-Identifier: GPL-2.0-or-later
// The interface of an action to users and programs: output, questions, devices, results.
//
// An action returns Result<void>; main prints its error, in the peer's words if there are any, and derives the exit
// status from it.
#pragma once

#include <optional>

#include "latchkey/report.h"
#include "ui/devices.h"
#include "ui/output.h"
#include "ui/questions.h"

namespace latchkey::cli {

class Ui : public Output, public Questions, public Devices {
  public:
    Ui(Context& context, Settings settings)
        : Output(context, std::move(settings)),
          Questions(static_cast<Output&>(*this)),
          Devices(static_cast<Output&>(*this)) {}

    // Sets "result" of the JSON object; an Object.  The last call counts.
    void result(Fact fact) { result_ = std::move(fact); }
    // Prints the outcome and everything that is left; returns the exit status.
    [[nodiscard]] int finish(const Arguments& args, const Result<void>& outcome);

  private:
    void print_error(const Arguments& args, const Error& error);

    std::optional<Fact> result_;
};

}  // namespace latchkey::cli
