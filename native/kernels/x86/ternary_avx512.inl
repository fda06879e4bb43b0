// Ternary sums with AVX-512BW: unsigned codes times signed activations, added in pairs to 16 bits.
//
// Overflow. One product is at most 3 * 128, so a pair is at most 768, far from where maddubs saturates
// (32767), and 42 pairs still fit a 16-bit lane; then the lanes are widened to 32 bits.

namespace {

constexpr int kLargestPair = 2 * 3 * 128;

// ---- one token ----
//
// A block adds two pairs to each 16-bit lane, of up to four times that size, so five blocks stay
// within 30720 < 2^15. The low half's lanes count 4 * code * q: at most 4 * 3 * 128 * 2^20 = 1.61e9 <
// 2^31 in all.

constexpr uint64_t kBlocksPerWiden = 5;
static_assert(kBlocksPerWiden * 2 * 4 * kLargestPair <= 32767);
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

// ---- several tokens ----

constexpr int kTileRows = 4, kTileTokens = 6;
constexpr uint64_t kPanelRows = 32, kPanelColumns = 2560;

// Each 64 columns add one pair to a 16-bit lane.
static_assert(kPanelColumns / 64 * kLargestPair <= 32767);
static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

// 24 sums, 4 rows of codes, the activations and a product: 30 of 32 registers.
inline __m512i add_products(__m512i sum, __m512i codes, __m512i q) {
  return _mm512_add_epi16(sum, _mm512_maddubs_epi16(codes, q));
}

inline __m512i widened(__m512i sum) { return _mm512_madd_epi16(sum, _mm512_set1_epi16(1)); }

}  // namespace
