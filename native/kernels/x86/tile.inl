// Several tokens' ternary sums on x86, written once over what an instruction set's files define:
//   Bytes                      a register of codes, of activations or of sums
//   zero(), load_codes(p), load_q(p)
//   add_products(sum, codes, q)   sum + codes * q, in lanes as wide as the instruction makes them
//   widened(sum)               the same in 32-bit lanes, at the end of a panel's columns
//   kTileRows, kTileTokens

namespace {

// The sums of R rows and T tokens stay in registers. BN_OPAQUE keeps the compiler from moving products
// before sums, for which it has no registers.
template <int R, int T>
BN_NO_INLINE void tile_sums(const uint8_t* codes, uint64_t code_stride, const int8_t* q,
                            uint64_t q_stride, uint64_t n, int32_t* sums, uint64_t sum_stride) {
  Bytes sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = zero();
  }
  for (uint64_t c = 0; c < n; c += sizeof(Bytes)) {
    Bytes code[R];
    BN_UNROLL
    for (int r = 0; r < R; ++r) code[r] = load_codes(codes + r * code_stride + c);
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      Bytes x = load_q(q + t * q_stride + c);
      BN_OPAQUE(x);
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        sum[r][t] = add_products(sum[r][t], code[r], x);
        BN_OPAQUE(sum[r][t]);
      }
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = widened(sum[r][t]);
  }
  store_totals<R, T>(&sum[0][0], sums, sum_stride);
}

}  // namespace
