# SPDX-License-Identifier: GPL-2.0-or-later
# Libraries that the product itself needs; the packages stand in packages/build and packages/run.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(gcrypt REQUIRED IMPORTED_TARGET libgcrypt>=1.10)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(blkid REQUIRED IMPORTED_TARGET blkid)
pkg_check_modules(devmapper REQUIRED IMPORTED_TARGET devmapper>=1.02.27)
# of the program that serves volumes in userspace alone
pkg_check_modules(fuse3 REQUIRED IMPORTED_TARGET fuse3>=3.12)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
find_package(nlohmann_json 3.11 REQUIRED)
