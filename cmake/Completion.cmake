# SPDX-License-Identifier: GPL-2.0-or-later
# Completion for bash, zsh and fish, made by the built program from its tables.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  return()  # the built program cannot run here
endif()
set(completion_dir ${CMAKE_BINARY_DIR}/completion)
set(completion_files)
foreach(pair IN ITEMS "bash:latchkey" "zsh:_latchkey" "fish:latchkey.fish")
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 shell)
  list(GET pair 1 file)
  add_custom_command(OUTPUT ${completion_dir}/${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completion_dir}
    COMMAND sh -c "\"$0\" --completion=${shell} >\"$1\"" $<TARGET_FILE:latchkey> ${completion_dir}/${file}
    DEPENDS latchkey VERBATIM)
  list(APPEND completion_files ${completion_dir}/${file})
endforeach()
add_custom_target(latchkey_completion ALL DEPENDS ${completion_files})
# The folders in which the shells look below any prefix of the system; a distribution may have others.
install(FILES ${completion_dir}/latchkey DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completion_dir}/_latchkey DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completion_dir}/latchkey.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
