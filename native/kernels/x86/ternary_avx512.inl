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

// Each 4 columns add one pair to a 16-bit lane.
constexpr uint64_t kColumnsPerSum = 128;
static_assert(kColumnsPerSum / 4 * kLargestPair <= 32767);
static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

// Over a panel 24 sums, 2 registers of codes, the activations and a product: 28 of 32. Else 16 sums, 8 registers
// of bytes, 2 of codes, the mask, the activations and a product: 29.
constexpr int kTileTokens = 12, kTileSums = 24;
constexpr uint64_t kFewRegisters = 2;
constexpr int kFewSums = 16;

// sum += x in 16-bit lanes and in its very register. Left to itself, gcc 12 puts the new sum elsewhere and
// moves it back, which costs a seventh of the speed.
#if !defined(BN_ADD_PAIRS)
#define BN_ADD_PAIRS(sum, x) __asm__("vpaddw %1, %0, %0" : "+v"(sum) : "v"(x))
#endif

inline __m512i add_products(__m512i sum, __m512i codes, __m512i q) {
  const __m512i pairs = _mm512_maddubs_epi16(codes, q);
  BN_ADD_PAIRS(sum, pairs);
  return sum;
}

inline __m512i widened(__m512i sum) { return _mm512_madd_epi16(sum, _mm512_set1_epi16(1)); }

}  // namespace
