// Ternary sums with AVX-VNNI: unsigned codes times signed activations, added in fours to 32 bits.
//
// Overflow: the instruction does not saturate. At most 4 * 3 * 128 * 2^20 = 1.61e9 < 2^31 over a whole
// row of fourfold codes, however it is spread over lanes.

namespace {

static_assert(4ll * 3 * 128 * BN_MAX_COLUMNS < 1ll << 31);

// ---- one token ----

constexpr uint64_t kBlocksPerWiden = UINT64_MAX;

struct Sum {
  __m256i once, fourfold;  // lanes of code * q and of 4 * code * q

  static Sum zero() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
  void add(const Codes& c, const int8_t* q) {
    fourfold = _mm256_dpbusd_avx_epi32(fourfold, c.c0, load_q(q));
    once = _mm256_dpbusd_avx_epi32(once, c.c1, load_q(q + 32));
    fourfold = _mm256_dpbusd_avx_epi32(fourfold, c.c2, load_q(q + 64));
    once = _mm256_dpbusd_avx_epi32(once, c.c3, load_q(q + 96));
  }
  void widen() {}
  int32_t total() const { return IntSum{once}.total() + (IntSum{fourfold}.total() >> 2); }
};

// ---- several tokens ----

constexpr int kTileRows = 2, kTileTokens = 6;
constexpr uint64_t kPanelRows = 32, kPanelColumns = 2560;

// 12 sums, 2 rows of codes and the activations: fifteen of sixteen registers.
template <int R, int T>
BN_NO_INLINE void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                            uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  __m256i sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = _mm256_setzero_si256();
  }
  for (uint64_t c = 0; c < n; c += 32) {
    __m256i code[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      code[r] = _mm256_load_si256(reinterpret_cast<const __m256i*>(codes + r * code_stride + c));
    }
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      __m256i x = load_q(q + t * q_stride + c);
      BN_OPAQUE(x);
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        sum[r][t] = _mm256_dpbusd_avx_epi32(sum[r][t], code[r], x);
        BN_OPAQUE(sum[r][t]);
      }
    }
  }
  store_totals<R, T>(&sum[0][0], sums, sum_stride);
}

uint64_t multiply_adds_kernel(uint64_t rounds) {
  constexpr int kSums = 12;
  __m256i sum[kSums], a = _mm256_set1_epi8(1), b = _mm256_set1_epi8(2);
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) sum[i] = _mm256_setzero_si256();
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kSums; ++i) {
      BN_OPAQUE(a);  // or the product is taken out of the loop
      sum[i] = _mm256_dpbusd_avx_epi32(sum[i], a, b);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * 32;
}

}  // namespace
