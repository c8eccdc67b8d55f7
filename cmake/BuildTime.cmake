# SPDX-License-Identifier: GPL-2.0-or-later
# What makes a build from nothing shorter.  Neither is for ccache, which does better with files that stand alone, and so
# shows whoever uses it that each file includes what it needs.
set(LATCHKEY_UNITY "" CACHE STRING "targets compiled a folder at a time: latchkey_objects, latchkey_cli, latchkey_unit")
if(CMAKE_CXX_COMPILER_LAUNCHER)
  return()
endif()

# Headers that most files include, compiled once a target: half of what a small file costs.
set(standard_library <algorithm> <array> <cstddef> <cstdint> <functional> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector>)
foreach(target latchkey_objects latchkey_cli)
  target_precompile_headers(${target} PRIVATE ${standard_library})
endforeach()
if(TARGET latchkey_unit)
  target_precompile_headers(latchkey_unit PRIVATE <gtest/gtest.h> ${standard_library})
endif()

# The files of one folder at a time, so that a new file cannot come between two others.  What is in a folder's anonymous
# namespaces has one meaning there; but each action calls its own things by the same names: kOptions, run().
foreach(target IN LISTS LATCHKEY_UNITY)
  if(NOT TARGET ${target})
    continue()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # g++ takes what is included for a header, whose anonymous namespaces differ from file to file.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  get_target_property(files ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  foreach(file IN LISTS files)
    if(file MATCHES "actions/" OR NOT file MATCHES "[.]cpp$")
      continue()
    endif()
    get_filename_component(file ${file} ABSOLUTE BASE_DIR ${folder})
    get_filename_component(group ${file} DIRECTORY)
    file(RELATIVE_PATH group ${folder} ${group})
    string(MAKE_C_IDENTIFIER "${group}" group)
    set_source_files_properties(${file} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endforeach()
