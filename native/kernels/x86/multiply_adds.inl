// The speed of a build's add_products on registers, kTileSums sums at once.

namespace {

uint64_t multiply_adds_kernel(uint64_t rounds) {
  Bytes sum[kTileSums], codes = zero(), q = zero();
  BN_UNROLL
  for (int i = 0; i < kTileSums; ++i) sum[i] = zero();
  BN_OPAQUE(q);
  for (uint64_t n = 0; n < rounds; ++n) {
    BN_UNROLL
    for (int i = 0; i < kTileSums; ++i) {
      BN_OPAQUE(codes);  // or the product is taken out of the loop
      sum[i] = add_products(sum[i], codes, q);
    }
  }
  BN_UNROLL
  for (int i = 0; i < kTileSums; ++i) BN_OPAQUE(sum[i]);
  return rounds * kTileSums * sizeof(Bytes);
}

}  // namespace
