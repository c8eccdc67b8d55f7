// SPDX-License-Identifier: GPL-2.0-or-later
// Words separated by newlines, as argv.
#include <string>
#include <vector>

#include "cli/parse.h"
#include "cli/program.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::vector<std::string> words;
    std::string word;
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == '\n') {
            words.push_back(std::move(word));
            word.clear();
        } else if (data[i] != 0) {
            word += static_cast<char>(data[i]);
        }
    }
    words.push_back(std::move(word));
    std::vector<const char*> pointers;
    pointers.reserve(words.size());
    for (const std::string& each : words) pointers.push_back(each.c_str());
    for (const char* name : {"latchkey", "cryptsetup"})
        (void)latchkey::cli::parse(latchkey::cli::program_called(name), pointers);
    return 0;
}
