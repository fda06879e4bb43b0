// What every instruction set's sums of packed triples share (see packed_ops.inl).
#pragma once

namespace {

// The first, second and third weight of each pattern.
alignas(32) constexpr int16_t kPatterns[3][16] = {{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                                                  {0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1},
                                                  {0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1}};

constexpr int kPartBase = 29, kNegativeExcess = kPartBase + 1;

// Blocks whose sums fit 16 bits.
constexpr uint64_t kPackedBlocksPerWiden = 9;
static_assert(kPackedBlocksPerWiden * 8 * (3 * 128 + kNegativeExcess) <= 32767);
static_assert((3ll * 128 + kNegativeExcess) * (BN_MAX_COLUMNS / 3 + 8) < 1ll << 31);

// How far ahead of their use a group's blocks are fetched.
constexpr uint64_t kPackedBytesAhead = 4096;

}  // namespace
