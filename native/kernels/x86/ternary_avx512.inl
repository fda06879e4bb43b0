// Ternary sums with AVX-512BW: unsigned codes times signed activations, added in pairs to 16 bits.
//
// Overflow, as in the AVX2 build: a pair is at most 12 * 128 * 2 = 3072, far from where maddubs
// saturates. A block adds two pairs to each 16-bit lane, so five blocks stay within 30720 < 2^15;
// then the lanes are widened to 32 bits. The low half's lanes count 4 * code * q there: at most
// 4 * 3 * 128 * 2^20 = 1.61e9 < 2^31 in all.

namespace {

constexpr int kTileRows = 2, kTileTokens = 4;

constexpr int kLargestPair = 2 * 12 * 128;
constexpr uint64_t kBlocksPerWiden = 5;
static_assert(kBlocksPerWiden * 2 * kLargestPair <= 32767);
static_assert(4ll * 3 * 128 * BN_MAX_COLUMNS < 1ll << 31);

struct Sum {
  __m512i narrow;  // 16-bit lanes
  __m512i wide;    // 32-bit lanes

  static Sum zero() { return {_mm512_setzero_si512(), _mm512_setzero_si512()}; }
  void add(const Codes& c, const int8_t* q) {
    narrow = _mm512_add_epi16(narrow, _mm512_maddubs_epi16(c.first, load_q(q)));
    narrow = _mm512_add_epi16(narrow, _mm512_maddubs_epi16(c.second, load_q(q + 64)));
  }
  void widen() {
    wide = _mm512_add_epi32(wide, _mm512_madd_epi16(narrow, _mm512_set1_epi16(1)));
    narrow = _mm512_setzero_si512();
  }
  int32_t total() const { return total_of(wide); }
};

}  // namespace
