// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/configuration.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace latchkey::cli {
namespace {

using Complaints = std::vector<std::string>;

TEST(CliConfiguration, AllSettings) {
    const Configuration read = parse_configuration(
        "# where headers go\n\n  backup-dir = /var/backups/luks headers "
        "\nkdf-max-iterations=5000000\r\n"
        "kdf-max-time = 20\nkdf-max-memory = 2G\ncompat = 0.1",
        "f");
    EXPECT_EQ(read.backup_dir, "/var/backups/luks headers");
    EXPECT_EQ(read.kdf_max_iterations, 5000000U);
    EXPECT_EQ(read.speaks_as, PeerRelease::Of2004);
    EXPECT_EQ(read.kdf_max_time, 20U);
    EXPECT_EQ(read.kdf_max_memory, 2147483648U);
    EXPECT_EQ(read.complaints, Complaints{});
}

TEST(CliConfiguration, ASlipIsToldAndTheRestHolds) {
    const Configuration read = parse_configuration(
        "backup-dir = relative\nbackup_dir = /x\nwhat\nkdf-max-time = 0\nkdf-max-memory = lots\n"
        "kdf-max-iterations = -1\nkdf-max-time = 7\ncompat = 1.7\n",
        "/etc/l.conf");
    EXPECT_EQ(read.complaints, (Complaints{"/etc/l.conf:1: backup-dir cannot be 'relative'.",
                                           "/etc/l.conf:2: there is no setting 'backup_dir'.",
                                           "/etc/l.conf:3: expected 'key = value'.",
                                           "/etc/l.conf:4: kdf-max-time cannot be '0'.",
                                           "/etc/l.conf:5: kdf-max-memory cannot be 'lots'.",
                                           "/etc/l.conf:6: kdf-max-iterations cannot be '-1'.",
                                           "/etc/l.conf:8: compat cannot be '1.7'."}));
    EXPECT_EQ(read.backup_dir, "");
    EXPECT_FALSE(read.kdf_max_memory);
    EXPECT_EQ(read.kdf_max_time, 7U);
}

TEST(CliConfiguration, NoFileIsEmpty) {
    const test::TempDir directory;
    const Configuration read = read_configuration((directory / "none").c_str());
    EXPECT_EQ(read.complaints, Complaints{});
    EXPECT_EQ(read.backup_dir, "");
}

TEST(CliConfiguration, AFileIsRead) {
    const test::TempDir directory;
    const std::string path = directory.file("latchkey.conf", "backup-dir = /b\n");
    EXPECT_EQ(read_configuration(path.c_str()).backup_dir, "/b");
}

TEST(CliConfiguration, WhatCannotBeReadIsTold) {
    const test::TempDir directory;
    const std::string path(directory.path());
    EXPECT_EQ(read_configuration(path.c_str()).complaints,
              Complaints{"Cannot read " + path + ": Is a directory."});
    const std::string large = directory.sparse_file("large", 1 << 20);
    EXPECT_EQ(read_configuration(large.c_str()).complaints,
              Complaints{"Cannot read " + large + ": it is too long."});
}

}  // namespace
}  // namespace latchkey::cli
