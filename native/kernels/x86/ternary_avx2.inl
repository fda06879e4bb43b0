// Ternary sums with AVX2: unsigned codes times signed activations, added in pairs to 16 bits.
//
// Overflow. One product is at most 3 * 128, so a pair is at most 768, far from where maddubs saturates
// (32767), and 42 pairs still fit a 16-bit lane; then the lanes are widened to 32 bits.

namespace {

constexpr int kLargestPair = 2 * 3 * 128;

// ---- one token ----
//
// A block adds two pairs to each 16-bit lane: 6144 at most under the larger mask. Five blocks stay
// within 30720 < 2^15; then the larger are divided by 4, which is exact, added to the others and widened.

constexpr uint64_t kBlocksPerWiden = 5;
static_assert(kBlocksPerWiden * 2 * 4 * kLargestPair <= 32767);

struct Sum {
  __m256i once, fourfold;  // 16-bit lanes of code * q and of 4 * code * q
  __m256i wide;            // 32-bit lanes of code * q

  static Sum zero() {
    const __m256i z = _mm256_setzero_si256();
    return {z, z, z};
  }
  void add(const Codes& c, const int8_t* q) {
    fourfold = _mm256_add_epi16(fourfold, _mm256_maddubs_epi16(c.c0, load_q(q)));
    once = _mm256_add_epi16(once, _mm256_maddubs_epi16(c.c1, load_q(q + 32)));
    fourfold = _mm256_add_epi16(fourfold, _mm256_maddubs_epi16(c.c2, load_q(q + 64)));
    once = _mm256_add_epi16(once, _mm256_maddubs_epi16(c.c3, load_q(q + 96)));
    BN_OPAQUE(once);  // finish this row's products before the next row's begin
    BN_OPAQUE(fourfold);
  }
  void widen() {
    const __m256i both = _mm256_add_epi16(once, _mm256_srai_epi16(fourfold, 2));
    wide = _mm256_add_epi32(wide, _mm256_madd_epi16(both, _mm256_set1_epi16(1)));
    once = fourfold = _mm256_setzero_si256();
  }
  int32_t total() const { return IntSum{wide}.total(); }
};

// ---- several tokens ----

// A block adds four pairs to each 16-bit lane.
constexpr uint64_t kBlocksPerSum = 10;
static_assert(kBlocksPerSum * 4 * kLargestPair <= 32767);
static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

// Sums grow in their very registers and at this very place. Left to itself, gcc 12 moves all products
// before the sums and runs out of registers.
inline void add_products(Bytes* sum, Bytes codes, const int8_t* q) {
  Bytes product;
  __asm__ volatile(
      "vpmaddubsw %3, %2, %1\n\t"
      "vpaddw %1, %0, %0"
      : "+x"(*sum), "=&x"(product)
      : "x"(codes), "m"(*reinterpret_cast<const __m256i_u*>(q)));
}

// Two products, then their sums: on Zen 3 2 % faster than in turns.
inline void add_products(Bytes* sum_a, Bytes* sum_b, Bytes codes, const int8_t* q_a,
                         const int8_t* q_b) {
  Bytes product_a, product_b;
  __asm__ volatile(
      "vpmaddubsw %5, %4, %2\n\t"
      "vpmaddubsw %6, %4, %3\n\t"
      "vpaddw %2, %0, %0\n\t"
      "vpaddw %3, %1, %1"
      : "+x"(*sum_a), "+x"(*sum_b), "=&x"(product_a), "=&x"(product_b)
      : "x"(codes), "m"(*reinterpret_cast<const __m256i_u*>(q_a)),
        "m"(*reinterpret_cast<const __m256i_u*>(q_b)));
}

inline Bytes widened(Bytes sum) { return _mm256_madd_epi16(sum, _mm256_set1_epi16(1)); }

// For multiply_adds.inl: the same instructions, where no compiler needs to be told the place.
constexpr int kTileSums = 12;

inline __m256i add_products(__m256i sum, __m256i codes, __m256i q) {
  return _mm256_add_epi16(sum, _mm256_maddubs_epi16(codes, q));
}

}  // namespace
