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

constexpr uint64_t kColumnsPerSum = uint64_t{1} << 40;
// Over a panel 12 sums, 2 registers of codes and the activations: 15 of 16. Else 8 sums, 4 registers of bytes,
// one of codes, the mask and the activations: 15.
constexpr int kTileTokens = 6, kTileSums = 12;
constexpr uint64_t kFewRegisters = 1;
constexpr int kFewSums = 8;

inline __m256i add_products(__m256i sum, __m256i codes, __m256i q) {
  return _mm256_dpbusd_avx_epi32(sum, codes, q);
}

inline __m256i widened(__m256i sum) { return sum; }

}  // namespace
