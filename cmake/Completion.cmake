# SPDX-License-Identifier: GPL-2.0-or-later
# Completion for bash, zsh and fish, made by each program from its tables.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  return()  # the built program cannot run here
endif()
set(completion_dir ${CMAKE_BINARY_DIR}/completion)
set(completion_files)
get_property(programs GLOBAL PROPERTY LATCHKEY_PROGRAMS)
# The folders in which the shells look below any prefix of the system; a distribution may have others.
set(bash_folder bash-completion/completions)
set(zsh_folder zsh/site-functions)
set(fish_folder fish/vendor_completions.d)
foreach(program IN LISTS programs)
  set(bash_file ${program})
  set(zsh_file _${program})
  set(fish_file ${program}.fish)
  foreach(shell IN ITEMS bash zsh fish)
    set(file ${completion_dir}/${${shell}_file})
    add_custom_command(OUTPUT ${file}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${completion_dir}
      COMMAND sh -c "\"$0\" --completion=${shell} >\"$1\"" $<TARGET_FILE_DIR:latchkey>/${program} ${file}
      DEPENDS latchkey VERBATIM)
    list(APPEND completion_files ${file})
    install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${${shell}_folder})
  endforeach()
endforeach()
add_custom_target(latchkey_completion ALL DEPENDS ${completion_files})
