// Several tokens' ternary sums with SDOT; overflow as in sum_dotprod.inl.

namespace {

constexpr int kTileRows = 4, kTileTokens = 4;
constexpr uint64_t kPanelRows = 16, kPanelColumns = 2560;

template <int R, int T>
inline void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                      uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  int32x4_t sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = vdupq_n_s32(0);
  }
  for (uint64_t c = 0; c < n; c += 16) {
    int8x16_t x[T];
    BN_UNROLL
    for (int t = 0; t < T; ++t) x[t] = vld1q_s8(q + t * q_stride + c);
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      const int8x16_t code = vreinterpretq_s8_u8(vld1q_u8(codes + r * code_stride + c));
      BN_UNROLL
      for (int t = 0; t < T; ++t) sum[r][t] = vdotq_s32(sum[r][t], code, x[t]);
    }
  }
  BN_UNROLL
  for (int t = 0; t < T; ++t) {
    BN_UNROLL
    for (int r = 0; r < R; ++r) sums[t * sum_stride + r] = vaddvq_s32(sum[r][t]);
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
      sum[i] = vdotq_s32(sum[i], a, b);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * 16;
}

}  // namespace
