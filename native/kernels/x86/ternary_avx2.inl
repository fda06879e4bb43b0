// Ternary sums with AVX2: unsigned codes times signed activations, added in pairs to 16 bits.
//
// The four codes of a byte are taken with two masks from the byte itself and from the byte shifted
// by 4; the codes under mask 0x0c stay four times too large, which is undone at the end.
//
// Overflow. One product is at most 3 * 128, so a pair is at most 768 (code) or 3072 (4 * code), far
// from where maddubs saturates (32767). A block adds two pairs to each 16-bit lane: 6144 at most
// under the larger mask. Five blocks stay within 30720 < 2^15; then the lanes are widened to 32 bits.
// There they count 4 * code * q: at most 4 * 3 * 128 * 2^20 = 1.61e9 < 2^31 in all.

namespace {

constexpr int kTileRows = 1, kTileTokens = 4;

constexpr int kLargestPair = 2 * 12 * 128;
constexpr uint64_t kBlocksPerWiden = 5;
static_assert(kBlocksPerWiden * 2 * kLargestPair <= 32767);
static_assert(4ll * 3 * 128 * BN_MAX_COLUMNS < 1ll << 31);

struct Codes {
  __m256i c0, c1, c2, c3;  // elements +0 (times 4), +32, +64 (times 4), +96
  static Codes load(const uint8_t* p) {
    const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i s = _mm256_srli_epi16(w, 4);
    const __m256i low = _mm256_set1_epi8(0x03), high = _mm256_set1_epi8(0x0c);
    return {_mm256_and_si256(s, high), _mm256_and_si256(s, low), _mm256_and_si256(w, high),
            _mm256_and_si256(w, low)};
  }
};

struct Sum {
  __m256i once, fourfold;  // 16-bit lanes of code * q and of 4 * code * q
  __m256i wide;            // 32-bit lanes of 4 * code * q

  static Sum zero() {
    const __m256i z = _mm256_setzero_si256();
    return {z, z, z};
  }
  void add(const Codes& c, const int8_t* q) {
    fourfold = _mm256_add_epi16(fourfold, pairs(c.c0, q));
    once = _mm256_add_epi16(once, pairs(c.c1, q + 32));
    fourfold = _mm256_add_epi16(fourfold, pairs(c.c2, q + 64));
    once = _mm256_add_epi16(once, pairs(c.c3, q + 96));
  }
  void widen() {
    const __m256i a = _mm256_madd_epi16(fourfold, _mm256_set1_epi16(1));
    const __m256i b = _mm256_madd_epi16(once, _mm256_set1_epi16(4));
    wide = _mm256_add_epi32(wide, _mm256_add_epi32(a, b));
    once = fourfold = _mm256_setzero_si256();
  }
  int32_t total() const { return IntSum{wide}.total() >> 2; }

 private:
  static __m256i pairs(__m256i codes, const int8_t* q) {
    return _mm256_maddubs_epi16(codes, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(q)));
  }
};

}  // namespace
