# SPDX-License-Identifier: GPL-2.0-or-later
# Conversions matter in a program that computes offsets.
add_library(latchkey_warnings INTERFACE)
target_compile_options(latchkey_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  $<$<BOOL:${LATCHKEY_WERROR}>:-Werror>)
