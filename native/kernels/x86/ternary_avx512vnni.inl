// Ternary sums with AVX-512 VNNI: unsigned codes times signed activations, added in fours to 32 bits.
//
// Overflow: the instruction does not saturate. The low half's lanes count 4 * code * q: at most
// 4 * 3 * 128 * 2^20 = 1.61e9 < 2^31 over a whole row, however it is spread over lanes.

namespace {

// ---- one token ----

constexpr uint64_t kBlocksPerWiden = UINT64_MAX;
static_assert(4ll * 3 * 128 * BN_MAX_COLUMNS < 1ll << 31);

struct Sum {
  __m512i first, second;  // two, so that one block's products need not wait for each other

  static Sum zero() { return {_mm512_setzero_si512(), _mm512_setzero_si512()}; }
  void add(const Codes& c, const int8_t* q) {
    first = _mm512_dpbusd_epi32(first, c.first, load_q(q));
    second = _mm512_dpbusd_epi32(second, c.second, load_q(q + 64));
  }
  void widen() {}
  int32_t total() const { return total_of(_mm512_add_epi32(first, second)); }
};

// ---- several tokens ----

constexpr int kTileRows = 4, kTileTokens = 6;
constexpr uint64_t kPanelRows = 32, kPanelColumns = 2560;

// 24 sums, 4 rows of codes and the activations: 29 of 32 registers.
template <int R, int T>
BN_NO_INLINE void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                            uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  __m512i sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = _mm512_setzero_si512();
  }
  for (uint64_t c = 0; c < n; c += 64) {
    __m512i code[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) code[r] = _mm512_load_si512(codes + r * code_stride + c);
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      __m512i x = load_q(q + t * q_stride + c);
      BN_OPAQUE(x);
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        sum[r][t] = _mm512_dpbusd_epi32(sum[r][t], code[r], x);
        BN_OPAQUE(sum[r][t]);
      }
    }
  }
  store_totals<R, T>(&sum[0][0], sums, sum_stride);
}

uint64_t multiply_adds_kernel(uint64_t rounds) {
  constexpr int kSums = 24;
  __m512i sum[kSums], a = _mm512_set1_epi8(1), b = _mm512_set1_epi8(2);
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) sum[i] = _mm512_setzero_si512();
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kSums; ++i) {
      BN_OPAQUE(a);  // or the product is taken out of the loop
      sum[i] = _mm512_dpbusd_epi32(sum[i], a, b);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * 64;
}

}  // namespace
