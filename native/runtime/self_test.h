// Holding a kernel build that comes from outside to the scalar build.
#ifndef BITNET_RUNTIME_SELF_TEST_H
#define BITNET_RUNTIME_SELF_TEST_H

#include "kernels/table.h"

namespace bitnet {

// Whether a table has any function at all.
bool has_entries(const KernelTable& table);

// Puts the functions of another table in the place of those that are NULL.
void fill_missing(KernelTable* table, const KernelTable& from);

// Runs every function of a table that is not NULL on seeded inputs and compares with the scalar build:
// to the bit, and nothing may be written beyond a result. BN_OK, BN_ERROR_OUT_OF_MEMORY, or
// BN_ERROR_KERNEL_RESULT with the first fault. The table must be runnable here, and the
// floating-point mode the default one.
int32_t self_test(const KernelTable& table, bn_kernel_fault* fault);

// The sequence that test inputs come from: the same on every run.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  uint32_t bits() {  // xorshift64*
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1dull) >> 32);
  }

 private:
  uint64_t state_;
};

}  // namespace bitnet

#endif
