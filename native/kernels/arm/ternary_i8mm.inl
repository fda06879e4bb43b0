// Several tokens' ternary sums with SMMLA, which adds the product of two rows of 8 codes with two rows
// of 8 activations, a 2 by 2 block, to 32 bits.
//
// Overflow: SMMLA does not saturate. A row's lanes count at most 3 * 128 * 2^20 = 4.0e8 < 2^31 in all.

namespace {

static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

constexpr int kTileRows = 8, kTileTokens = 8;
constexpr uint64_t kPanelRows = 16, kPanelColumns = 2560;

// Sixteen columns of two rows as SMMLA takes them: eight of the first row, then eight of the second.
struct Pair {
  int8x16_t first, second;  // columns 0..7 and 8..15
  static Pair load(const int8_t* a, const int8_t* b) {
    const int64x2_t x = vreinterpretq_s64_s8(vld1q_s8(a)), y = vreinterpretq_s64_s8(vld1q_s8(b));
    return {vreinterpretq_s8_s64(vzip1q_s64(x, y)), vreinterpretq_s8_s64(vzip2q_s64(x, y))};
  }
};

template <int R, int T>
inline void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                      uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  // Pairs of rows and of tokens. Where their number is odd the last one is paired with itself.
  constexpr int P = (R + 1) / 2, U = (T + 1) / 2;
  const int8_t* const signed_codes = reinterpret_cast<const int8_t*>(codes);
  int32x4_t sum[P][U];
  BN_UNROLL
  for (int p = 0; p < P; ++p) {
    BN_UNROLL
    for (int u = 0; u < U; ++u) sum[p][u] = vdupq_n_s32(0);
  }
  for (uint64_t c = 0; c < n; c += 16) {
    Pair code[P];
    BN_UNROLL
    for (int p = 0; p < P; ++p) {
      const int other = 2 * p + 1 < R ? 2 * p + 1 : R - 1;
      code[p] = Pair::load(signed_codes + 2 * p * code_stride + c,
                           signed_codes + other * code_stride + c);
    }
    BN_UNROLL
    for (int u = 0; u < U; ++u) {
      const int other = 2 * u + 1 < T ? 2 * u + 1 : T - 1;
      const Pair x = Pair::load(q + 2 * u * q_stride + c, q + other * q_stride + c);
      BN_UNROLL
      for (int p = 0; p < P; ++p) sum[p][u] = vmmlaq_s32(sum[p][u], code[p].first, x.first);
      BN_UNROLL
      for (int p = 0; p < P; ++p) sum[p][u] = vmmlaq_s32(sum[p][u], code[p].second, x.second);
    }
  }
  // A block's lanes: row 0 with tokens 0 and 1, row 1 with tokens 0 and 1.
  BN_UNROLL
  for (int u = 0; u < U; ++u) {
    BN_UNROLL
    for (int p = 0; p < P; ++p) {
      const int32x4_t block = sum[p][u];
      int32_t* const first = sums + 2 * u * sum_stride + 2 * p;
      vst1_s32(first, vget_low_s32(vuzp1q_s32(block, block)));
      if (2 * u + 1 < T) vst1_s32(first + sum_stride, vget_low_s32(vuzp2q_s32(block, block)));
    }
  }
}

uint64_t multiply_adds_kernel(uint64_t rounds) {
  constexpr int kSums = 16;
  int32x4_t sum[kSums];
  int8x16_t a = vdupq_n_s8(1), b = vdupq_n_s8(2);
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) sum[i] = vdupq_n_s32(0);
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kSums; ++i) {
      BN_OPAQUE(a);  // or the product is taken out of the loop
      sum[i] = vmmlaq_s32(sum[i], a, b);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * 32;
}

}  // namespace
