// Ternary sums with AVX2: unsigned codes times signed activations, added in pairs to 16 bits.
//
// Overflow. One product is at most 3 * 128, so a pair is at most 768, far from where maddubs saturates
// (32767), and 42 pairs still fit a 16-bit lane; then the lanes are widened to 32 bits.

namespace {

constexpr int kLargestPair = 2 * 3 * 128;

// ---- one token ----
//
// A block adds two pairs to each 16-bit lane: 6144 at most under the larger mask. Five blocks stay
// within 30720 < 2^15; then the lanes are widened to 32 bits. There they count 4 * code * q: at most
// 4 * 3 * 128 * 2^20 = 1.61e9 < 2^31 in all.

constexpr uint64_t kBlocksPerWiden = 5;
static_assert(kBlocksPerWiden * 2 * 4 * kLargestPair <= 32767);
static_assert(4ll * 3 * 128 * BN_MAX_COLUMNS < 1ll << 31);

struct Sum {
  __m256i once, fourfold;  // 16-bit lanes of code * q and of 4 * code * q
  __m256i wide;            // 32-bit lanes of 4 * code * q

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
    const __m256i a = _mm256_madd_epi16(fourfold, _mm256_set1_epi16(1));
    const __m256i b = _mm256_madd_epi16(once, _mm256_set1_epi16(4));
    wide = _mm256_add_epi32(wide, _mm256_add_epi32(a, b));
    once = fourfold = _mm256_setzero_si256();
  }
  int32_t total() const { return IntSum{wide}.total() >> 2; }
};

// ---- several tokens ----

constexpr int kTileRows = 2, kTileTokens = 6;
constexpr uint64_t kPanelRows = 32, kPanelColumns = 2560;

// Each 32 columns add one pair to a 16-bit lane.
constexpr uint64_t kColumnsPerWiden = 1280;
static_assert(kColumnsPerWiden / 32 * kLargestPair <= 32767 && kColumnsPerWiden % 128 == 0);
static_assert(3ll * 128 * BN_MAX_COLUMNS < 1ll << 31);

// *sum += product in 16-bit lanes, in this very register and at this very place. Left to itself, gcc 12
// moves all products before the sums and runs out of registers, or copies each sum to another register.
inline void add_in_place(__m256i* sum, __m256i product) {
  __asm__ volatile("vpaddw %1, %0, %0" : "+x"(*sum) : "x"(product));
}

// 12 sums, 2 rows of codes, the activations and a product: all sixteen registers.
template <int R, int T>
BN_NO_INLINE void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                            uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  __m256i wide[R][T];
  uint64_t begin = 0;
  do {
    const uint64_t end = n - begin > kColumnsPerWiden ? begin + kColumnsPerWiden : n;
    __m256i sum[R][T];
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) sum[r][t] = _mm256_setzero_si256();
    }
    for (uint64_t c = begin; c < end; c += 128) {
      // Unrolled, or the loop is so long that its end is mispredicted.
      BN_UNROLL
      for (uint64_t i = c; i < c + 128; i += 32) {
        __m256i code[R];
        BN_UNROLL
        for (int r = 0; r < R; ++r) {
          code[r] = load_codes(codes + r * code_stride + i);
        }
        BN_UNROLL
        for (int t = 0; t < T; ++t) {
          __m256i x = load_q(q + t * q_stride + i);
          BN_OPAQUE(x);
          BN_UNROLL
          for (int r = 0; r < R; ++r) {
            add_in_place(&sum[r][t], _mm256_maddubs_epi16(code[r], x));
          }
        }
      }
    }
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        const __m256i s = _mm256_madd_epi16(sum[r][t], _mm256_set1_epi16(1));
        wide[r][t] = begin == 0 ? s : _mm256_add_epi32(wide[r][t], s);
      }
    }
    begin = end;
  } while (begin < n);
  store_totals<R, T>(&wide[0][0], sums, sum_stride);
}

// What a tile does with each pair of registers, where no compiler needs to be told the place.
inline __m256i add_products(__m256i sum, __m256i codes, __m256i q) {
  return _mm256_add_epi16(sum, _mm256_maddubs_epi16(codes, q));
}

}  // namespace
