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

constexpr uint64_t kColumnsPerSum = uint64_t{1} << 40;
// Over a panel 24 sums, 2 registers of codes and the activations: 27 of 32. Else 16 sums, 8 registers of
// bytes, 2 of codes, the mask and the activations: 28.
constexpr int kTileTokens = 12, kTileSums = 24;
constexpr uint64_t kFewRegisters = 2;
constexpr int kFewSums = 16;

inline __m512i add_products(__m512i sum, __m512i codes, __m512i q) {
  return _mm512_dpbusd_epi32(sum, codes, q);
}

inline __m512i widened(__m512i sum) { return sum; }

}  // namespace
