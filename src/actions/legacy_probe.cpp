// SPDX-License-Identifier: GPL-2.0-or-later
#include <cinttypes>

#include "actions/legacy.h"
#include "cli/options.h"
#include "latchkey/legacy.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

std::string options_of(const plain::Params& params) {
    std::string text = untranslated("--cipher %s --key-size %u --hash %s", params.cipher.c_str(),
                                    params.key_bytes * 8, params.hash.c_str());
    if (params.offset_sectors != 0)
        text += untranslated(" --offset %" PRIu64, params.offset_sectors);
    if (params.skip_sectors != 0) text += untranslated(" --skip %" PRIu64, params.skip_sectors);
    return text;
}

Fact finding_fact(const legacy::Finding& finding) {
    Fact signatures{.key = "signatures", .kind = Fact::Kind::Array};
    for (const Signature& signature : finding.signatures)
        signatures.children.push_back(text_fact({}, signature.name));
    const plain::Params& params = finding.params;
    return {
        .key = {},
        .kind = Fact::Kind::Object,
        .children = {std::move(signatures), text_fact("cipher", params.cipher),
                     number_fact("key_bits", params.key_bytes * 8), text_fact("hash", params.hash),
                     number_fact("offset_sectors", params.offset_sectors),
                     number_fact("skip_sectors", params.skip_sectors),
                     number_fact("regular_sectors", finding.regular_sectors),
                     text_fact("known_from", finding.known_from)}};
}

void say_finding(Ui& ui, const legacy::Finding& finding) {
    ui.say("%-8s %s", finding.signatures.front().name.c_str(), options_of(finding.params).c_str());
    if (!finding.known_from.empty()) ui.say("         as %s", finding.known_from.c_str());
}

}  // namespace

Result<void> probe_legacy(Ui& ui, const Arguments& args) {
    if (args.operands.size() != 1)
        return fail_saying(Errc::InvalidArgument, "--probe takes one device, not %zu words.",
                           args.operands.size());
    const std::string path(args.operands[0]);
    LK_ASSIGN(const Device device, ui.open_device(path, Access::ReadOnly));
    LK_ASSIGN(const Passphrase passphrase,
              ui.read_passphrase(existing_secret(args, ui.prompt_for(path))));
    LK_ASSIGN(const legacy::ProbeResult found,
              legacy::probe(ui.context(), device, passphrase, args.get(opt::offset)));

    Fact findings{.key = "findings", .kind = Fact::Kind::Array};
    for (const legacy::Finding& finding : found.findings) {
        findings.children.push_back(finding_fact(finding));
        // The superblock is visible with any IV; far fewer regular sectors show that the IV is wrong.
        if (2 * finding.regular_sectors >= found.findings.front().regular_sectors ||
            ui.is_verbose())
            say_finding(ui, finding);
    }
    ui.result(
        {.key = {},
         .kind = Fact::Kind::Object,
         .children = {text_fact("device", path), number_fact("tried", found.tried),
                      number_fact("not_available", found.not_available), std::move(findings)}});
    if (found.findings.empty())
        return fail_saying(Errc::WrongPassphrase,
                           "None of %zu combinations shows a file system on %s.", found.tried,
                           path.c_str())
            .exits_with(2);
    ui.verbose("%zu combinations were tried, the likeliest stands first.", found.tried);
    return {};
}

}  // namespace latchkey::cli
