# SPDX-License-Identifier: GPL-2.0-or-later
# What other projects find: libraries, public headers, a pkg-config file and a CMake package.
include(CMakePackageConfigHelpers)

set(LATCHKEY_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)
install(TARGETS latchkey_shared EXPORT latchkeyTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
# Apart, as it needs the development files of what it is made with.
install(TARGETS latchkey_static EXPORT latchkeyStaticTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET latchkey)
  install(TARGETS latchkey RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
  # mount(8) and umount(8) look for these in /sbin.
  install(FILES ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/mount.crypto_LUKS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/umount.crypto_LUKS
          DESTINATION ${CMAKE_INSTALL_SBINDIR})
  include(${CMAKE_CURRENT_LIST_DIR}/Completion.cmake)
endif()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/latchkey
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

install(EXPORT latchkeyTargets NAMESPACE latchkey:: DESTINATION ${LATCHKEY_CMAKE_DIR})
install(EXPORT latchkeyStaticTargets NAMESPACE latchkey:: DESTINATION ${LATCHKEY_CMAKE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/latchkeyConfig.cmake.in
  ${CMAKE_BINARY_DIR}/latchkeyConfig.cmake INSTALL_DESTINATION ${LATCHKEY_CMAKE_DIR}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 the interface may change with each minor version.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/latchkeyConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/latchkeyConfig.cmake ${CMAKE_BINARY_DIR}/latchkeyConfigVersion.cmake
        DESTINATION ${LATCHKEY_CMAKE_DIR})

# Relative to the file itself, so that an installed tree may be moved.
file(RELATIVE_PATH LATCHKEY_PC_TO_PREFIX
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/latchkey.pc.in ${CMAKE_BINARY_DIR}/latchkey.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/latchkey.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
