// One token's ternary sums with the dot product instruction SDOT: codes, 0..3 and so signed bytes too,
// times activations, added in fours to 32 bits.
//
// Overflow: SDOT does not saturate. A row's lanes count at most 3 * 128 * 2^20 = 4.0e8 < 2^31 in all.

namespace {

constexpr uint64_t kBlocksPerWiden = UINT64_MAX;
static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

struct Sum {
  int32x4_t lanes[2];  // two, so that one block's products need not wait for each other

  static Sum zero() { return {{vdupq_n_s32(0), vdupq_n_s32(0)}}; }
  void add(const Codes& codes, const int8_t* q) {
    BN_UNROLL
    for (int i = 0; i < 8; ++i) {
      lanes[i % 2] = vdotq_s32(lanes[i % 2], codes.c[i], vld1q_s8(q + 16 * i));
    }
  }
  void widen() {}
  int32_t total() const { return vaddvq_s32(vaddq_s32(lanes[0], lanes[1])); }
};

}  // namespace
