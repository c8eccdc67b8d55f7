# SPDX-License-Identifier: GPL-2.0-or-later
# Headers that most files include, compiled once a target: half of what a small file costs.  Not with ccache, which does
# better with files that stand alone, and so shows whoever uses it that each file includes what it needs.
if(CMAKE_CXX_COMPILER_LAUNCHER)
  return()
endif()
set(standard_library <algorithm> <array> <cstddef> <cstdint> <functional> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector>)
foreach(target latchkey_objects latchkey_cli)
  target_precompile_headers(${target} PRIVATE ${standard_library})
endforeach()
if(TARGET latchkey_unit)
  target_precompile_headers(latchkey_unit PRIVATE <gtest/gtest.h> ${standard_library})
endif()
