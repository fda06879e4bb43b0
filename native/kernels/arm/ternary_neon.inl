// Ternary sums with baseline NEON: 8-bit products added to 16-bit lanes, widened to 32 bits in time.
//
// Overflow. A product is at most 3 * 128 = 384, so a 16-bit lane holds 85 of them. The 32-bit lanes
// count at most 3 * 128 * 2^20 = 4.0e8 < 2^31 in all.

namespace {

constexpr int kLargestProduct = 3 * 128;
static_assert(int64_t{kLargestProduct} * BN_MAX_COLUMNS < 1ll << 31);

// ---- one token ----

// A block adds 8 products to each 16-bit lane.
constexpr uint64_t kBlocksPerWiden = 10;
static_assert(kBlocksPerWiden * 8 * kLargestProduct <= 32767);

struct Sum {
  int16x8_t narrow[2];
  int32x4_t wide;

  static Sum zero() { return {{vdupq_n_s16(0), vdupq_n_s16(0)}, vdupq_n_s32(0)}; }
  void add(const Codes& codes, const int8_t* q) {
    BN_UNROLL
    for (int i = 0; i < 8; ++i) {
      const int8x16_t x = vld1q_s8(q + 16 * i);
      narrow[0] = vmlal_s8(narrow[0], vget_low_s8(codes.c[i]), vget_low_s8(x));
      narrow[1] = vmlal_high_s8(narrow[1], codes.c[i], x);
    }
  }
  void widen() {
    wide = vpadalq_s16(vpadalq_s16(wide, narrow[0]), narrow[1]);
    narrow[0] = narrow[1] = vdupq_n_s16(0);
  }
  int32_t total() const { return vaddvq_s32(wide); }
};

// ---- several tokens ----

constexpr int kTileRows = 4, kTileTokens = 4;
constexpr uint64_t kPanelRows = 16, kPanelColumns = 1280;

// Each 16 columns add two products to a 16-bit lane.
constexpr uint64_t kColumnsPerWiden = 640;
static_assert(kColumnsPerWiden / 16 * 2 * kLargestProduct <= 32767 && kColumnsPerWiden % 128 == 0);

template <int R, int T>
inline void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                      uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  int32x4_t wide[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) wide[r][t] = vdupq_n_s32(0);
  }
  for (uint64_t c = 0; c < n;) {
    const uint64_t end = n - c > kColumnsPerWiden ? c + kColumnsPerWiden : n;
    int16x8_t sum[R][T];
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) sum[r][t] = vdupq_n_s16(0);
    }
    for (; c < end; c += 16) {
      int8x16_t x[T];
      BN_UNROLL
      for (int t = 0; t < T; ++t) x[t] = vld1q_s8(q + t * q_stride + c);
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        const int8x16_t code = vreinterpretq_s8_u8(vld1q_u8(codes + r * code_stride + c));
        BN_UNROLL
        for (int t = 0; t < T; ++t) {
          sum[r][t] = vmlal_s8(sum[r][t], vget_low_s8(code), vget_low_s8(x[t]));
          sum[r][t] = vmlal_high_s8(sum[r][t], code, x[t]);
        }
      }
    }
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) wide[r][t] = vpadalq_s16(wide[r][t], sum[r][t]);
    }
  }
  BN_UNROLL
  for (int t = 0; t < T; ++t) {
    BN_UNROLL
    for (int r = 0; r < R; ++r) sums[t * sum_stride + r] = vaddvq_s32(wide[r][t]);
  }
}

uint64_t multiply_adds_kernel(uint64_t rounds) {
  constexpr int kSums = 16;
  int16x8_t sum[kSums];
  int8x16_t a = vdupq_n_s8(1), b = vdupq_n_s8(2);
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) sum[i] = vdupq_n_s16(0);
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kSums; ++i) {
      BN_OPAQUE(a);  // or the product is taken out of the loop
      sum[i] = vmlal_s8(sum[i], vget_low_s8(a), vget_low_s8(b));
      sum[i] = vmlal_high_s8(sum[i], a, b);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * 16;
}

}  // namespace
