// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes of a header on disk: lock, read once, edit, commit.  Both LUKS formats use this, each with its Store.
//
// A transaction may make many commits, and may let others use the device between two of them.  Until a commit the
// previous header is valid, and nothing that it refers to may be overwritten.  Afterwards what only it referred to may
// be destroyed.
#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::formats {

using MetadataLock = std::unique_ptr<io::BlockDevice::Lock>;

// Takes the exclusive metadata lock, or none if policy disables locks.
[[nodiscard]] Result<MetadataLock> lock_metadata(const Context& context, io::BlockDevice& device);

// The part of a transaction that is the same for all headers: its locks, and the areas that a header refers to.
class TransactionOnDevice {
  public:
    [[nodiscard]] const std::shared_ptr<io::BlockDevice>& device() const { return device_; }

    // Writes an area and flushes it.
    [[nodiscard]] Result<void> write_area(const ByteRange& area, ByteView bytes);
    // Overwrites an area so that it cannot be recovered; on rotational devices in many passes.
    [[nodiscard]] Result<void> wipe_area(const ByteRange& area);
    // Does the same for an area that is rewritten in place.  Once it has begun, ignores a cancelled context, because
    // stopping would lose the keyslot.
    [[nodiscard]] Result<void> wipe_area_to_the_end(const ByteRange& area);

    // Releases the metadata lock, so that other processes can read and change the header.  begin() continues.
    void pause() { lock_.reset(); }

  protected:
    TransactionOnDevice(Context& context, std::shared_ptr<io::BlockDevice> device,
                        MetadataLock lasting)
        : context_(&context), device_(std::move(device)), lasting_(std::move(lasting)) {}

    // AccessDenied on a read-only device.
    [[nodiscard]] Result<void> lock();

    Context* context_;
    std::shared_ptr<io::BlockDevice> device_;
    MetadataLock lasting_;  // stays during pauses
    MetadataLock lock_;
};

template <typename Store>
class Transaction;

// A header that was read from its device, and what changes it.  A Store says how a format reads and writes it:
//
//   Header             the checked value, which verbs edit
//   Stored             a Header, and what is known about its copies on the device; header(Stored) returns the Header
//   Prepared           the bytes of the next header
//   read_again()       reads the device under the lock: ConcurrentChange if that is another volume's header
//   check_same_volume()   the check that it makes
//   check_same_keyslot()  ConcurrentChange if a keyslot's number does not mean the same keyslot in both headers
//   prepare()          makes the bytes, so that after this only the device can fail
//   write()            writes them; the error says which header opens now: after Unfinished it is the new one
//   stored()           returns the header that was written
template <typename Store>
class HeaderOnDisk {
  public:
    using Stored = typename Store::Stored;

    HeaderOnDisk(std::shared_ptr<io::BlockDevice> device, Stored stored)
        : device_(std::move(device)), stored_(std::make_shared<const Stored>(std::move(stored))) {}

    [[nodiscard]] const std::shared_ptr<io::BlockDevice>& device() const { return device_; }
    // Returns the header as it was read, or as the last commit wrote it.
    [[nodiscard]] const Stored& stored() const { return *stored_; }

    // Begins a transaction, which must end before this object does; continues the one of hold(), if any.
    [[nodiscard]] Result<std::shared_ptr<Transaction<Store>>> begin(Context& context) {
        std::shared_ptr<Transaction<Store>> transaction = held_.lock();
        if (transaction) {
            LK_TRY(transaction->compare_with_known());
        } else {
            transaction = std::make_shared<Transaction<Store>>(context, *this);
            LK_TRY(transaction->begin());
        }
        return transaction;
    }

    // Makes begin() return one transaction as long as the returned object lives.  The caller has read `current` under
    // `lock`, so it is not read again.
    [[nodiscard]] std::shared_ptr<const void> hold(Context& context, MetadataLock lock,
                                                   const HeaderOnDisk& current) {
        const auto transaction = std::make_shared<Transaction<Store>>(context, *this);
        transaction->take(std::move(lock), current.stored_);
        held_ = transaction;
        return transaction;
    }

  private:
    friend class Transaction<Store>;

    std::shared_ptr<io::BlockDevice> device_;
    std::shared_ptr<const Stored> stored_;
    std::weak_ptr<Transaction<Store>> held_;
};

template <typename Store>
class Transaction : public TransactionOnDevice {
  public:
    using Header = typename Store::Header;
    using Stored = typename Store::Stored;

    // Does not begin it.  `lasting` is a lock of the caller's that pause() does not release.
    Transaction(Context& context, HeaderOnDisk<Store>& shown, MetadataLock lasting = {})
        : TransactionOnDevice(context, shown.device_, std::move(lasting)), shown_(shown) {}

    // Takes the lock and reads the header, because another process may have changed it.  AccessDenied on a read-only
    // device; ConcurrentChange if there is another volume now.
    [[nodiscard]] Result<void> begin() {
        LK_TRY(lock());
        known_ = shown_.stored_;
        LK_ASSIGN(Stored now, Store::read_again(*context_, *device_, *known_));
        now_ = std::make_shared<const Stored>(std::move(now));
        return {};
    }

    [[nodiscard]] const Stored& stored() const { return *now_; }
    [[nodiscard]] const Header& current() const { return Store::header(*now_); }

    // ConcurrentChange if another process has changed the keyslot since the header was read first, so that the number
    // no longer means what the caller meant.
    [[nodiscard]] Result<void> expect_unchanged(int keyslot) const {
        return Store::check_same_keyslot(Store::header(*known_), current(), keyslot);
    }

    // Makes the bytes of `next`.  A verb that writes an area first calls this before.
    [[nodiscard]] Result<void> prepare(const Header& next) {
        LK_ASSIGN(prepared_, Store::prepare(*context_, *device_, next));
        return {};
    }
    // Writes the prepared header, which becomes current() and is shown; also if the error is Unfinished.
    [[nodiscard]] Result<void> commit() {
        auto written = Store::write(*context_, device_, *now_, *prepared_);
        if (!written && written.error().code != Errc::Unfinished) return written;
        now_ = std::make_shared<const Stored>(Store::stored(std::move(*prepared_)));
        prepared_.reset();
        show_current();
        return written;
    }
    [[nodiscard]] Result<void> commit(const Header& next) {
        LK_TRY(prepare(next));
        return commit();
    }

    // Shows what was read, for a verb that has nothing to commit.  After a refusal the caller's object keeps its state,
    // so that a retry is refused again.
    void show_current() { shown_.stored_ = now_; }

  private:
    friend class HeaderOnDisk<Store>;

    void take(MetadataLock lock, std::shared_ptr<const Stored> now) {
        lock_ = std::move(lock);
        now_ = std::move(now);
    }
    Result<void> compare_with_known() {
        known_ = shown_.stored_;
        return Store::check_same_volume(*context_, *device_, *now_, *known_);
    }

    HeaderOnDisk<Store>& shown_;
    std::shared_ptr<const Stored> known_;  // what the caller had read before the lock
    std::shared_ptr<const Stored> now_;    // what is on the device
    std::optional<typename Store::Prepared> prepared_;
};

}  // namespace latchkey::formats
