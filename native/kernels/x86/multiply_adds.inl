// The speed of a build's add_products on registers, as many sums at once as its tile has.

namespace {

uint64_t multiply_adds_kernel(uint64_t rounds) {
  constexpr int kSums = kTileRows * kTileTokens;
  Bytes sum[kSums], codes = zero(), q = zero();
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) sum[i] = zero();
  BN_OPAQUE(q);
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kSums; ++i) {
      BN_OPAQUE(codes);  // or the product is taken out of the loop
      sum[i] = add_products(sum[i], codes, q);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kSums * sizeof(Bytes);
}

}  // namespace
