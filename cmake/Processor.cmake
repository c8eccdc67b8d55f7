# SPDX-License-Identifier: GPL-2.0-or-later
# What depends on the processor.
# Files and devices beyond 2 GiB where a long has 32 bits.
add_compile_definitions(_FILE_OFFSET_BITS=64)
# Control-flow protection of x86.
include(CheckCXXCompilerFlag)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  check_cxx_compiler_flag(-fcf-protection LATCHKEY_HAS_CF_PROTECTION)
  if(LATCHKEY_HAS_CF_PROTECTION)
    add_compile_options(-fcf-protection)
  endif()
endif()
